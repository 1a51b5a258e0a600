"""What the events of a type tell a handler: as arrays, for many at once, or as one call for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import CodeIndex, EventColumns, fixed_values
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, SIGNED_TYPES, EventFlag
from hopscope.heap import release
from hopscope.state.handlers import HANDLERS, Handler

_AT_ONCE = 1 << 9
"""Events between which pages of the capture are not given back."""

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Call = tuple[int, int, int, Callable[..., None], tuple[Any, ...]]
"""Row, time in ns and thread of an event, the function to call, and what it is told."""


class KnownEvents(NamedTuple):
    """What is known of all events up to the end of a stretch before any state is.

    Attributes:
        columns: of the capture.
        twin: int32, row of the other half of each call, -1 without one.
        result: int64, the number that an exit gives first as its result or the descriptor it made; negative
            without one.
        fd: int64, number of the descriptor that an event names or made, negative without one.
    """

    columns: EventColumns
    twin: NDArray[np.int32]
    result: Ints
    fd: Ints


@dataclass(slots=True)
class Told:
    """Events of one type and the handler that they are for; those that cannot change anything are left out.

    Attributes:
        known: of the capture.
        code: type of the events.
        handler: that they are for.
        rows: int64, ascending.
        enters: int64, row of the enter event of each, -1 without one.
    """

    known: KnownEvents
    code: int
    handler: Handler
    rows: Ints
    enters: Ints

    @property
    def columns(self) -> EventColumns:
        """Of the capture."""
        return self.known.columns

    @property
    def fd(self) -> Ints:
        """int64, the descriptor that each names or made, negative without one."""
        return self.known.fd[self.rows]

    @property
    def tids(self) -> Ints:
        """int64, thread of each."""
        return self.columns.tid[self.rows]

    def numbers(self, sources: Iterable[str]) -> tuple[Ints, Mask]:
        """For each event the number from the first source that is stored, and whether any is.

        Unsigned numbers of 64 bits keep their bits.
        """
        found, known = np.zeros(len(self.rows), np.int64), np.zeros(len(self.rows), np.bool_)
        for source in sources:
            code, rows = self.events(source)
            event = EVENTS[code]
            index = event.param_index.get(source[1:])
            if index is None:
                continue
            missing = np.flatnonzero(~known & (rows >= 0))
            asked = rows[missing]
            stored = self.columns.nparams[asked] > index
            missing, asked = missing[stored], asked[stored]
            start, length = self.columns.places(asked, index)
            signed = np.broadcast_to(np.bool_(event.params[index].type in SIGNED_TYPES), len(asked))
            values, usable = fixed_values(self.columns.data, start, length, signed)
            if usable is not None:
                missing, values = missing[usable], values[usable]
            found[missing], known[missing] = values, True
            if known.all():
                break
        return found, known

    def spans(self, source: str, chosen: Ints | slice = slice(None)) -> tuple[Ints, Ints]:
        """Where a parameter of the chosen events lies, and its length, -1 where it is not stored."""
        code, rows = self.events(source)
        rows = rows[chosen]
        start, length = np.zeros(len(rows), np.int64), np.full(len(rows), -1, np.int64)
        index = EVENTS[code].param_index.get(source[1:])
        if index is not None:
            there = np.flatnonzero(rows >= 0)
            there = there[self.columns.nparams[rows[there]] > index]
            start[there], length[there] = self.columns.places(rows[there], index)
        return start, length

    def values(self, source: str, chosen: Ints | slice) -> list[Any]:
        """One parameter of the chosen of these events, as handlers are told it."""
        if source == ">":
            enters: list[int] = self.enters[chosen].tolist()
            return enters
        code, rows = self.events(source)
        return take(self.columns, code, source[1:], rows[chosen])

    def calls(self, chosen: Ints | slice) -> list[Call]:
        """A call for each of the chosen of these events."""
        rows = self.rows[chosen]
        values = [self.values(source, chosen) for source in self.handler.sources]
        arguments = list(zip(*values, strict=True)) if values else [()] * len(rows)
        times, tids = self.columns.time[rows].tolist(), self.columns.tid[rows].tolist()
        return list(zip(rows.tolist(), times, tids, repeat(self.handler.apply), arguments, strict=False))

    def only(self, chosen: Mask) -> Told:
        """The chosen of these events."""
        if chosen.all():
            return self
        return Told(self.known, self.code, self.handler, self.rows[chosen], self.enters[chosen])

    def events(self, source: str) -> tuple[int, Ints]:
        """Type and rows of the events that a source is a parameter of."""
        if source[0] == "<" or self.handler.at_enter:
            return self.code, self.rows
        return self.code - 1, self.enters


_HANDLERS_BY_EVENT: dict[tuple[str, bool], list[Handler]] = {}
for _handler in HANDLERS:
    for _name in _handler.names:
        _HANDLERS_BY_EVENT.setdefault((_name, _handler.at_enter), []).append(_handler)


def told_in(known: KnownEvents, by_code: CodeIndex) -> list[Told]:
    """What the events of a stretch tell handlers, without those that cannot change anything.

    Args:
        known: of the capture.
        by_code: the stretch's rows.
    """
    found = []
    for code in by_code.codes:
        event = EVENTS[code]
        if EventFlag.UNUSED in event.flags:
            continue
        for handler in _HANDLERS_BY_EVENT.get((event.name, not event.is_exit), ()):
            rows = by_code.rows(code)
            enters = rows if handler.at_enter else known.twin[rows].astype(np.int64)
            told = _that_count(Told(known, code, handler, rows, enters))
            if len(told.rows):
                found.append(told)
    return found


def _that_count(told: Told) -> Told:
    """The events for which their handler says that they may change something."""
    handler = told.handler
    if handler.only_with:
        told = told.only(told.spans(handler.only_with)[1] > 1)
    if handler.worked:
        if _is_result(told.code, handler.worked):
            told = told.only(told.known.result[told.rows] >= 0)
        else:
            values, stored = told.numbers((handler.worked,))
            told = told.only(stored & (values >= 0))
    if handler.among is not None:
        sources, wanted = handler.among
        values, stored = told.numbers(sources)
        told = told.only(stored & np.isin(values, wanted))
    return told


def _is_result(code: int, source: str) -> bool:
    """Whether a source is what :attr:`KnownEvents.result` holds."""
    event = EVENTS[code]
    first = event.params[0] if event.is_exit and event.params else None
    return (
        first is not None
        and source in ("<res", "<fd")
        and first.name == source[1:]
        and first.type in FIXED_WIDTH
    )


def take_far(columns: EventColumns, code: int, name: str, rows: Ints) -> list[Any]:
    """As :func:`take`, for events from all over a capture, whose pages are given back now and then."""
    found: list[Any] = []
    for first in range(0, len(rows), _AT_ONCE):
        found += take(columns, code, name, rows[first : first + _AT_ONCE])
        release(columns.data)
    return found


def take(columns: EventColumns, code: int, name: str, rows: Ints) -> list[Any]:
    """One parameter of many events of a code.

    Args:
        columns: of the capture.
        code: event type of all rows.
        name: of the parameter.
        rows: event rows, -1 for none.

    Returns:
        As long as ``rows``: int for types of fixed width, else bytes; None where nothing is stored.
    """
    event = EVENTS[code]
    index = event.param_index.get(name)
    if index is None:
        return [None] * len(rows)
    where = np.flatnonzero(rows >= 0)
    where = where[columns.nparams[rows[where]] > index]
    if not len(where):
        return [None] * len(rows)
    start, length = columns.places(rows[where], index)
    kind = event.params[index].type
    if kind in FIXED_WIDTH:
        signed = kind in SIGNED_TYPES
        values, usable = fixed_values(
            columns.data, start, length, np.broadcast_to(np.bool_(signed), len(where))
        )
        if usable is not None:
            where, values = where[usable], values[usable]
        taken: list[Any] = (values if signed else values.view(np.uint64)).tolist()
    else:
        raw = memoryview(columns.data.data).cast("B")
        taken = [
            bytes(raw[begin:end])
            for begin, end in zip(start.tolist(), (start + length).tolist(), strict=True)
        ]
    if len(taken) == len(rows):
        return taken
    found: list[Any] = [None] * len(rows)
    for at, value in zip(where.tolist(), taken, strict=True):
        found[at] = value
    return found
