"""Where the bytes of a capture come from: a file, also one that still grows, or a pipe.

Nothing here waits longer than a moment, so that whoever reads can stop at any time.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Protocol

from hopscope.capture.spool import Spool
from hopscope.errors import CaptureError
from hopscope.text import visible

_MOMENT = 0.1
"""Seconds to wait for more."""

_PIPE_ROOM = 1 << 20
"""Bytes that the system is asked to keep of a pipe, so that each call takes more."""


class Input(Protocol):
    """Bytes as they come. Only ``wait`` waits.

    Attributes:
        ended: True when no more will come than was given.
        fault: why it ended before its time, one sentence; empty as long as all is well.
        live: True where it is written while it is read, so that nobody knows when more comes.
    """

    ended: bool
    fault: str
    live: bool

    @property
    def total(self) -> int:
        """Bytes in all, 0 where nobody knows."""

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; empty where there are none now.

        Raises OSError where the system cannot read.
        """

    def unread(self, piece: bytes) -> None:
        """Give back what was read first, for the next to read it or ``take`` it."""

    def take(self, position: int, size: int) -> bytes:
        """The bytes from a position on that are there, also those that were taken before."""

    def wait(self) -> None:
        """Wait a moment for more."""

    def close(self) -> None:
        """Close what was opened."""


class FileInput:
    """A regular file.

    Args:
        file: open for reading, unbuffered; closed with this.
        path: of the file, to see whether another one has taken its place.
        follow: True to go on when more is written to it.
    """

    def __init__(self, file: FileIO, path: Path, *, follow: bool) -> None:
        self.ended = False
        self.fault = ""
        self._file = file
        self._path = path
        self._follow = self.live = follow
        self._position = 0
        self._size = os.fstat(file.fileno()).st_size

    @property
    def total(self) -> int:
        """Bytes of the file."""
        return self._size

    def read(self, size: int) -> bytes:
        """The next bytes."""
        piece = self.take(self._position, size)
        self._position += len(piece)
        return piece

    def unread(self, piece: bytes) -> None:
        """Begin again."""
        self._position = 0

    def take(self, position: int, size: int) -> bytes:
        """The bytes from a position on that are there."""
        if position + size > self._size and not self.ended:
            self._look_at_end()
        self._file.seek(position)
        piece = self._file.read(max(min(size, self._size - position), 0))
        if not piece and position < self._size:
            self._end("was cut short while it was read; what was read before is kept")
        return piece

    def _look_at_end(self) -> None:
        """See whether there is more by now, or whether there will never be."""
        if not self._follow:
            self.ended = True
            return
        status = os.fstat(self._file.fileno())
        if status.st_size < self._size:
            self._end("was cut short or begun again while it was followed; what was there before is kept")
        elif status.st_size > self._size:
            self._size = status.st_size
        else:
            with contextlib.suppress(OSError):  # the folder cannot be asked just now
                self._look_at_name(status)

    def _look_at_name(self, status: os.stat_result) -> None:
        try:
            if not os.path.samestat(status, self._path.stat()):
                self._end("was replaced by another file while it was followed")
        except FileNotFoundError:
            self._end("was removed while it was followed")

    def _end(self, fault: str) -> None:
        self.ended = True
        self.fault = self.fault or f"{visible(self._path.name)} {fault}"

    def wait(self) -> None:
        """Wait a moment for more to be written."""
        if self._follow:
            time.sleep(_MOMENT)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class PipeInput:
    """A pipe, or another stream that can be read once.

    Args:
        stream: open for reading, of which nothing was read so far.
        make_spool: makes room for what has to be taken a second time.
    """

    total = 0
    live = True

    def __init__(self, stream: BinaryIO | FileIO, make_spool: Callable[[], Spool]) -> None:
        self.ended = False
        self.fault = ""
        self._stream = stream
        self._again = b""
        self._make_spool = make_spool
        self._kept: Spool | None = None
        self._poll: select.poll | None = None
        try:
            self._handle = stream.fileno()
        except (OSError, io.UnsupportedOperation):
            self._handle = -1
        if self._handle >= 0 and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(self._handle, select.POLLIN)
        _widen(self._handle)

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if self._again:
            piece, self._again = self._again[:size], self._again[size:]
            return piece
        if self.ended or (self._poll is not None and not self._poll.poll(0)):
            return b""
        piece = os.read(self._handle, size) if self._handle >= 0 else self._stream.read(size) or b""
        self.ended = not piece
        return piece

    def unread(self, piece: bytes) -> None:
        """Give back what was read."""
        self._again = piece + self._again

    def take(self, position: int, size: int) -> bytes:
        """The bytes from a position on that are there; they are kept for another time."""
        if self._kept is None:
            self._kept = self._make_spool()
        if position + size > self._kept.size:
            self._kept.append(self.read(size))
        return self._kept.take(position, size)

    def wait(self) -> None:
        """Wait a moment for more to be written."""
        if self._poll is not None and not self.ended:
            self._poll.poll(_MOMENT * 1000)

    def close(self) -> None:
        """Close what was kept; the stream belongs to others."""
        if self._kept is not None:
            self._kept.close()


def _widen(handle: int) -> None:
    """Ask the system for more room in a pipe, where it can do that."""
    if sys.platform == "linux" and handle >= 0:
        import fcntl  # noqa: PLC0415  not everywhere

        with contextlib.suppress(OSError):  # no pipe, or more than this user may have
            fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, _PIPE_ROOM)


def standard_input() -> BinaryIO:
    """Standard input as bytes. Raises CaptureError where it is closed or a terminal."""
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.closed:
        raise CaptureError("standard input is closed; pipe a capture into it or name a file")
    if stream.isatty():
        raise CaptureError("standard input is a terminal; pipe a capture into it or name a file")
    return stream
