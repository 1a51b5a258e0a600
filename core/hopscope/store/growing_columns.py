"""Arrays with one entry an event that grow while a capture is read, also across processes."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.spool import nameless_files
from hopscope.errors import CaptureError

_LEAST = 1 << 12  # entries
_TIMES = 2
"""Times as much as the columns take that a disk must have room for: an index of them takes as much again."""


class NoRoomError(CaptureError):
    """The disk that columns lie on is full."""


class _OwnRoom:
    """In the memory of this process."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.array: NDArray[Any] = np.empty(0, dtype)

    def grow(self, entries: int) -> None:
        if len(self.array) < entries:
            larger = np.empty(max(entries, 2 * len(self.array)), self.array.dtype)
            larger[: len(self.array)] = self.array
            self.array = larger

    def put(self, first: int, values: NDArray[Any]) -> None:
        self.grow(first + len(values))
        self.array[first : first + len(values)] = values


class _SharedRoom:
    """In a file, which processes forked from here see too.

    An array that was given away stays valid: growing maps the same pages once more. What is added is written
    to the file, so that a full disk is an error and not the end of the process.
    """

    def __init__(self, dtype: np.dtype[Any], file: IO[bytes]) -> None:
        self.file = file
        self.array: NDArray[Any] = np.empty(0, dtype)
        self._map: mmap.mmap | None = None

    def grow(self, entries: int) -> None:
        if len(self.array) >= entries:
            return
        width = self.array.dtype.itemsize
        handle = self.file.fileno()
        wanted = max(entries, 2 * len(self.array), _LEAST) * width
        size = os.fstat(handle).st_size
        if size < wanted:
            os.ftruncate(handle, wanted)
            size = wanted
        self._map = mmap.mmap(handle, size)
        self.array = np.frombuffer(self._map, self.array.dtype, size // width)

    def put(self, first: int, values: NDArray[Any]) -> None:
        self.grow(first + len(values))
        raw = np.ascontiguousarray(values, self.array.dtype).view(np.uint8).data
        at = first * self.array.dtype.itemsize
        while raw:
            written = os.pwrite(self.file.fileno(), raw, at)
            raw, at = raw[written:], at + written

    def release(self) -> None:
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED)


def can_share() -> bool:
    """True where columns can be shared with other processes."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


class GrowingColumns:
    """Columns by name.

    Args:
        dtypes: of each column.
        shared: let processes that are forked from this one see and fill the same columns.
        expected: entries to make room for at once; more can come.
        folders: where files on a disk may lie, best first, for columns that are large; shared ones lie in
            memory where none of these has room for ``expected`` entries and an index of them.
    """

    def __init__(
        self,
        dtypes: Mapping[str, np.dtype[Any]],
        *,
        shared: bool,
        expected: int = 0,
        folders: Sequence[Path] = (),
    ) -> None:
        self._rooms: dict[str, _SharedRoom | _OwnRoom] = {}
        self._is_on_disk = False
        if shared:
            needed = _TIMES * expected * sum(kind.itemsize for kind in dtypes.values())
            files = nameless_files(folders, needed, len(dtypes))
            self._is_on_disk = bool(files)
            for name, kind in dtypes.items():
                self._rooms[name] = _SharedRoom(kind, files.pop() if files else _file_in_memory())
        else:
            self._rooms = {name: _OwnRoom(kind) for name, kind in dtypes.items()}
        for room in self._rooms.values():
            room.grow(expected)

    def put(self, first: int, **columns: NDArray[Any]) -> None:
        """Write the entries from ``first`` on. Raises NoRoomError where a disk is full."""
        try:
            for name, values in columns.items():
                self._rooms[name].put(first, values)
        except OSError as error:
            raise NoRoomError(f"there is no room for what is known of it: {error.strerror}") from error

    def view(self, name: str, count: int) -> NDArray[Any]:
        """The first entries of a column; they may still be written to by who fills it."""
        room = self._rooms[name]
        room.grow(count)
        return room.array[:count]

    def release(self) -> None:
        """Let the system take back the memory of what was looked at, where it lies on a disk."""
        if self._is_on_disk:
            for room in self._rooms.values():
                if isinstance(room, _SharedRoom):
                    room.release()

    def files(self) -> dict[str, tuple[int, np.dtype[Any]]]:
        """Descriptor and dtype of each shared column, for who hands them to another process."""
        return {
            name: (room.file.fileno(), room.array.dtype)
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
            if isinstance(room, _SharedRoom):
                room.file.close()


def _file_in_memory() -> IO[bytes]:
    return os.fdopen(os.memfd_create("hopscope"), "w+b", buffering=0)
