"""Bytes that come one after another, kept where they need no memory of the process.

A packed or piped capture is looked into again and again, so its stream has to lie somewhere: in a file
without a name, readable by its owner only, which is gone as soon as nobody has it open; in memory where
there is no room for one.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray

from hopscope.folders import make_own_folder

Bytes = NDArray[np.uint8]

_FIRST = 64 << 20
"""Bytes that a spool has room for at first; pages that nobody writes to are not there."""

_MARGIN = 256 << 20
"""Bytes of a disk that are left to others."""

_PIECE = 8 << 20
_NOTHING = np.zeros(0, np.uint8)
_NOTHING.flags.writeable = False
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Spool(Protocol):
    """Bytes that are appended and looked at."""

    @property
    def size(self) -> int:
        """Bytes appended so far."""

    def append(self, piece: bytes | memoryview) -> None:
        """Add bytes at the end. Raises OSError or MemoryError where there is no room for them."""

    def view(self, size: int) -> Bytes:
        """The first bytes, read only. What was returned earlier stays as it is."""

    def take(self, position: int, size: int) -> bytes:
        """A copy of the bytes from a position on, at most so many of those that are there."""

    def release(self) -> None:
        """Let the system take back the memory of what was looked at."""

    @property
    def files(self) -> tuple[int, ...]:
        """Open files that hold the bytes, for :class:`SharedStream`; none in the memory of the process."""

    def close(self) -> None:
        """Give the room back; views that were taken stay valid."""


class MappedFile:
    """The bytes of an open file that grows.

    Args:
        handle: of the file, open for reading; it belongs to who made it.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self._map: mmap.mmap | None = None

    def view(self, size: int) -> Bytes:
        """The first bytes, read only. What was returned earlier stays as it is."""
        if not size:
            return _NOTHING
        if self._map is None or len(self._map) < size:
            length = os.fstat(self.handle).st_size
            self._map = mmap.mmap(self.handle, length, access=mmap.ACCESS_READ)
        return np.frombuffer(self._map, np.uint8, size)

    def holds(self, size: int) -> bool:
        """True when the file is as long."""
        return os.fstat(self.handle).st_size >= size

    def release(self) -> None:
        """Give pages back that were looked at."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


class FileSpool:
    """A spool in an open file that has no name.

    A process forked from this one can look at bytes that are appended here afterwards.

    Args:
        file: empty, open for reading and writing, unbuffered; closed with the spool.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.size = 0
        self._file = file
        self._room = 0
        self._mapped = MappedFile(file.fileno())

    def append(self, piece: bytes | memoryview) -> None:
        """Add bytes at the end."""
        if self.size + len(piece) > self._room:
            room = max(self._room * 2, self.size + len(piece), _FIRST)
            os.ftruncate(self._file.fileno(), room)
            self._room = room
        rest, at = memoryview(piece), self.size
        while rest:
            written = _write_at(self._file, rest, at)
            rest, at = rest[written:], at + written
        self.size = at

    def view(self, size: int) -> Bytes:
        """The first bytes, mapped."""
        return self._mapped.view(size)

    def take(self, position: int, size: int) -> bytes:
        """A copy of some bytes."""
        return self.view(self.size)[position : position + size].tobytes()

    def release(self) -> None:
        """Give pages back that were looked at."""
        self._mapped.release()

    def end(self) -> None:
        """Say to forked processes too that nothing will be appended here any more."""
        os.ftruncate(self._file.fileno(), self.size)

    def holds(self, size: int) -> bool:
        """True in any process that has the file, until as many bytes will never be here."""
        return self._mapped.holds(size)

    @property
    def files(self) -> tuple[int, ...]:
        """The file."""
        return (self._mapped.handle,)

    def close(self) -> None:
        """Close the file, which is gone then."""
        self._file.close()


