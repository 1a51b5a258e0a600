"""Replay: run the events that change state, in order, and leave the log of all states.

Only these events go through Python one by one. Their parameters are taken out of the capture by
event type, many at once, and the resulting calls are sorted by event row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.lists import DescriptorEntry, Interface, ProcessEntry
from hopscope.decode.columns import EventColumns
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, SIGNED_TYPES, EventFlag
from hopscope.state.handlers import HANDLERS, Handler
from hopscope.state.world import FirstSeen, World

Ints = NDArray[np.int64]
Call = tuple[int, Callable[..., None], tuple[Any, ...]]


@dataclass(slots=True)
class SectionLists:
    """The lists at the start of a section.

    Attributes:
        first: row of the section's first event.
        processes, descriptors, interfaces: as read from its blocks.
    """

    first: int
    processes: list[ProcessEntry] = field(default_factory=list)
    descriptors: list[tuple[int, list[DescriptorEntry]]] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)


def replay(
    columns: EventColumns, sections: list[SectionLists], twin: Ints, threaded: NDArray[np.bool_]
) -> World:
    """Run all state-changing events.

    Args:
        columns: of the capture.
        sections: their lists, by first row.
        twin: for each event the row of its other half, -1 without one.
        threaded: which events belong to a thread (container events and the like do not).

    Returns:
        The world after the last event, with the logs of everything that was.
    """
    world = World(_first_seen(columns, threaded))
    calls = _calls(columns, twin)
    tids = columns.tid
    times = columns.time
    pending = list(reversed(sections))
    first_section = True
    for row, apply, values in calls:
        while pending and pending[-1].first <= row:
            _start(world, pending.pop(), first_section)
            first_section = False
        world.row = row
        world.time = int(times[row])
        apply(world, int(tids[row]), *values)
    while pending:
        _start(world, pending.pop(), first_section)
        first_section = False
    world.row = len(columns)
    return world


def _start(world: World, lists: SectionLists, first_section: bool) -> None:
    world.start_section(
        -1 if first_section else lists.first, lists.processes, lists.descriptors, lists.interfaces
    )


def _first_seen(columns: EventColumns, threaded: NDArray[np.bool_]) -> FirstSeen:
    """Where an unknown thread shows up: its first event since any earlier life of that tid ended."""
    rows = np.flatnonzero(threaded)
    order = rows[np.argsort(columns.tid[rows], kind="stable")]
    sorted_tids = columns.tid[order]

    def find(tid: int, row: int, after: int) -> int:
        start, stop = np.searchsorted(sorted_tids, [tid, tid + 1])
        mine = order[start:stop]
        at = int(np.searchsorted(mine, after))
        return min(int(mine[at]), row) if at < len(mine) else row

    return find


def _calls(columns: EventColumns, twin: Ints) -> list[Call]:
    by_name: dict[tuple[str, bool], list[Handler]] = {}
    for handler in HANDLERS:
        for name in handler.names:
            by_name.setdefault((name, handler.at_enter), []).append(handler)
    calls: list[Call] = []
    for code in columns.codes:
        event = EVENTS[code]
        if EventFlag.UNUSED in event.flags:
            continue
        for handler in by_name.get((event.name, not event.is_exit), ()):
            calls.extend(_calls_of(columns, twin, code, handler))
    calls.sort(key=itemgetter(0))
    return calls


def _calls_of(columns: EventColumns, twin: Ints, code: int, handler: Handler) -> list[Call]:
    rows = columns.rows_of_code(code)
    if handler.only_with:
        rows = _rows_with(columns, twin, code, handler)
    if not len(rows):
        return []
    enters = rows if handler.at_enter else twin[rows]
    values = []
    for source in handler.sources:
        if source == ">":
            values.append(enters.tolist())
        elif source[0] == ">":
            values.append(take(columns, code if handler.at_enter else code - 1, source[1:], enters))
        else:
            values.append(take(columns, code, source[1:], rows))
    argument_rows = list(zip(*values, strict=True)) if values else [()] * len(rows)
    apply = handler.apply
    return [(row, apply, arguments) for row, arguments in zip(rows.tolist(), argument_rows, strict=True)]


def _rows_with(columns: EventColumns, twin: Ints, code: int, handler: Handler) -> Ints:
    """Event rows whose source ``only_with`` is stored and not empty."""
    rows = columns.rows_of_code(code)
    asks_enter = handler.only_with[0] == ">" and not handler.at_enter
    if asks_enter:
        code, rows = code - 1, twin[rows]
        rows = rows[rows >= 0]
    index = EVENTS[code].param_index.get(handler.only_with[1:])
    if index is None:
        return rows[:0]
    rows, _, length = columns.spans(code, index, rows)
    rows = rows[length > 1]
    return twin[rows] if asks_enter else rows


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
    found: list[Any] = [None] * len(rows)
    event = EVENTS[code]
    index = event.param_index.get(name)
    if index is None:
        return found
    where = np.flatnonzero(rows >= 0)
    where = where[columns.nparams[rows[where]] > index]
    if not len(where):
        return found
    kind = event.params[index].type
    if kind in FIXED_WIDTH:
        return _take_fixed(columns, code, name, rows, where, kind not in SIGNED_TYPES, found)
    _, start, length = columns.spans(code, index, rows[where])
    raw = memoryview(columns.data.data).cast("B")
    for at, begin, size in zip(where.tolist(), start.tolist(), length.tolist(), strict=True):
        found[at] = bytes(raw[begin : begin + size])
    return found


def _take_fixed(
    columns: EventColumns, code: int, name: str, rows: Ints, where: Ints, unsigned: bool, found: list[Any]
) -> list[Any]:
    got, values = columns.fixed(code, name, rows[where])
    if len(got) != len(where):
        where = where[np.isin(rows[where], got)]
    mask = (1 << 64) - 1
    for at, value in zip(where.tolist(), values.tolist(), strict=True):
        found[at] = value & mask if unsigned and value < 0 else value
    return found
