"""A capture of which more and more is there: unpacked, piped in, or still being written.

A plain file is mapped. What comes packed, through a pipe or into a file that still grows is written to a
spool by a thread, which reads and unpacks while others work.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from hopscope.caching import spool_folders
from hopscope.capture.damage import UNKNOWN, Damage
from hopscope.capture.foreign import HEAD, refuse_foreign, refuse_start
from hopscope.capture.inputs import FileInput, Input, PipeInput, standard_input
from hopscope.capture.limits import unpack_limit
from hopscope.capture.source import Source
from hopscope.capture.spool import MappedFile, Spool, make_spool, memory_spool
from hopscope.capture.unpack import GZIP_MAGIC, Unpacker
from hopscope.errors import CaptureError
from hopscope.text import visible

Bytes = NDArray[np.uint8]

_MAPPED_FROM = 64 << 20  # smaller files are read: copying them costs less than faulting their pages in
_SPOOLED_FROM = 8 << 20  # packed bytes; the streams of smaller files lie in memory
_READ = 1 << 20
_PIECE = 8 << 20
_LEAST_PIECE = 1 << 20
_USUAL_PACKING = 30
_PIPED = 4 << 30
"""Bytes that may come through a pipe, for a first guess at the room they need."""


class GrowingSource(Protocol):
    """The unpacked bytes of one capture, of which more may come.

    Attributes:
        name: the path as given, or ``standard input``, with control characters escaped.
        packed: True when the input is packed with gzip.
        size: bytes of the unpacked stream that are there.
        read: bytes of the input as it came that were taken in.
        total: of how many in all, as far as anybody knows now; 0 where nobody does.
        ended: True when no more will come than ``size``.
        live: True where it is written while it is read, so that nobody knows when more comes.
        damage: faults of the packing and of reading, in order.
    """

    name: str
    packed: bool
    size: int
    read: int
    total: int
    ended: bool
    live: bool
    damage: list[Damage]

    def grow(self, seconds: float = 0.0) -> bool:
        """Take in what has come, and wait at most so long for a piece worth working on.

        Returns:
            True when ``size`` has grown.
        """

    def view(self, size: int) -> Bytes:
        """The first bytes, read only, one dimension. What was returned earlier stays as it is.

        A process forked from this one can look at bytes that come afterwards.

        Raises CaptureError where they are no longer there, because the file was cut short.
        """

    def release(self) -> None:
        """Let the system take back the memory of what was looked at; it is read again when it is needed."""

    def source(self) -> Source:
        """What is there now."""

    def files(self) -> tuple[int, ...]:
        """Open files that hold the stream; none where it lies in the memory of this process only.

        :class:`hopscope.capture.spool.SharedStream` shows it to another process.
        """

    def close(self) -> None:
        """Stop reading. What was returned stays as it is."""


def open_growing(path: str | Path, *, follow: bool = False) -> GrowingSource:
    """Open a capture of which more may come; its first bytes are there when this returns.

    Args:
        path: a file, a pipe, or ``-`` for standard input.
        follow: True to go on at the end of a file and wait until more is written to it. A pipe always
            goes on until its writer has closed it.

    Raises:
        CaptureError: there is no such file, it may not be read, or it is no capture.
    """
    if str(path) == "-":
        return _piped(standard_input(), "standard input")
    if not str(path):
        raise CaptureError("the name of the capture is empty")
    name = visible(str(path))
    try:
        return _opened(Path(path), name, follow)
    except OSError as error:
        raise CaptureError(f"cannot open {name}: {error.strerror or visible(str(error))}") from error
    except ValueError as error:  # a NUL in the name
        raise CaptureError(f"cannot open {name}: the name is not possible") from error


def _opened(path: Path, name: str, follow: bool) -> GrowingSource:
    if path.is_dir():
        raise CaptureError(f"cannot open {name}: it is a directory")
    file = path.open("rb", buffering=0)
    try:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return _piped(file, name)
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        if not packed and not follow:
            return WholeSource(file, name)
        needed = status.st_size
        if packed:
            needed = min(_USUAL_PACKING * needed, unpack_limit(needed) or _USUAL_PACKING * needed)
        small = not follow and status.st_size < _SPOOLED_FROM
        spool = memory_spool() if small else make_spool(spool_folders(), needed)
        return SpooledSource(FileInput(file, path, follow=follow), spool, name)
    except BaseException:
        file.close()
        raise


def _piped(stream: BinaryIO | FileIO, name: str) -> SpooledSource:
    return SpooledSource(PipeInput(stream, _pipe_spool), _pipe_spool(), name)


def _pipe_spool() -> Spool:
    return make_spool(spool_folders(), _PIPED)


class WholeSource:
    """A plain file that is there as a whole.

    Args:
        file: open for reading.
        name: of the capture.

    Raises:
        CaptureError: it is no capture.
    """

    packed = False
    ended = True
    live = False

    def __init__(self, file: FileIO, name: str) -> None:
        self.name = name
        self.damage: list[Damage] = []
        self._file = file
        self._mapped: MappedFile | None = None
        size = os.fstat(file.fileno()).st_size
        if size >= _MAPPED_FROM:
            self._mapped = MappedFile(file.fileno())
            self._data = self._mapped.view(size)
        else:
            file.seek(0)
            content = file.read()
            file.close()
            if not content:
                raise CaptureError(f"{name} is empty")
            self._data = np.frombuffer(content, np.uint8)
        self.size = self.read = self.total = len(self._data)
        refuse_foreign(self._data.data, name)

    def grow(self, seconds: float = 0.0) -> bool:
        """Nothing more comes."""
        return False

    def view(self, size: int) -> Bytes:
        """The first bytes."""
        if self._mapped is not None and not self._mapped.holds(self.size):
            raise CaptureError(f"{self.name} was cut short while it was read")
        return self._data[:size]

    def release(self) -> None:
        """Give pages back that were looked at."""
        if self._mapped is not None:
            self._mapped.release()

    def files(self) -> tuple[int, ...]:
        """The file itself where it is mapped."""
        return () if self._mapped is None else (self._mapped.handle,)

    def source(self) -> Source:
        """All of it."""
        return Source(self.name, self.view(self.size), packed_size=self.total)

    def close(self) -> None:
        """Close the file; the mapping stays."""
        self._file.close()


class StillSource:
    """Bytes that are all there already, for who has them from elsewhere.

    Args:
        source: the capture.
    """

    ended = True
    live = False

    def __init__(self, source: Source) -> None:
        self.name, self.packed, self.damage = source.name, source.packed, list(source.damage)
        self.size = self.read = self.total = source.size
        self._source = source

    def grow(self, seconds: float = 0.0) -> bool:
        """Nothing more comes."""
        return False

    def view(self, size: int) -> Bytes:
        """The first bytes."""
        return self._source.data[:size]

    def release(self) -> None:
        """The bytes belong to somebody else."""

    def files(self) -> tuple[int, ...]:
        """None that are known here."""
        return ()

    def source(self) -> Source:
        """The same as was given."""
        return self._source

    def close(self) -> None:
        """The bytes belong to somebody else."""


class SpooledSource:
    """What comes packed, through a pipe or into a file that still grows.

    Args:
        origin: where it comes from.
        spool: where it goes; closed with this.
        name: of the capture.

    Raises:
        CaptureError: it cannot be read, or it is no capture.
    """

    def __init__(self, origin: Input, spool: Spool, name: str) -> None:
        self.name = name
        self.packed = False
        self.size = self.read = 0
        self.total = origin.total
        self.live = origin.live
        self.ended = False
        self.damage: list[Damage] = []
        self._origin = origin
        self._spool = spool
        self._unpacker: Unpacker | None = None
        self._changed = threading.Condition()
        self._taken = 0
        self._over = False
        self._stopped = False
        self._faults: list[Damage] = []
        self._thread: threading.Thread | None = None
        try:
            self._begin()
        except OSError as error:
            self.close()
            raise CaptureError(f"cannot read {name}: {error.strerror or visible(str(error))}") from error
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """Look at the first bytes, which tell whether it is packed; then let the thread go on."""
        head = b""
        while len(head) < HEAD and not self._origin.ended:
            piece = self._origin.read(HEAD - len(head))
            head += piece
            if head[:2] != GZIP_MAGIC:
                refuse_start(head, self.name)
            if not piece:
                self._origin.wait()
        if not head:
            raise CaptureError(f"{self.name} is empty")
        self._origin.unread(head)
        self.packed = head[:2] == GZIP_MAGIC
        if self.packed:
            self._unpacker = Unpacker(self._origin, self._limit)
        pieces = self._unpacker.pieces() if self._unpacker else self._plain()
        self._thread = threading.Thread(target=self._run, args=(pieces,), name="read-capture", daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._spool.size >= HEAD)
        self.grow()
        if not self.size and self.damage:
            raise CaptureError(f"nothing could be unpacked from {self.name}: {self.damage[0].what}")
        if not self.size:
            raise CaptureError(f"nothing could be unpacked from {self.name}: there is nothing in it")
        refuse_foreign(self.view(self.size).data, self.name)

    def _limit(self, read: int) -> int | None:
        return unpack_limit(self._origin.total or read)

    # --- the thread ------------------------------------------------------------------------------

    def _plain(self) -> Iterator[bytes]:
        while (piece := self._origin.read(_READ)) or not self._origin.ended:
            yield piece

    def _run(self, pieces: Iterator[bytes]) -> None:
        fault = ""
        try:
            for piece in pieces:
                if self._stopped:
                    break
                if not piece:
                    self._origin.wait()
                    continue
                self._spool.append(piece)
                with self._changed:
                    self._taken = self._unpacker.position if self._unpacker else self._spool.size
                    self._changed.notify_all()
        except OSError as error:
            fault = f"it could not be read any further: {error.strerror or visible(str(error))}"
        except MemoryError:
            fault = "there is not enough memory for the rest"
        fault = fault or self._origin.fault
        if fault:
            self._faults.append(Damage(self._spool.size, UNKNOWN, fault))
        with self._changed:
            self._over = True
            self._changed.notify_all()

    # --- those who look --------------------------------------------------------------------------

    def grow(self, seconds: float = 0.0) -> bool:
        """Take in what has come; the first pieces are small, so that the first is there soon."""
        worth = max(_LEAST_PIECE, min(self.size, _PIECE))
        with self._changed:
            if seconds > 0:
                self._changed.wait_for(lambda: self._over or self._spool.size >= self.size + worth, seconds)
            size, self.read, over = self._spool.size, self._taken, self._over
        self.total = self._origin.total
        if over and self._unpacker is not None:
            self.read = self._unpacker.position
        self.damage = [*(self._unpacker.damage if self._unpacker is not None else ()), *self._faults]
        grown, self.size = size > self.size, size
        self.ended = over
        return grown

    def view(self, size: int) -> Bytes:
        """The first bytes."""
        return self._spool.view(size)

    def release(self) -> None:
        """Give pages back that were looked at."""
        self._spool.release()

    def files(self) -> tuple[int, ...]:
        """Those of the spool."""
        return self._spool.files

    def source(self) -> Source:
        """What is there now."""
        size = self.total if self.packed and self.total else self.read
        return Source(self.name, self.view(self.size), self.packed, size, list(self.damage))

    def close(self) -> None:
        """Stop the thread and give the room back."""
        self._stopped = True
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(1.0)
        self._origin.close()
        self._spool.close()
