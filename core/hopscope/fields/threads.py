"""Which row of the thread table stands for the process, a parent or a leader, at every event.

The reference finds all of these by number at the moment of the event: the main thread is the one
whose tid is the pid, a parent the one whose tid is the ptid (behaviour of sysdig 0.29.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.asof import Population, States, follow
from hopscope.fields.column import Choices, Column, Levels, Numbers, encode
from hopscope.fields.memo import once
from hopscope.lookup import look_up_or
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from hopscope.store.store import Store

Index = NDArray[np.int32]

DEEPEST = 64
"""Ancestors further away than this are not looked for, so that a loop in hostile data ends."""


def _by_tid(store: Store) -> States:
    def make() -> States:
        threads = store.threads
        return States(threads.tid, threads.first, threads.stop, len(store))

    return once(store, "threads by tid", make)


def _pointed(store: Store, index: Index, key: NDArray[np.int64]) -> Index:
    threads = store.threads
    return follow(_by_tid(store), index, threads.first, threads.stop, key)


def own(store: Store) -> Index:
    """Row of the event's own thread."""
    return store.thread


def main(store: Store) -> Index:
    """Row of the process's main thread, int32; -1 where it is gone or unknown."""
    return once(store, "main thread", lambda: _pointed(store, store.thread, store.threads.pid))


def main_or_own(store: Store) -> Index:
    """Row of the main thread, or of the thread itself where the main thread is gone."""

    def make() -> Index:
        found = main(store)
        return np.where(found < 0, store.thread, found)

    return once(store, "main or own thread", make)


def parent(store: Store) -> Index:
    """Row of the thread that the event's thread names as its parent."""
    return once(store, "parent thread", lambda: _pointed(store, store.thread, store.threads.ptid))


def ancestor(store: Store, level: int) -> Index:
    """Row of the ancestor so many steps up from the process; level 0 is the process itself."""
    if level == 0:
        return main_or_own(store)
    if level > DEEPEST:
        return np.full(len(store), NONE, dtype=np.int32)

    def make() -> Index:
        below = ancestor(store, level - 1)
        return _pointed(store, below, store.threads.ptid)

    return once(store, ("ancestor", level), make)


def ancestors(store: Store) -> list[Index]:
    """The process and all its ancestors, as far up as any event has one."""
    levels = [ancestor(store, 0)]
    while len(levels) <= DEEPEST:
        above = ancestor(store, len(levels))
        if not (above >= 0).any():
            break
        levels.append(above)
    return levels


def session_leader(store: Store) -> Index:
    """Row of the thread whose tid is the session's number, -1 where there is none."""
    return once(store, "session leader", lambda: _pointed(store, store.thread, store.threads.sid))


def texts(store: Store, name: str, make: Callable[[int], Hashable | None]) -> Choices:
    """A text for each row of the thread table, kept for the store under a name."""
    return once(store, ("thread text", name), lambda: encode(make(row) for row in range(len(store.threads))))


def comm(store: Store) -> Choices:
    """The command name of each row of the thread table."""
    return once(store, "comm", lambda: encode(store.threads.comm))


def at_all_levels(store: Store, entries: Choices | Numbers) -> Levels:
    """The values that the ancestors of the process have in a column of the thread table.

    The process itself is left out, as in sysdig 0.29.3.
    """
    return Levels([Column(entries, index) for index in ancestors(store)[1:]])


def thread_counts(store: Store) -> NDArray[np.int64]:
    """Secondary threads of the event's process that are alive at each event, int64."""

    def make() -> NDArray[np.int64]:
        threads = store.threads
        first, stop = _life_spans(store)
        secondary = np.flatnonzero((threads.tid != threads.pid) & (threads.first == first[threads.life]))
        life = threads.life[secondary]
        members = Population(threads.pid[secondary], first[life], stop[life], len(store))
        pids = look_up_or(threads.pid, store.thread, NONE)
        return members.at(pids, np.arange(len(store)))

    return once(store, "thread counts", make)


def _life_spans(store: Store) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last moment of each thread's life, by life number."""
    threads = store.threads
    count = int(threads.life.max(initial=-1)) + 1
    first = np.full(count, np.iinfo(np.int64).max)
    stop = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, threads.life, threads.first)
    np.maximum.at(stop, threads.life, threads.stop)
    return first, stop


def descriptor_counts(store: Store) -> NDArray[np.int64]:
    """Descriptors open in the table that the event's thread uses, int64."""

    def make() -> NDArray[np.int64]:
        held = store.descriptors
        members = Population(held.table.astype(np.int64), held.first, held.stop, len(store))
        tables = look_up_or(store.threads.table, store.thread, NONE).astype(np.int64)
        return members.at(tables, np.arange(len(store)))

    return once(store, "descriptor counts", make)
