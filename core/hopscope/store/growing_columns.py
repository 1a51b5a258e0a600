"""Arrays with one entry an event that grow while a capture is read, also across processes."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST = 1 << 12  # entries


class _OwnRoom:
    """In the memory of this process."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.array: NDArray[Any] = np.empty(0, dtype)

    def grow(self, entries: int) -> None:
        if len(self.array) < entries:
            larger = np.empty(max(entries, 2 * len(self.array)), self.array.dtype)
            larger[: len(self.array)] = self.array
            self.array = larger


class _SharedRoom:
    """In a file that lies in memory, which processes forked from here see too.

    An array that was given away stays valid: growing maps the same pages once more.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.handle = os.memfd_create("hopscope")
        self.array: NDArray[Any] = np.empty(0, dtype)

    def grow(self, entries: int) -> None:
        if len(self.array) >= entries:
            return
        width = self.array.dtype.itemsize
        wanted = max(entries, 2 * len(self.array), _LEAST) * width
        size = os.fstat(self.handle).st_size
        if size < wanted:
            os.ftruncate(self.handle, wanted)
            size = wanted
        self.array = np.frombuffer(mmap.mmap(self.handle, size), self.array.dtype, size // width)


def can_share() -> bool:
    """True where columns can be shared with other processes."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


class GrowingColumns:
    """Columns by name.

    Args:
        dtypes: of each column.
        shared: let processes that are forked from this one see and fill the same columns.
        expected: entries to make room for at once; more can come.
    """

    def __init__(self, dtypes: Mapping[str, np.dtype[Any]], *, shared: bool, expected: int = 0) -> None:
        make = _SharedRoom if shared else _OwnRoom
        self._rooms: dict[str, _SharedRoom | _OwnRoom] = {name: make(kind) for name, kind in dtypes.items()}
        for room in self._rooms.values():
            room.grow(expected)

    def put(self, first: int, **columns: NDArray[Any]) -> None:
        """Write the entries from ``first`` on."""
        for name, values in columns.items():
            room = self._rooms[name]
            room.grow(first + len(values))
            room.array[first : first + len(values)] = values

    def view(self, name: str, count: int) -> NDArray[Any]:
        """The first entries of a column; they may still be written to by who fills it."""
        room = self._rooms[name]
        room.grow(count)
        return room.array[:count]

    def files(self) -> dict[str, tuple[int, np.dtype[Any]]]:
        """Descriptor and dtype of each shared column, for who hands them to another process."""
        return {
            name: (room.handle, room.array.dtype)
            for name, room in self._rooms.items()
            if isinstance(room, _SharedRoom)
        }

    def name_of(self, array: NDArray[Any]) -> str | None:
        """The column that an array is the beginning of; None where it lies elsewhere."""
        address = array.ctypes.data
        return next((name for name, room in self._rooms.items() if room.array.ctypes.data == address), None)

    def close(self) -> None:
        """Give the shared files back; arrays that were given away stay valid."""
        for room in self._rooms.values():
            if isinstance(room, _SharedRoom) and room.handle >= 0:
                os.close(room.handle)
                room.handle = -1
