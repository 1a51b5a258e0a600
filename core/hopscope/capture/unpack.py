"""Unpack gzip piece by piece, keeping every byte before a fault.

The members are taken apart here and their content is inflated raw, because the checks of a gzip
reader throw away what they could not confirm.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Generator, Iterator
from mmap import mmap
from typing import Protocol, cast

from hopscope.capture.damage import UNKNOWN, Damage
from hopscope.capture.limits import limit_sentence

try:
    from isal import isal_zlib as fast_zlib
except ImportError:  # no wheel for this platform: the same results, at a third of the speed
    fast_zlib = zlib  # type: ignore[misc]

GZIP_MAGIC = b"\x1f\x8b"
Progress = Callable[[int, int], None]
"""Told (bytes done, bytes in all)."""

_PIECE = 1 << 20  # packed bytes a step
_OUT = 8 << 20  # most unpacked bytes a step, so that a bomb grows step by step
_CAREFUL_PIECE = 16 << 10  # small, as its output is not bounded: deflate packs up to a thousand to one
_HEAD = 4 << 10  # packed bytes in which the header of a member is looked for at first
_TRAILER = struct.Struct("<II")


class PackedInput(Protocol):
    """Packed bytes, of which more may come."""

    @property
    def total(self) -> int:
        """Bytes in all, 0 where nobody knows."""

    @property
    def ended(self) -> bool:
        """True when no more will come than ``take`` gives."""

    def take(self, position: int, size: int) -> bytes | memoryview:
        """The bytes from a position on that are there, at most so many; empty where there are none yet."""


class PackedBytes:
    """Packed bytes that are all there."""

    ended = True

    def __init__(self, raw: bytes | bytearray | mmap) -> None:
        self._raw = memoryview(raw)
        self.total = len(raw)

    def take(self, position: int, size: int) -> memoryview:
        """The bytes from a position on, at most so many."""
        return self._raw[position : position + size]


class _CutError(Exception):
    """The packed stream ends where more must come; its argument is the position of that."""


class _BrokenError(Exception):
    """The packed stream holds what cannot be; its argument is the position of that."""


class _FullError(Exception):
    """The stream has grown to its limit."""


_FAULTS: tuple[type[Exception], ...] = (_CutError, zlib.error, cast("type[Exception]", fast_zlib.error))
_Pieces = Iterator[bytes]


class Unpacker:
    """Unpacks all members of a gzip stream into one stream.

    Args:
        packed: the packed bytes; they begin with the magic of gzip.
        limit: asked with the packed bytes taken so far for the size at which unpacking stops, None for
            none, so that no more room is taken.

    Attributes:
        position: packed bytes taken so far.
        size: unpacked bytes given so far.
        damage: what was wrong: a cut, a broken code, a wrong checksum, the limit reached, or bytes
            behind the last member. Those are ignored, as the reference does; zeros there are harmless.
    """

    def __init__(self, packed: PackedInput, limit: Callable[[int], int | None]) -> None:
        self._packed = packed
        self._limit = limit
        self.position = 0
        self.size = 0
        self.damage: list[Damage] = []

    def pieces(self) -> _Pieces:
        """The unpacked stream in pieces; an empty one where more of the input has to come first."""
        try:
            for piece in self._members():
                if not piece:
                    yield b""
                    continue
                limit = self._limit(self.position)
                fits = piece if limit is None else piece[: max(limit - self.size, 0)]
                self.size += len(fits)
                if fits:
                    yield fits
                if len(fits) < len(piece):
                    raise _FullError
        except _FullError:
            said = limit_sentence(self.size, self._packed.total or self.position)
            self._note(UNKNOWN, said)
        except _CutError:
            self._note(UNKNOWN, "the packed stream ends too early")
        except _BrokenError as fault:
            of_all = f" of {self._packed.total}" if self._packed.total else ""
            self._note(UNKNOWN, f"the packed stream is broken behind its byte {fault.args[0]}{of_all}")
        except MemoryError:
            self._note(UNKNOWN, "there is not enough memory to unpack the rest")

    def _note(self, lost: int, said: str, offset: int | None = None) -> None:
        self.damage.append(Damage(self.size if offset is None else offset, lost, said))

    def _members(self) -> _Pieces:
        while True:
            magic = b""
            while len(magic) < len(GZIP_MAGIC):
                magic = bytes(self._packed.take(self.position, len(GZIP_MAGIC)))
                if len(magic) < len(GZIP_MAGIC):
                    if self._packed.ended:
                        break
                    yield b""
            if magic == GZIP_MAGIC:
                yield from self._member()
            elif magic:
                yield from self._ignore_rest()
                return
            else:
                return

    def _ignore_rest(self) -> _Pieces:
        rest, meant = 0, False
        while piece := self._packed.take(self.position, _PIECE) or not self._packed.ended:
            if isinstance(piece, bool):
                yield b""
                continue
            rest += len(piece)
            meant = meant or any(piece)
            self.position += len(piece)
        if meant:
            self._note(0, f"{rest} bytes behind the packed stream are no part of it and were ignored")

    def _member(self) -> _Pieces:
        """One member's content; afterwards the position is behind the member."""
        start = self.size
        yield from self._skip_header()
        checksum = yield from self._inflate()
        trailer = b""
        while len(trailer) < _TRAILER.size:
            trailer = bytes(self._packed.take(self.position, _TRAILER.size))
            if len(trailer) < _TRAILER.size:
                if self._packed.ended:
                    self._note(0, "the checksum at the end of the packed stream is cut off")
                    self.position += len(trailer)
                    return
                yield b""
        size = self.size - start
        if _TRAILER.unpack(trailer) != (checksum, size & 0xFFFFFFFF):
            said = (
                f"the checksum of {size} packed bytes is wrong, so some of them are not as they were recorded"
            )
            self._note(0, said, start)
        self.position += _TRAILER.size

    def _skip_header(self) -> _Pieces:
        window = _HEAD
        while True:
            head = self._packed.take(self.position, window)
            try:
                self.position += _header_length(bytes(head))
                return
            except _CutError:
                if len(head) == window:
                    window *= 2
                elif self._packed.ended:
                    raise
                else:
                    yield b""
            except _BrokenError as fault:
                raise _BrokenError(self.position + fault.args[0]) from None

    def _inflate(self) -> Generator[bytes, None, int]:
        """The content of one member; returns the checksum of what came out."""
        begin, given, checksum = self.position, 0, 0
        inflater = fast_zlib.decompressobj(-15)
        try:
            while not inflater.eof:
                piece: bytes | memoryview = inflater.unconsumed_tail
                if not piece:
                    piece = self._packed.take(self.position, _PIECE)
                    self.position += len(piece)
                out = inflater.decompress(piece, self._room())
                if out:
                    given += len(out)
                    checksum = fast_zlib.crc32(out, checksum)
                    yield out
                elif not piece:
                    if self._packed.ended:
                        raise _CutError(self.position)
                    yield b""
        except _FAULTS as fault:
            good = yield from self._inflate_carefully(begin, given)
            raise (_CutError if isinstance(fault, _CutError) else _BrokenError)(good) from None
        self.position -= len(inflater.unused_data)
        return checksum

    def _room(self) -> int:
        """Bytes to unpack at once: one more than the limit allows shows that it is reached."""
        limit = self._limit(self.position)
        return _OUT if limit is None else max(1, min(_OUT, limit + 1 - self.size))

    def _inflate_carefully(self, position: int, given: int) -> Generator[bytes, None, int]:
        """The rest of deflated data that is known to be cut or broken, to the last good byte.

        A step that fails is taken again from a copy of the state in smaller steps. The standard library
        does this because the fast one cannot copy its state and keeps back what it is not yet sure of.

        Args:
            position: at which the deflated data begins.
            given: bytes that came out of it already.

        Returns:
            Position up to which the packed data was good.
        """
        inflater = zlib.decompressobj(-15)
        step = _CAREFUL_PIECE
        while True:
            before = inflater.copy()
            piece = self._packed.take(position, step)
            try:
                out = inflater.decompress(piece)
            except zlib.error:
                if step == 1:
                    return position
                inflater, step = before, max(step // 16, 1)
                continue
            position += len(piece)
            if rest := out[given:]:
                yield rest
            given -= min(given, len(out))
            if inflater.eof or (not out and not piece):
                return position


def unpack_gzip(
    raw: bytes | bytearray | mmap, progress: Progress | None = None, limit: int | None = None
) -> tuple[bytearray, list[Damage]]:
    """Unpack all members of a gzip stream that is there as a whole.

    Args:
        raw: the packed bytes; they begin with the magic of gzip.
        progress: called after each step with packed bytes done and in all.
        limit: bytes at which unpacking stops; None for none.

    Returns:
        What could be unpacked, and what was wrong, as :class:`Unpacker` says it.
    """
    unpacker = Unpacker(PackedBytes(raw), lambda _: limit)
    stream = bytearray()
    for piece in unpacker.pieces():
        stream += piece
        if progress:
            progress(unpacker.position, len(raw))
    return stream, unpacker.damage


def _header_length(head: bytes) -> int:
    """Bytes of a member's header (RFC 1952, section 2.3).

    Raises _CutError where it goes on behind these bytes, _BrokenError where it is none.
    """
    if len(head) < 10:
        raise _CutError
    method, flags = head[2], head[3]
    if method != 8:
        raise _BrokenError(2)
    position = 10
    if flags & 4:  # extra field
        position += 2 + int.from_bytes(head[position : position + 2], "little")
    for text in (8, 16):  # name, comment
        if flags & text:
            end = head.find(0, position)
            if end < 0:
                raise _CutError
            position = end + 1
    if flags & 2:  # checksum of the header
        position += 2
    if position > len(head):
        raise _CutError
    return position
