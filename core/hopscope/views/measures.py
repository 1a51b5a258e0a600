"""What can be added up over events: bytes, calls, errors, time.

A measure knows which events have it and their values. What a view shows of it is a sum over those of these
events that a selection and a group contain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.store.store import NO_RESULT, Rows, Store
from hopscope.views.memo import once_per_store
from hopscope.views.ordering import order_of_integers

IS_EXIT = np.array([event.is_exit for event in EVENTS])
READS = np.array([event.category == "IO_READ" for event in EVENTS])
WRITES = np.array([event.category == "IO_WRITE" for event in EVENTS])
OPENS = np.array(
    [
        event.is_exit and event.name in ("open", "openat", "openat2", "creat", "open_by_handle_at")
        for event in EVENTS
    ]
)


Where = slice | Rows
"""Some events: a stretch of rows, or rows one by one."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """A measure of one capture. Nothing is worked out before it is asked for, and nothing is kept.

    Attributes:
        has: which of some events have it, bool; None for a measure that every event has.
        values: the value of every event that has it, by event row; None where each counts 1.
    """

    has: Callable[[Where], NDArray[np.bool_]] | None
    values: NDArray[Any] | None


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


def _of_codes(codes: NDArray[np.bool_]) -> Callable[[Store], Amounts]:
    """Bytes moved by calls of some types."""

    def of(store: Store) -> Amounts:
        return Amounts(lambda at: _moved(store, at, codes), store.size)

    return of


def _of_kinds(kinds: frozenset[str]) -> Callable[[Store], Amounts]:
    """Bytes read from or written to some kinds of descriptors."""

    @once_per_store
    def wanted(store: Store) -> NDArray[np.bool_]:
        # The entry that is added is what the missing row -1 finds.
        return np.array([*(kind in kinds for kind in store.descriptors.kind), False], dtype=np.bool_)

    def of(store: Store) -> Amounts:
        of_states = wanted(store)
        return Amounts(lambda at: _moved(store, at, READS | WRITES, of_states), store.size)

    return of


def _moved(
    store: Store, at: Where, codes: NDArray[np.bool_], states: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Which events moved bytes by calls of some types, on descriptors in some states.

    Few move any, so only those are looked up.
    """
    found = store.size[at] > 0
    places = np.flatnonzero(found)
    kept = codes[store.code[at][places]]
    if states is not None:
        kept &= states[store.descriptor[at][places]]
    found[places] = kept
    return np.asarray(found, dtype=np.bool_)


def _events(_store: Store) -> Amounts:
    return Amounts(None, None)


def _calls(store: Store) -> Amounts:
    return Amounts(lambda at: IS_EXIT[store.code[at]], None)


def _opens(store: Store) -> Amounts:
    return Amounts(lambda at: OPENS[store.code[at]] & (store.result[at] >= 0), None)


def _errors(store: Store) -> Amounts:
    def has(at: Where) -> NDArray[np.bool_]:
        result = store.result[at]
        return np.asarray((result < 0) & (result != NO_RESULT), dtype=np.bool_)

    return Amounts(has, None)


def _latency(store: Store) -> Amounts:
    return Amounts(lambda at: store.latency[at] > 0, store.latency)


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("events", "events, enters and exits alike", _events),
        Measure("calls", "finished calls (exit events)", _calls),
        Measure("bytes_in", "bytes that calls of the reading kind returned", _of_codes(READS)),
        Measure("bytes_out", "bytes that calls of the writing kind accepted", _of_codes(WRITES)),
        Measure("bytes_file", "bytes read from or written to files", _of_kinds(frozenset({"file"}))),
        Measure(
            "bytes_net",
            "bytes received or sent on IPv4 and IPv6 sockets",
            _of_kinds(frozenset({"ipv4", "ipv6"})),
        ),
        Measure("opens", "successful open, openat, openat2, creat and open_by_handle_at", _opens),
        Measure("errors", "calls that returned an error, EAGAIN and EINPROGRESS among them", _errors),
        Measure("latency", "ns between enter and exit of the same call", _latency),
    )
}
"""All measures by name."""


def measure_of(name: str) -> Measure:
    """The measure of this name, or that of a field of the filter language.

    Raises:
        UnknownFieldError: there is neither.
    """
    if name in MEASURES:
        return MEASURES[name]
    # Fields are many modules, which the first view on the screen does without.
    from hopscope.views.field_amounts import field_measure  # noqa: PLC0415

    return field_measure(name)


def rows_by_value(store: Store, name: str) -> Rows:
    """The events that have a measure in the order of its values, int32; kept for the store."""
    kept = _in_order(store)
    if name not in kept:
        amounts = measure_of(name).of(store)
        rows = np.arange(len(store)) if amounts.has is None else np.flatnonzero(amounts.has(slice(None)))
        in_order = rows[order_by_value(store, name, rows)]
        kept[name] = in_order.astype(np.int32 if len(store) < 1 << 31 else np.int64)
    return kept[name]


def order_by_value(store: Store, name: str, rows: Rows) -> NDArray[np.int64]:
    """Positions of these events, which have a measure, in the order of its values."""
    amounts = measure_of(name).of(store)
    if amounts.values is None:
        return np.arange(len(rows))
    values = amounts.values[rows]
    if values.dtype.kind == "f":
        return np.argsort(values, kind="stable")
    return order_of_integers(values, descending=False)


@once_per_store
def _in_order(store: Store) -> dict[str, Rows]:
    return {}
