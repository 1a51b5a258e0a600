"""Unpack gzip, keeping every byte before a fault.

The members are taken apart here and their content is inflated raw, because the checks of a gzip
reader throw away what they could not confirm.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from mmap import mmap
from typing import cast

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
_OUT = 32 << 20  # most unpacked bytes a step, so that a bomb grows step by step
_CAREFUL_PIECE = 16 << 10  # small, as its output is not bounded: deflate packs up to a thousand to one
_TRAILER = struct.Struct("<II")


class _CutError(Exception):
    """The packed stream ends where more must come; its argument is the position of that."""


class _BrokenError(Exception):
    """The packed stream holds what cannot be; its argument is the position of that."""


class _FullError(Exception):
    """The stream has grown to its limit."""


_FAULTS: tuple[type[Exception], ...] = (_CutError, zlib.error, cast("type[Exception]", fast_zlib.error))


def unpack_gzip(
    raw: bytes | bytearray | mmap, progress: Progress | None = None, limit: int | None = None
) -> tuple[bytearray, list[Damage]]:
    """Unpack all members of a gzip stream into one stream.

    Args:
        raw: the packed bytes; they begin with the magic of gzip.
        progress: called after each step with packed bytes done and in all.
        limit: bytes at which unpacking stops, so that no more memory is taken; None for none.

    Returns:
        What could be unpacked, and what was wrong: a cut, a broken code, a wrong checksum, the limit
        reached, or bytes behind the last member. Those are ignored, as the reference does; zeros
        there are harmless.
    """
    packed = memoryview(raw)
    stream = bytearray()
    damage: list[Damage] = []
    position = 0
    while position < len(packed):
        if packed[position : position + 2] != GZIP_MAGIC:
            rest = len(packed) - position
            if any(packed[position:]):
                said = f"{rest} bytes behind the packed stream are no part of it and were ignored"
                damage.append(Damage(len(stream), 0, said))
            break
        try:
            position = _unpack_member(packed, position, stream, damage, progress, limit)
        except _FullError:
            damage.append(Damage(len(stream), UNKNOWN, limit_sentence(len(stream), len(packed))))
            break
        except _CutError:
            damage.append(Damage(len(stream), UNKNOWN, "the packed stream ends too early"))
            break
        except _BrokenError as fault:
            said = f"the packed stream is broken behind its byte {fault.args[0]} of {len(packed)}"
            damage.append(Damage(len(stream), UNKNOWN, said))
            break
        except MemoryError:
            damage.append(Damage(len(stream), UNKNOWN, "there is not enough memory to unpack the rest"))
            break
    return stream, damage


def _unpack_member(
    packed: memoryview,
    position: int,
    stream: bytearray,
    damage: list[Damage],
    progress: Progress | None,
    limit: int | None,
) -> int:
    """Append one member's content to the stream and return the position behind the member."""
    start = len(stream)
    position, checksum = _inflate(packed, _skip_header(packed, position), stream, progress, limit)
    if position + _TRAILER.size > len(packed):
        damage.append(Damage(len(stream), 0, "the checksum at the end of the packed stream is cut off"))
        return len(packed)
    size = len(stream) - start
    if _TRAILER.unpack_from(packed, position) != (checksum, size & 0xFFFFFFFF):
        said = f"the checksum of {size} packed bytes is wrong, so some of them are not as they were recorded"
        damage.append(Damage(start, 0, said))
    return position + _TRAILER.size


def _skip_header(packed: memoryview, position: int) -> int:
    """Position of the deflated data behind a member's header (RFC 1952, section 2.3)."""
    if position + 10 > len(packed):
        raise _CutError(len(packed))
    method, flags = packed[position + 2], packed[position + 3]
    if method != 8:
        raise _BrokenError(position + 2)
    position += 10
    if flags & 4:  # extra field
        position += 2 + int.from_bytes(packed[position : position + 2], "little")
    for text in (8, 16):  # name, comment
        if flags & text:
            while position < len(packed) and packed[position]:
                position += 1
            position += 1
    if flags & 2:  # checksum of the header
        position += 2
    if position > len(packed):
        raise _CutError(len(packed))
    return position


def _inflate(
    packed: memoryview, position: int, stream: bytearray, progress: Progress | None, limit: int | None
) -> tuple[int, int]:
    """Append deflated data to the stream; the position behind it and the checksum of what came out.

    Raises _FullError where a byte more than the limit would come.
    """
    begin, start, checksum = position, len(stream), 0
    inflater = fast_zlib.decompressobj(-15)
    piece: memoryview | bytes
    try:
        while not inflater.eof:
            piece = inflater.unconsumed_tail
            if not piece:
                piece = packed[position : position + _PIECE]
                position += len(piece)
            room = _OUT if limit is None else min(_OUT, limit + 1 - len(stream))
            out = inflater.decompress(piece, room)
            if limit is not None and len(stream) + len(out) > limit:
                stream += out[: limit - len(stream)]
                raise _FullError
            if not out and not piece:
                raise _CutError(position)
            stream += out
            checksum = fast_zlib.crc32(out, checksum)
            if progress:
                progress(position, len(packed))
    except _FAULTS as fault:
        del stream[start:]
        good = _inflate_carefully(packed, begin, stream)
        raise (_CutError if isinstance(fault, _CutError) else _BrokenError)(good) from None
    return position - len(inflater.unused_data), checksum


def _inflate_carefully(packed: memoryview, position: int, stream: bytearray) -> int:
    """Append deflated data that is known to be cut or broken, to the last good byte.

    A step that fails is taken again from a copy of the state in smaller steps. The standard library
    does this because the fast one cannot copy its state and keeps back what it is not yet sure of.

    Returns:
        Position up to which the packed data was good.
    """
    inflater = zlib.decompressobj(-15)
    step = _CAREFUL_PIECE
    while True:
        before = inflater.copy()
        piece = packed[position : position + step]
        try:
            out = inflater.decompress(piece)
        except zlib.error:
            if step == 1:
                return position
            inflater, step = before, max(step // 16, 1)
            continue
        position += len(piece)
        stream += out
        if inflater.eof or (not out and not piece):
            return position
