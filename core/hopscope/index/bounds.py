"""Whether the columns of an index stay inside each other and inside the capture.

Columns are mapped without a look at their checksums, so whatever is used as a place elsewhere is
compared with what is there. A file that passes may still say something wrong, but nothing that
reads outside an array.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import EventColumns
from hopscope.decode.event_table import EVENTS
from hopscope.index.faults import IndexFaultError
from hopscope.index.objects import Objects
from hopscope.store.tables import NONE, DescriptorTable, ThreadTable

_LIVES = ("life", "process", "parent", "table", "origin", "opener")
"""Columns of the small tables with numbers that arrays are made for."""

_ROWS = ("first", "born", "died", "opened", "closed")
"""Columns of the small tables with event rows."""

_MOST_LENGTHS = 4 * 255
"""Bytes that the lengths of an event's parameters take at most: the count is a byte."""


def check_bounds(
    columns: EventColumns,
    arrays: Mapping[str, NDArray[Any]],
    threads: ThreadTable,
    descriptors: DescriptorTable,
    objects: Objects,
) -> None:
    """Raise IndexFaultError where something points outside.

    Args:
        columns: of the events, with the capture they point into.
        arrays: columns of the store by name.
        threads, descriptors: the small tables.
        objects: what is no column.
    """
    events = len(columns)
    sections = columns.sections()
    one_each = [array for name, array in sections.items() if name not in _OTHER_LENGTHS and "." not in name]
    if any(len(array) != events for array in (*one_each, *arrays.values())):
        raise IndexFaultError("its columns have different lengths")
    _within("thread", arrays["thread"], NONE, len(threads))
    _within("descriptor", arrays["descriptor"], NONE, len(descriptors))
    _within("twin", arrays["twin"], NONE, events)
    _within("broken", sections["broken"], 0, events)
    _within("container", threads.container, 0, len(objects.containers))
    for table in (threads, descriptors):
        for name in _ROWS:
            _within(name, getattr(table, name, ()), NONE, events)
        for name in _LIVES:
            _within(name, getattr(table, name, ()), NONE, events + len(threads) + len(descriptors))
    if len(objects.sections) != len(objects.epochs):
        raise IndexFaultError("its sections make no sense")
    if any(not NONE <= one.pod < len(objects.kubernetes.pods) for one in objects.containers):
        raise IndexFaultError("its containers make no sense")
    _check_codes(columns, sections)
    _check_params(columns, sections)


_OTHER_LENGTHS = frozenset({"broken", "starts"})


def _within(name: str, numbers: Iterable[int] | NDArray[Any], low: int, high: int) -> None:
    array = np.asarray(numbers)
    if len(array) and not low <= int(array.min()) <= int(array.max()) < high:
        raise IndexFaultError(f"its column {name!r} points outside")


def _check_codes(columns: EventColumns, sections: Mapping[str, NDArray[Any]]) -> None:
    """The order by code must be one: slices side by side, rows inside, ranks that lead back."""
    starts = sections["starts"]
    codes, first, stop = starts[:, 0], starts[:, 1], starts[:, 2]
    order, rank = sections["order"], sections["rank"]
    _within("code", codes, 0, len(EVENTS))
    _within("order", order, 0, len(columns))
    side_by_side = (
        np.array_equal(first[1:], stop[:-1]) and (stop > first).all() and (np.diff(codes) > 0).all()
    )
    if not side_by_side or (first[:1] != 0).any() or int(stop.max(initial=0)) != len(columns):
        raise IndexFaultError("its order by type makes no sense")
    slices = np.repeat(codes.astype(np.uint16), stop - first)
    if not np.array_equal(columns.code[order], slices):
        raise IndexFaultError("its order by type makes no sense")
    if not np.array_equal(rank[order], np.arange(len(columns), dtype=np.int32)):
        raise IndexFaultError("its order by type makes no sense")


def _check_params(columns: EventColumns, sections: Mapping[str, NDArray[Any]]) -> None:
    """All parameters must lie in the capture, each behind the one before.

    Only events so near to the end of the capture that their parameters might reach beyond it are
    looked at one by one.
    """
    size, longest = len(columns.data), 0
    for code in columns.codes:
        ends = sections[f"ends.{code}"]
        rows = columns.rows_of_code(code)
        if ends.shape != (len(EVENTS[code].params), len(rows)):
            raise IndexFaultError("its parameters have the wrong shape")
        longest = max(longest, int(ends.max(initial=0)))
        stored = columns.nparams[rows]
        if int(stored.max()) > len(ends) or not _ascend(ends, stored):
            raise IndexFaultError("its parameters make no sense")
    _within("lengths_at", columns.lengths_at, 0, size + 1)
    _within("params_at", columns.params_at, 0, size + 1)
    near = (columns.lengths_at > size - _MOST_LENGTHS) | (columns.params_at > size - longest)
    _check_ends(columns, sections, np.flatnonzero(near))


def _check_ends(columns: EventColumns, sections: Mapping[str, NDArray[Any]], rows: NDArray[np.int64]) -> None:
    """The parameters of these events must end inside the capture."""
    size = len(columns.data)
    of_row = columns.code[rows]
    for code, start, _ in sections["starts"].tolist():
        chosen = rows[of_row == code]
        if not len(chosen):
            continue
        stored = columns.nparams[chosen].astype(np.int64)
        last = np.zeros(len(chosen), np.int64)
        some = np.flatnonzero(stored)
        last[some] = sections[f"ends.{code}"][stored[some] - 1, sections["rank"][chosen[some]] - start]
        behind = columns.lengths_at[chosen] + stored * np.where(columns.wide[chosen], 4, 2)
        if (behind > size).any() or (columns.params_at[chosen] + last > size).any():
            raise IndexFaultError("its parameters lie outside the capture")


def _ascend(ends: NDArray[np.uint32], stored: NDArray[np.uint8]) -> bool:
    """True when no stored parameter ends before the one in front of it."""
    falls = ends[1:] < ends[:-1]
    if not falls.any():
        return True
    return not (falls & (np.arange(1, len(ends))[:, None] < stored)).any()
