"""Who ended a wait: the thread that woke another one, and the child that ended."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.transfers import exit_codes, parameter_of
from hopscope.decode.event_table import codes_named
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE

FUTEX_COMMAND = 0x7F
"""The command without the private and clock flags (linux/futex.h)."""

WAKES = (1, 3, 4, 5, 10)
"""Commands that wake others."""

WAITS = (0, 9)
"""Commands that wait."""

FUTEX = exit_codes("futex")

Ints = NDArray[np.int64]


def latest(keys: Ints, rows: Rows, wanted: Ints, since: Rows, until: Rows) -> Rows:
    """For each wanted key the position of the last row of that key in ``[since, until)``, NONE without.

    Args:
        keys, rows: int64, of the same length, in any order.
        wanted, since, until: int64, of the same length.
    """
    if not len(keys) or not len(wanted):
        return np.full(len(wanted), NONE, np.int64)
    known, dense = np.unique(keys, return_inverse=True)
    span = int(max(rows.max(), until.max())) + 2
    places = dense.astype(np.int64) * span + rows
    order = np.argsort(places, kind="stable")
    places = places[order]
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    exists = known[at] == wanted
    found = np.searchsorted(places, at * span + until) - 1
    there = exists & (found >= 0)
    there &= places[np.maximum(found, 0)] >= at * span + since
    return np.where(there, order[np.maximum(found, 0)], NONE).astype(np.int64)


def futex_wakers(store: Store, rows: Rows) -> Rows:
    """For waits on a futex the event row at which another thread ended each, NONE where none is seen.

    That is the last wake of the same address in the same process before the wait was over; where there is
    none, the end of a thread of the process meanwhile: the kernel then wakes whoever waits for it.

    Args:
        store: the events.
        rows: int64, exits of waits.
    """
    calls = store.rows_of_codes(FUTEX)
    wakes = calls[np.isin(parameter_of(store, calls, "op") & FUTEX_COMMAND, WAKES)]
    wakes = wakes[store.result[wakes] > 0]
    until = rows
    since = _since(store, rows)
    # A wake counts from its enter on: whoever is woken may be back before the call is.
    begun = _since(store, wakes)
    keys, wanted = _pairs(
        (store.process[wakes], parameter_of(store, wakes, "addr")),
        (store.process[rows], parameter_of(store, rows, "addr")),
    )
    found = latest(keys, begun, wanted, since, until)
    woken = np.where(found >= 0, np.append(wakes, NONE)[found], NONE)
    ends = store.rows_of_codes(codes_named("procexit"))
    ended = latest(
        store.process[ends].astype(np.int64), ends, store.process[rows].astype(np.int64), since, until
    )
    ended = np.where(ended >= 0, np.append(ends, NONE)[ended], NONE)
    return np.where(woken >= 0, woken, ended).astype(np.int64)


def ended_children(store: Store, rows: Rows) -> Ints:
    """For waits for children the life of the child that ended last before the wait was over, NONE."""
    threads = store.threads
    ends = store.rows_of_codes(codes_named("procexit"))
    ends = ends[(store.thread[ends] >= 0) & (store.thread_life[ends] == store.process[ends])]
    parent = threads.parent[store.thread[ends]].astype(np.int64) if len(ends) else ends
    found = latest(parent, ends, store.process[rows].astype(np.int64), _since(store, rows), rows)
    return np.where(found >= 0, np.append(store.process[ends], NONE)[found], NONE).astype(np.int64)


def made_children(store: Store, rows: Rows) -> Ints:
    """For calls that make processes the life of the one they made, NONE where the capture does not tell."""
    threads = store.threads
    born = np.flatnonzero(threads.born >= 0)
    order = born[np.argsort(threads.born[born], kind="stable")]
    at = np.searchsorted(threads.born[order], rows)
    same = np.append(threads.born[order], NONE)[at] == rows
    return np.where(same, np.append(threads.life[order], NONE)[at], NONE).astype(np.int64)


def _since(store: Store, rows: Rows) -> Rows:
    """Where calls began: their enter, or the beginning of the capture where that was not recorded."""
    twin = store.twin[rows].astype(np.int64)
    return np.where((twin >= 0) & (twin < rows), twin, 0)


def _pairs(some: tuple[NDArray[Any], Ints], others: tuple[NDArray[Any], Ints]) -> tuple[Ints, Ints]:
    """One number for each different pair of two lists of pairs."""
    both = np.stack(
        [np.concatenate([some[0], others[0]]).astype(np.int64), np.concatenate([some[1], others[1]])], axis=1
    )
    if not len(both):
        return both[:, 0], both[:, 0]
    first = np.unique(both[:, 0], return_inverse=True)[1].reshape(-1)
    second = np.unique(both[:, 1], return_inverse=True)[1].reshape(-1)
    number = first * (int(second.max()) + 1) + second
    return number[: len(some[0])], number[len(some[0]) :]
