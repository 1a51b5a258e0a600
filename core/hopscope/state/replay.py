"""Replay: run the events that change state, in order, and leave a log of all states.

Only these events go through Python one by one. Their parameters are taken out of the capture by
event type, many at once, and the resulting calls are sorted by event row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.joins import Join
from hopscope.capture.lists import DescriptorEntry, Interface, ProcessEntry
from hopscope.decode.columns import CodeIndex, EventColumns, fixed_values
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, SIGNED_TYPES, EventFlag
from hopscope.state.going_on import go_on
from hopscope.state.handlers import HANDLERS, Handler
from hopscope.state.world import FirstSeen, World

Ints = NDArray[np.int64]
Call = tuple[int, int, int, Callable[..., None], tuple[Any, ...]]
"""Row, time in ns and thread of an event, the function to call, and what it is told."""


@dataclass(slots=True)
class SectionLists:
    """The lists at the start of a section.

    Attributes:
        first: row of the section's first event.
        processes, descriptors, interfaces: as read from its blocks.
        late: these came behind events of their section, which has begun before.
        follows: where the section is the next file of the capture before it; None for one of its own.
    """

    first: int
    processes: list[ProcessEntry] = field(default_factory=list)
    descriptors: list[tuple[int, list[DescriptorEntry]]] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    late: bool = False
    follows: Join | None = None


class Replay:
    """Runs the state-changing events of one stretch after the other.

    Attributes:
        world: as it is after the last event, with the logs of everything that was.
    """

    def __init__(self) -> None:
        self.world = World()
        self._sections = 0
        self._begun = (-1, 0)  # row from which the section's lists hold, row of its first event

    def run(
        self,
        columns: EventColumns,
        first: int,
        twin: NDArray[np.int32],
        lists: list[SectionLists],
        threaded: NDArray[np.bool_],
    ) -> None:
        """Run the events from ``first`` to the end of the columns.

        Args:
            columns: of the capture up to the end of the stretch.
            first: row of the first event of the stretch.
            twin: for each event the row of its other half, -1 without one.
            lists: of the sections that begin in the stretch, by first row. One that :attr:`SectionLists.late`
                belongs to a section that has begun before.
            threaded: which events of the stretch belong to a thread (container events and the like do not).
        """
        world = self.world
        by_code = CodeIndex(columns.code[first:], first)
        world.first_seen = _first_seen(columns.tid[first:], threaded, first)
        pending = list(reversed(lists))
        for row, time, tid, apply, values in _calls(columns, by_code, twin):
            while pending and pending[-1].first <= row:
                self._start(pending.pop())
            world.row = row
            world.time = time
            apply(world, tid, *values)
        while pending:
            self._start(pending.pop())
        world.row = len(columns)
        world.settle()

    def _start(self, lists: SectionLists) -> None:
        row, first = self._begun
        if lists.late:
            self.world.row = row if lists.first == first else lists.first
            self.world.add_late_lists(lists.processes, lists.descriptors, lists.interfaces)
            return
        row = lists.first if self._sections else -1
        self._begun = (row, lists.first)
        self._sections += 1
        if lists.follows is not None and self._sections > 1:
            lost = lists.follows.lost
            go_on(self.world, row, lists.processes, lists.descriptors, lists.interfaces, lost)
            return
        self.world.start_section(row, lists.processes, lists.descriptors, lists.interfaces)


def _first_seen(tid: Ints, threaded: NDArray[np.bool_], first: int) -> FirstSeen:
    """Where an unknown thread shows up: its first event since any earlier life of that tid ended."""
    known: list[Ints] = []

    def find(number: int, row: int, after: int) -> int:
        if not known:
            rows = np.flatnonzero(threaded)
            order = rows[np.argsort(tid[rows], kind="stable")]
            known.extend((order + first, tid[order]))
        order, sorted_tids = known
        start, stop = np.searchsorted(sorted_tids, [number, number + 1])
        mine = order[start:stop]
        at = int(np.searchsorted(mine, after))
        return min(int(mine[at]), row) if at < len(mine) else row

    return find


_HANDLERS_BY_EVENT: dict[tuple[str, bool], list[Handler]] = {}
for _handler in HANDLERS:
    for _name in _handler.names:
        _HANDLERS_BY_EVENT.setdefault((_name, _handler.at_enter), []).append(_handler)


def _calls(columns: EventColumns, by_code: CodeIndex, twin: NDArray[np.int32]) -> list[Call]:
    """What the events of a stretch call, in order."""
    calls: list[Call] = []
    for code in by_code.codes:
        event = EVENTS[code]
        if EventFlag.UNUSED in event.flags:
            continue
        for handler in _HANDLERS_BY_EVENT.get((event.name, not event.is_exit), ()):
            calls.extend(_calls_of(columns, by_code, twin, code, handler))
    calls.sort(key=itemgetter(0))
    return calls


def _calls_of(
    columns: EventColumns, by_code: CodeIndex, twin: NDArray[np.int32], code: int, handler: Handler
) -> list[Call]:
    rows = by_code.rows(code)
    if handler.only_with:
        rows = _rows_with(columns, rows, twin, code, handler)
    if not len(rows):
        return []
    enters = rows if handler.at_enter else twin[rows].astype(np.int64)
    values = []
    for source in handler.sources:
        if source == ">":
            values.append(enters.tolist())
        elif source[0] == ">":
            values.append(take(columns, code if handler.at_enter else code - 1, source[1:], enters))
        else:
            values.append(take(columns, code, source[1:], rows))
    argument_rows = list(zip(*values, strict=True)) if values else [()] * len(rows)
    times, tids = columns.time[rows].tolist(), columns.tid[rows].tolist()
    return list(zip(rows.tolist(), times, tids, repeat(handler.apply), argument_rows, strict=False))


def _rows_with(
    columns: EventColumns, rows: Ints, twin: NDArray[np.int32], code: int, handler: Handler
) -> Ints:
    """Event rows whose source ``only_with`` is stored and not empty."""
    asks_enter = handler.only_with[0] == ">" and not handler.at_enter
    asked = twin[rows].astype(np.int64) if asks_enter else rows
    if asks_enter:
        code -= 1
        rows, asked = rows[asked >= 0], asked[asked >= 0]
    index = EVENTS[code].param_index.get(handler.only_with[1:])
    if index is None:
        return rows[:0]
    stored = columns.nparams[asked] > index
    rows, asked = rows[stored], asked[stored]
    _, length = columns.places(asked, index)
    return rows[length > 1]


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