class MemorySpool:
    """A spool in the memory of the process, for systems that have no files in memory."""

    def __init__(self) -> None:
        self.size = 0
        self._map = mmap.mmap(-1, _FIRST)

    def append(self, piece: bytes | memoryview) -> None:
        """Add bytes at the end; where they do not fit, all move to a place twice as large."""
        stop = self.size + len(piece)
        if stop > len(self._map):
            larger = mmap.mmap(-1, max(2 * len(self._map), stop))
            larger[: self.size] = self._map[: self.size]
            self._map = larger  # the old one lives as long as somebody looks at it
        self._map[self.size : stop] = bytes(piece)
        self.size = stop

    def view(self, size: int) -> Bytes:
        """The first bytes, where they lie."""
        data = np.frombuffer(self._map, np.uint8)[:size]
        data.flags.writeable = False
        return data

    def take(self, position: int, size: int) -> bytes:
        """A copy of some bytes."""
        return self._map[position : min(position + size, self.size)]

    def release(self) -> None:
        """Nothing to be given back: the bytes are nowhere else."""

    @property
    def files(self) -> tuple[int, ...]:
        """None: the bytes are in the memory of this process."""
        return ()

    def close(self) -> None:
        """Nothing to be closed: memory goes with the last view."""


class FallbackSpool:
    """A spool on a disk that moves to memory when the disk is full.

    Args:
        disk: the spool to begin with.
    """

    def __init__(self, disk: FileSpool) -> None:
        self._disk = disk
        self._memory = memory_spool()
        self._moved = False

    @property
    def size(self) -> int:
        """Bytes appended so far."""
        return self._memory.size if self._moved else self._disk.size

    def append(self, piece: bytes | memoryview) -> None:
        """Add bytes at the end."""
        if not self._moved:
            try:
                self._disk.append(piece)
                return
            except OSError as error:
                if error.errno not in _FULL:
                    raise
            for at in range(0, self._disk.size, _PIECE):
                self._memory.append(self._disk.take(at, _PIECE))
            self._moved = True
            self._disk.end()
        self._memory.append(piece)

    def view(self, size: int) -> Bytes:
        """The first bytes. A forked process finds by the length of the file where they are."""
        return (self._disk if self._disk.holds(size) else self._memory).view(size)

    def take(self, position: int, size: int) -> bytes:
        """A copy of some bytes."""
        return (self._memory if self._moved else self._disk).take(position, size)

    def release(self) -> None:
        """Give pages back that were looked at."""
        self._disk.release()
        self._memory.release()

    @property
    def files(self) -> tuple[int, ...]:
        """Both."""
        return (*self._disk.files, *self._memory.files)

    def close(self) -> None:
        """Close both."""
        self._disk.close()
        self._memory.close()


class SharedStream:
    """The bytes of a spool, or of a file, that another process fills.

    Args:
        files: as the spool names them, received in this process.
    """

    def __init__(self, files: Sequence[int]) -> None:
        self._files = [MappedFile(handle) for handle in files]

    def view(self, size: int) -> Bytes:
        """The first bytes. They are in the first file that is as long."""
        return next((one for one in self._files if one.holds(size)), self._files[-1]).view(size)

    def close(self) -> None:
        """Close the files; views that were taken stay valid."""
        for one in self._files:
            os.close(one.handle)
        self._files = []


def memory_spool() -> FileSpool | MemorySpool:
    """A spool in memory: in a file there where the system has such."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return FileSpool(os.fdopen(os.memfd_create("hopscope"), "w+b", buffering=0))
    return MemorySpool()


def make_spool(folders: Iterable[Path], needed: int) -> Spool:
    """A spool in the first folder that can be written and has room, else in memory.

    Args:
        folders: those to try, best first; they are made where they are missing.
        needed: bytes that will probably come.
    """
    files = nameless_files(folders, needed)
    return FallbackSpool(FileSpool(files[0])) if files else memory_spool()


def nameless_files(folders: Iterable[Path], needed: int, count: int = 1) -> list[IO[bytes]]:
    """Empty files in the first folder that can be written and has room; none where no folder has.

    They are open for reading and writing, unbuffered, and gone as soon as nobody has them open. Only their
    owner can read them.

    Args:
        folders: those to try, best first; they are made where they are missing.
        needed: bytes that will probably come, in all of them together.
        count: how many files.
    """
    for folder in folders:
        with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
            make_own_folder(folder)
            if shutil.disk_usage(folder).free >= needed + _MARGIN:
                files: list[IO[bytes]] = [
                    opened.enter_context(tempfile.TemporaryFile(dir=folder, buffering=0))
                    for _ in range(count)
                ]
                opened.pop_all()
                return files
    return []


if hasattr(os, "pwrite"):

    def _write_at(file: IO[bytes], piece: memoryview, position: int) -> int:
        return os.pwrite(file.fileno(), piece, position)

else:

    def _write_at(file: IO[bytes], piece: memoryview, position: int) -> int:
        file.seek(position)
        return file.write(piece)
