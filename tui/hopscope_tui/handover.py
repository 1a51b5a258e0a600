"""A store on its way from the process that reads to the one that shows.

Columns that grow in shared files go as a length; the stream likewise. Other arrays are written to
memory that both have. Of the lists of the small tables the codes are such arrays; the different values
only grow at their end: each time the new ones go over, in pieces so small that taking one in keeps nobody
waiting.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.spool import SharedStream
from hopscope.channel import Channel
from hopscope.coded import CodedList
from hopscope_tui.opening import State

if TYPE_CHECKING:
    from hopscope.store.builder import StoreBuilder
    from hopscope.store.store import Store

_VALUES = 4096
"""Values of a list that go over at once."""

_ALIGNMENT = 64
_TABLES = ("threads", "descriptors")
_Name = tuple[str, str]
"""Of a small table and a column of it."""

_STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Values:
    """More of the different values of one column of a small table."""

    table: str
    column: str
    values: list[Any]


@dataclass(frozen=True, slots=True)
class NewColumns:
    """The files of columns, which come with this message in this order; behind them those of the stream."""

    columns: tuple[tuple[str, str], ...]
    """Name and dtype."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A store; the file with its arrays comes with it.

    Attributes:
        pickled: the store without the lists of its small tables, and the codes of these, all without arrays.
        places: start and stop of each array in the file.
        state: what is going on with the capture.
        complete: the whole stream is there.
    """

    pickled: bytes
    places: tuple[tuple[int, int], ...]
    state: State
    complete: bool


class Sender:
    """Hands over stores of one capture, each with more of it, or a single store of several.

    Args:
        channel: to the other process.
        builder: whose columns lie in shared files; None for a store whose columns do not.
        stream: open files that hold the stream; none where it goes over with each store.
    """

    def __init__(self, channel: Channel, builder: StoreBuilder | None, stream: Sequence[int]) -> None:
        self._channel = channel
        self._builder = builder
        self._stream = stream
        self._sent: dict[_Name, int] = {}
        self._has_sent_files = False

    def send(self, store: Store, state: State, *, complete: bool) -> None:
        """Hand over a store. ``complete``: the whole stream is there."""
        if not self._has_sent_files:
            self._has_sent_files = True
            columns = {} if self._builder is None else self._builder.column_files()
            handles = [handle for handle, _ in columns.values()]
            named = tuple((name, dtype.str) for name, (_, dtype) in columns.items())
            self._channel.send(NewColumns(named), [*handles, *self._stream])
        lists = {name: _coded(values) for name, values in _lists(store).items()}
        self._send_values(lists)
        buffers: list[pickle.PickleBuffer] = []
        pickled = io.BytesIO()
        bare = replace(store, **{name: _without_lists(getattr(store, name)) for name in _TABLES})
        bare.members = store.members
        codes = {name: values.codes for name, values in lists.items()}
        _Pickler(pickled, self._place_of(store), buffers).dump((bare, codes))
        memory = os.memfd_create("hopscope")
        try:
            places = _write_all(memory, buffers)
            snapshot = Snapshot(pickled.getvalue(), places, state, complete)
            self._channel.send(snapshot, [memory])
        finally:
            os.close(memory)

    def _send_values(self, lists: Mapping[_Name, CodedList[Any]]) -> None:
        for name, values in lists.items():
            for start in range(self._sent.get(name, 0), len(values.pool), _VALUES):
                self._channel.send(Values(*name, values.pool[start : start + _VALUES].tolist()))
            self._sent[name] = len(values.pool)

    def _place_of(self, store: Store) -> Mapping[int, tuple[str, int]]:
        """Name and length of the arrays that lie in shared files, by identity."""
        places: dict[int, tuple[str, int]] = {}
        for array in (
            *vars(store).values(),
            *(getattr(store.columns, one.name) for one in fields(store.columns)),
        ):
            if isinstance(array, np.ndarray) and len(array) and self._builder is not None:
                name = self._builder.column_name(array)
                if name is not None:
                    places[id(array)] = (name, len(array))
        if self._stream:
            places[id(store.source.data)] = places[id(store.columns.data)] = (_STREAM, store.source.size)
        return places


class Receiver:
    """Takes over stores."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._values: dict[_Name, list[Any]] = {}
        self._columns: dict[str, _MappedColumn] = {}
        self._stream: SharedStream | None = None

    def take(self, news: Values | NewColumns | Snapshot) -> Store | None:
        """Take over a piece; the store when it is complete."""
        if isinstance(news, Values):
            self._values.setdefault((news.table, news.column), []).extend(news.values)
            return None
        files = self._channel.take_files()
        if isinstance(news, NewColumns):
            count = len(news.columns)
            for (name, dtype), handle in zip(news.columns, files[:count], strict=True):
                self._columns[name] = _MappedColumn(handle, np.dtype(dtype))
            self._stream = SharedStream(files[count:]) if files[count:] else None
            return None
        return self._load(news, files[0])

    def _load(self, snapshot: Snapshot, handle: int) -> Store:
        try:
            size = os.fstat(handle).st_size
            memory = memoryview(mmap.mmap(handle, size, access=mmap.ACCESS_READ)) if size else memoryview(b"")
        finally:
            os.close(handle)
        buffers = [memory[start:stop] for start, stop in snapshot.places]
        store: Store
        store, codes = _Unpickler(io.BytesIO(snapshot.pickled), buffers, self._array).load()
        for table, column in codes:
            values = self._values.get((table, column), [])
            setattr(getattr(store, table), column, CodedList.of(values, codes[table, column]))
        return store

    def _array(self, name: str, count: int) -> NDArray[Any]:
        if name == _STREAM:
            assert self._stream is not None
            return self._stream.view(count)
        return self._columns[name].view(count)

    def close(self) -> None:
        """Close the files; stores that were taken over stay valid."""
        for column in self._columns.values():
            column.close()
        self._columns = {}
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class _MappedColumn:
    """A column in a file that another process fills; nothing is written to here."""

    def __init__(self, handle: int, dtype: np.dtype[Any]) -> None:
        self._handle = handle
        self._array: NDArray[Any] = np.empty(0, dtype)

    def view(self, count: int) -> NDArray[Any]:
        if count > len(self._array):
            size, dtype = os.fstat(self._handle).st_size, self._array.dtype
            mapped = mmap.mmap(self._handle, size, access=mmap.ACCESS_READ)
            self._array = np.frombuffer(mapped, dtype, size // dtype.itemsize)
        return self._array[:count]

    def close(self) -> None:
        os.close(self._handle)


class _Pickler(pickle.Pickler):
    def __init__(
        self, file: io.BytesIO, places: Mapping[int, tuple[str, int]], buffers: list[pickle.PickleBuffer]
    ) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffers.append)
        self._places = places

    def persistent_id(self, obj: Any) -> Any:
        return self._places.get(id(obj)) if type(obj) is np.ndarray else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, buffers: Sequence[memoryview], array: Any) -> None:
        super().__init__(file, buffers=buffers)
        self._array = array

    def persistent_load(self, pid: Any) -> Any:
        return self._array(*pid)


def _lists(store: Store) -> dict[_Name, list[Any]]:
    """The columns of the small tables that are lists, by table and column."""
    found = {}
    for table in _TABLES:
        for column in fields(getattr(store, table)):
            values = getattr(getattr(store, table), column.name)
            if isinstance(values, list):
                found[table, column.name] = values
    return found


def _coded(values: list[Any]) -> CodedList[Any]:
    if isinstance(values, CodedList):
        return values
    places: dict[Any, int] = {}
    codes = np.array([places.setdefault(one, len(places)) for one in values], np.int32)
    return CodedList.of(places, codes)


def _without_lists(table: Any) -> Any:
    lists = [one.name for one in fields(table) if isinstance(getattr(table, one.name), list)]
    return replace(table, **{name: [] for name in lists})


def _write_all(memory: int, buffers: Sequence[pickle.PickleBuffer]) -> tuple[tuple[int, int], ...]:
    places, at = [], 0
    for buffer in buffers:
        raw = buffer.raw()
        written = 0
        while written < raw.nbytes:
            written += os.pwrite(memory, raw[written:], at + written)
        places.append((at, at + raw.nbytes))
        at += -(-raw.nbytes // _ALIGNMENT) * _ALIGNMENT
    return tuple(places)
