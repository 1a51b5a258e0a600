"""What can be added up over events: bytes, calls, errors, time.

A measure knows the event rows that have it and their values, for the whole capture and once. What
a view shows of it is a sum over those of these rows that a selection and a group contain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.store.store import NO_RESULT, Rows, Store
from hopscope.views.memo import once_per_store

IS_EXIT = np.array([event.is_exit for event in EVENTS])
READS = np.array([event.category == "IO_READ" for event in EVENTS])
WRITES = np.array([event.category == "IO_WRITE" for event in EVENTS])
OPENS = np.array(
    [
        event.is_exit and event.name in ("open", "openat", "openat2", "creat", "open_by_handle_at")
        for event in EVENTS
    ]
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A measure of one capture.

    Attributes:
        rows: event rows that have it, ascending; None for every event.
        values: int64, one for each of these rows; None where each counts 1.
    """

    rows: Rows | None
    values: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by name.

    Attributes:
        name: what columns call it.
        help: what it is, with unit.
        of: its amounts in a capture.
    """

    name: str
    help: str
    of: Callable[[Store], Amounts]


def _rows(mask: NDArray[np.bool_]) -> Rows:
    return np.flatnonzero(mask).astype(np.int64, copy=False)


@once_per_store
def _transfers(store: Store) -> tuple[Rows, NDArray[np.int64]]:
    """Rows that moved bytes on a descriptor, in calls that read or write, and how many."""
    rows = _rows(store.size > 0)
    rows = rows[(READS | WRITES)[store.code[rows]]]
    return rows, store.size[rows]


def _of_kinds(store: Store, kinds: frozenset[str]) -> Amounts:
    rows, sizes = _transfers(store)
    wanted = np.append(np.array([kind in kinds for kind in store.descriptors.kind], dtype=np.bool_), False)
    keep = wanted[store.descriptor[rows]]
    return Amounts(rows[keep], sizes[keep])


def _of_codes(store: Store, codes: NDArray[np.bool_]) -> Amounts:
    rows, sizes = _transfers(store)
    keep = codes[store.code[rows]]
    return Amounts(rows[keep], sizes[keep])


@once_per_store
def _bytes_in(store: Store) -> Amounts:
    return _of_codes(store, READS)


@once_per_store
def _bytes_out(store: Store) -> Amounts:
    return _of_codes(store, WRITES)


@once_per_store
def _bytes_file(store: Store) -> Amounts:
    return _of_kinds(store, frozenset({"file"}))


@once_per_store
def _bytes_net(store: Store) -> Amounts:
    return _of_kinds(store, frozenset({"ipv4", "ipv6"}))


def _events(_store: Store) -> Amounts:
    return Amounts(None, None)


@once_per_store
def _calls(store: Store) -> Amounts:
    return Amounts(_rows(IS_EXIT[store.code]), None)


@once_per_store
def _opens(store: Store) -> Amounts:
    rows = _rows(OPENS[store.code])
    return Amounts(rows[store.result[rows] >= 0], None)


@once_per_store
def _errors(store: Store) -> Amounts:
    return Amounts(_rows((store.result < 0) & (store.result != NO_RESULT)), None)


@once_per_store
def _latency(store: Store) -> Amounts:
    rows = _rows(store.latency > 0)
    return Amounts(rows, store.latency[rows])


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("events", "events, enters and exits alike", _events),
        Measure("calls", "finished calls (exit events)", _calls),
        Measure("bytes_in", "bytes that calls of the reading kind returned", _bytes_in),
        Measure("bytes_out", "bytes that calls of the writing kind accepted", _bytes_out),
        Measure("bytes_file", "bytes read from or written to files", _bytes_file),
        Measure("bytes_net", "bytes received or sent on IPv4 and IPv6 sockets", _bytes_net),
        Measure("opens", "successful open, openat, openat2, creat and open_by_handle_at", _opens),
        Measure("errors", "calls that returned an error, EAGAIN and EINPROGRESS among them", _errors),
        Measure("latency", "ns between enter and exit of the same call", _latency),
    )
}
"""All measures by name."""
