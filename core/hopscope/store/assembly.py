"""From the replay's logs to the small tables, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.coded import CodedList
from hopscope.state.descriptor_log import (
    DESCRIPTOR_FIELDS,
    DescriptorBlock,
    DescriptorLog,
    DescriptorRow,
    Shape,
    WrittenDescriptors,
)
from hopscope.state.shape_columns import objects
from hopscope.state.thread_log import THREAD_FIELDS, ThreadLog
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.tables import FOREVER, NONE, DescriptorTable, ThreadTable

Ints = NDArray[np.int64]

_KINDS: dict[str, Any] = {"exe_writable": np.bool_}
_TEXTS = frozenset({"comm", "exe", "exepath", "cwd", "args", "env", "cgroups", "container"})


class GrowingArray:
    """One dimension that grows at its end; what was given away stays as it was."""

    def __init__(self, dtype: Any) -> None:
        self._room = np.empty(0, dtype)
        self._count = 0

    def extend(self, values: Any) -> None:
        """Append values; integers that do not fit keep their low 64 bits."""
        more = _array(values, self._room.dtype)
        count = self._count + len(more)
        if count > len(self._room):
            larger = np.empty(max(count, 2 * len(self._room)), self._room.dtype)
            larger[: self._count] = self._room[: self._count]
            self._room = larger
        self._room[self._count : count] = more
        self._count = count

    def view(self) -> NDArray[Any]:
        """All values up to now."""
        return self._room[: self._count]

    def taken(self, *, last: bool) -> NDArray[Any]:
        """All values up to now, as they stay: a copy unless nothing more will be added."""
        return self.view() if last else self.view().copy()

    def __len__(self) -> int:
        return self._count


class GrowingCodes:
    """A column that grows at its end and holds each different value once; values are hashable."""

    def __init__(self) -> None:
        self._places: dict[Any, int] = {}
        self._codes = GrowingArray(np.int32)

    def extend(self, values: Iterable[Any]) -> None:
        """Append values; of those that are equal the first is what all become."""
        places = self._places
        self._codes.extend(np.array([places.setdefault(one, len(places)) for one in values], np.int32))

    def values(self, *, last: bool) -> CodedList[Any]:
        """All values up to now. ``last``: nothing more will be added, so that no copies are needed."""
        return CodedList.of(self._places, self._codes.taken(last=last))

    def carried(self, what: Mapping[Any, int], missing: int) -> NDArray[np.int32]:
        """What a mapping says of each value."""
        told = np.array([what.get(one, missing) for one in self._places], np.int32)
        found: NDArray[np.int32] = told[self._codes.view()]
        return found


class _States:
    """States by place in their log: when each holds, and look-ups among those of the latest stretch.

    Attributes:
        first, stop: event rows in which each holds; ``stop`` is FOREVER for those that still do.
        key: what they are looked up by.
    """

    def __init__(self) -> None:
        self.first = GrowingArray(np.int64)
        self.stop = GrowingArray(np.int64)
        self.key = GrowingArray(np.int64)
        self._alive = np.zeros(0, np.int64)
        self._recent = np.zeros(0, np.int64)

    def add(self, key: Any, first: Any, stop: Any, ended: list[tuple[int, int]]) -> None:
        """Append the states of a stretch, and end those that were written down while they held."""
        begin = len(self.first)
        self.key.extend(key)
        self.first.extend(first)
        self.stop.extend(stop)
        if ended:
            places, stops = np.array(ended, np.int64).T
            self.stop.view()[places] = stops
        added = np.arange(begin, len(self.first), dtype=np.int64)
        self._recent = np.concatenate([self._alive, added])
        self._alive = self._recent[self.stop.view()[self._recent] == FOREVER]

    def add_more(self, key: Any, first: Any, stop: Any) -> None:
        """Append states that turned up after :meth:`add` in the same stretch."""
        recent = self._recent
        begin = len(self.first)
        self.add(key, first, stop, [])
        added = np.arange(begin, len(self.first), dtype=np.int64)
        self._recent = np.concatenate([recent, added])

    def index(self, events: int) -> tuple[IntervalIndex, Ints]:
        """Look-up among all states that held in the latest stretch, and the place of each of its rows."""
        chosen = self._recent
        return (
            IntervalIndex(
                self.key.view()[chosen], self.first.view()[chosen], self.stop.view()[chosen], events
            ),
            chosen,
        )

    def find(self, key: Ints, rows: Ints, events: int) -> Ints:
        """Places of the states that hold for keys at event rows of the latest stretch, NONE without one."""
        index, places = self.index(events)
        found = index.find(key, rows)
        return np.where(found >= 0, places[np.maximum(found, 0)], NONE) if len(places) else found

    def next_firsts(self, key: Ints, rows: Ints) -> Ints:
        """Where the next state with each key begins after an event row; FOREVER without one."""
        chosen = self._recent
        order = chosen[np.lexsort((self.first.view()[chosen], self.key.view()[chosen]))]
        keys, firsts = self.key.view()[order], self.first.view()[order]
        found = np.full(len(key), FOREVER, np.int64)
        start, stop = np.searchsorted(keys, key), np.searchsorted(keys, key, side="right")
        for place in np.flatnonzero(stop > start).tolist():
            mine = firsts[start[place] : stop[place]]
            at = int(np.searchsorted(mine, rows[place]))
            if at < len(mine):
                found[place] = mine[at]
        return found


class ThreadStates:
    """The states of threads up to now.

    Attributes:
        states: when each holds, by tid.
        table: number of the descriptor table of each.
    """

    def __init__(self, log: ThreadLog) -> None:
        self.states = _States()
        self._log = log
        self._life = GrowingArray(np.int32)
        self._tables = GrowingArray(np.int32)  # by life
        self._columns: dict[str, GrowingArray | GrowingCodes] = {
            name: GrowingCodes() if name in _TEXTS else GrowingArray(_KINDS.get(name, np.int64))
            for name in THREAD_FIELDS
        }

    def take(self, *, more: bool = False) -> None:
        """Take over what the log has written down. ``more``: for a second time in the same stretch."""
        written = self._log.take()
        tids = [row[0] for row in written.rows]
        if more:
            self.states.add_more(tids, written.first, written.stop)
        else:
            self.states.add(tids, written.first, written.stop, written.ended)
        self._life.extend(written.life)
        self._tables.extend([life.table for life in self._log.lives[len(self._tables) :]])
        for column, values in zip(self._columns.values(), zip(*written.rows, strict=True), strict=False):
            column.extend(values)

    def tables_of(self, places: NDArray[np.int32]) -> NDArray[np.int32]:
        """Number of the descriptor table of some states."""
        found: NDArray[np.int32] = self._tables.view()[self._life.view()[places]]
        return found

    def table(self, containers: Mapping[str, int], *, last: bool = False) -> ThreadTable:
        """All states as columns.

        Args:
            containers: id to row of the container table.
            last: nothing more will be added, so that no copies are needed.
        """
        lives = self._log.lives
        column: dict[str, Any] = {}
        for name, values in self._columns.items():
            if isinstance(values, GrowingArray):
                column[name] = values.taken(last=last)
            elif name == "container":
                column[name] = values.carried(containers, 0)
            else:
                column[name] = values.values(last=last)
        life, first, stop = (
            values.taken(last=last) for values in (self._life, self.states.first, self.states.stop)
        )
        of_life: dict[str, NDArray[Any]] = {
            "process": np.array([one.process for one in lives], np.int32),
            "parent": np.array([one.parent for one in lives], np.int32),
            "table": self._tables.view(),
            "born": np.array([one.born for one in lives], np.int64),
            "died": np.array([one.died for one in lives], np.int64),
            "born_time": np.array([one.born_time for one in lives], np.int64),
        }
        column.update({name: values[life] for name, values in of_life.items()})
        return ThreadTable(life=life, first=first, stop=stop, **column)


_SHAPE_ARRAYS: dict[str, Any] = {
    "role": np.int8, "listening": np.bool_, "connected": np.bool_, "local_is_client": np.int8,
    "source": np.uint64, "peer": np.uint64, "ino": np.uint64, "dev": np.int64, "open_flags": np.int64,
}  # fmt: skip
_NUMBERED = tuple(name for name in DESCRIPTOR_FIELDS if name != "shape")
_SHAPE_LISTS = ("kind", "typechar", "l4", "name", "client", "server")
_ROW_ARRAYS: dict[str, Any] = {
    "fd": np.int64, "table": np.int32, "life": np.int32, "origin": np.int32, "process": np.int32,
    "opened": np.int64, "opener": np.int32,
}  # fmt: skip


class DescriptorStates:
    """The states of descriptors up to now.

    Attributes:
        states: when each holds, by descriptor table and number.
    """

    def __init__(self, log: DescriptorLog) -> None:
        self.states = _States()
        self._log = log
        self._arrays = {name: GrowingArray(kind) for name, kind in {**_ROW_ARRAYS, **_SHAPE_ARRAYS}.items()}
        self._lists = {name: GrowingCodes() for name in _SHAPE_LISTS}
        self._closed = GrowingArray(np.int64)  # by life

    def take(self) -> None:
        """Take over what the log has written down."""
        written = self._log.take()
        columns = _joined(written)
        for name, array in self._arrays.items():
            array.extend(columns[name])
        for name, values in self._lists.items():
            values.extend(columns[name].tolist())
        key = descriptor_key(columns["table"].astype(np.int32), columns["fd"])
        self.states.add(key, columns["first"], columns["stop"], written.ended)
        self._close(written)

    def _close(self, written: WrittenDescriptors) -> None:
        self._closed.extend(np.full(self._log.lives - len(self._closed), NONE, np.int64))
        closed = self._closed.view()
        for block in written.blocks:
            if isinstance(block, DescriptorBlock):
                closed[written.number(block.closed_life)] = block.closed_at
        if written.closed:
            closed[written.number(list(written.closed))] = list(written.closed.values())

    def table(self, *, last: bool = False) -> DescriptorTable:
        """All states as columns. ``last``: nothing more will be added, so that no copies are needed."""
        arrays = {**self._arrays, "first": self.states.first, "stop": self.states.stop}
        columns: dict[str, Any] = {name: array.taken(last=last) for name, array in arrays.items()}
        columns.update({name: values.values(last=last) for name, values in self._lists.items()})
        return DescriptorTable(closed=self._closed.view()[columns["life"]], **columns)


def _joined(written: WrittenDescriptors) -> dict[str, NDArray[Any]]:
    """What was written down, by name, in the order in which states ended."""
    parts = [_columns_of(block) for block in (*written.blocks, written.rows)]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    for name in ("life", "origin"):
        found[name] = written.number(found[name])
    if len(parts) > 1:
        order = np.argsort(found["stop"], kind="stable")
        found = {name: values[order] for name, values in found.items()}
    return found


def _columns_of(block: DescriptorBlock | list[DescriptorRow]) -> dict[str, NDArray[Any]]:
    """What was written down, by name; shapes in columns of their own."""
    if isinstance(block, DescriptorBlock):
        return {**{name: getattr(block, name) for name in _NUMBERED}, **block.shape}
    rows = zip(*block, strict=True) if block else ((),) * len(DESCRIPTOR_FIELDS)
    found = dict(zip(DESCRIPTOR_FIELDS, rows, strict=True))
    columns = zip(*found["shape"], strict=True) if block else ((),) * len(Shape._fields)
    shapes = dict(zip(Shape._fields, columns, strict=True))
    return {
        **{name: _array(found[name], np.dtype(np.int64)) for name in _NUMBERED},
        **{name: _array(shapes[name], np.dtype(kind)) for name, kind in _SHAPE_ARRAYS.items()},
        **{name: objects(shapes[name]) for name in _SHAPE_LISTS},
    }


def _array(values: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Values as an array; integers of any size keep their low 64 bits where they do not fit."""
    if isinstance(values, np.ndarray):
        return values
    try:
        return np.array(values, dtype)
    except OverflowError:
        mask, half = (1 << 64) - 1, 1 << 63
        wrapped = np.array([((one & mask) ^ half) - half for one in values], np.int64)
        return wrapped.astype(dtype)
