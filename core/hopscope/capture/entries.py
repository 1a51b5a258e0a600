"""The entries of a metadata list: where each begins and ends, and reading one without leaving it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from hopscope.capture.damage import Damage

U8 = struct.Struct("<B")
U16 = struct.Struct("<H")
U32 = struct.Struct("<I")
U64 = struct.Struct("<Q")
I64 = struct.Struct("<q")
FLAG = struct.Struct("<?")

_LEAST = 4  # fewer bytes at the end of a body are padding, in every list

Entry = TypeVar("Entry")


class Lengths(Enum):
    """Whether entries begin with a u32 length, and what that counts."""

    ABSENT = 0
    WHOLE = 1
    REST = 2  # without the length itself: interfaces only


class EntryError(Exception):
    """An entry that does not fit its place. The text says why and goes on from "it"."""


class Cursor:
    """Reads an entry front to back and refuses to go beyond its end.

    Attributes:
        body: of the block.
        position: of the next byte to read.
        end: of the entry.
    """

    __slots__ = ("body", "end", "position")

    def __init__(self, body: bytes, position: int = 0) -> None:
        self.body = body
        self.position = position
        self.end = len(body)

    def take(self, layout: struct.Struct) -> tuple[Any, ...]:
        """Read the fields of a layout. Raises EntryError where they do not fit."""
        start = self.position
        stop = start + layout.size
        if stop > self.end:
            raise EntryError("it ends too early")
        self.position = stop
        return layout.unpack_from(self.body, start)

    def fits(self, layout: struct.Struct) -> bool:
        """True when the fields of a layout can still be read."""
        return self.position + layout.size <= self.end

    def take_bytes(self, length: int) -> bytes:
        """Read so many bytes. Raises EntryError where they do not fit."""
        start = self.position
        stop = start + length
        if stop > self.end:
            raise EntryError(f"it has a text of {length} bytes where {self.end - start} are left")
        self.position = stop
        return self.body[start:stop]

    def text(self) -> str:
        """Read a text with its u16 length in front."""
        (length,) = self.take(U16)
        return self.take_bytes(length).decode("utf-8", "surrogateescape")

    def texts(self) -> tuple[str, ...]:
        """Read a text in which every element ends with NUL."""
        joined = self.text()
        return tuple(joined.removesuffix("\0").split("\0")) if joined else ()


def read_entries(
    cursor: Cursor,
    lengths: Lengths,
    read: Callable[[], Entry],
    *,
    noun: str,
    damages: list[Damage],
    offset: int,
) -> list[Entry]:
    """Read entries up to the padding of a body.

    Args:
        cursor: at the first entry; ``read`` reads from it.
        lengths: how entries begin.
        read: reads one entry; may leave bytes unread where entries have lengths.
        noun: what an entry is, for the faults.
        damages: where faults are added.
        offset: of the body in the unpacked stream.
    """
    entries: list[Entry] = []
    size = len(cursor.body)
    while cursor.position + _LEAST <= size:
        start = cursor.position
        cursor.end = size
        after = -1
        try:
            if lengths is not Lengths.ABSENT:
                after = _enter(cursor, lengths, start)
            entries.append(read())
        except EntryError as fault:
            lost = (after if after >= 0 else size) - start
            said = f"entry {len(entries) + 1} of a {noun} list is broken: {fault}"
            damages.append(Damage(offset + start, lost, said))
            if after < 0:
                break
        if after >= 0:
            cursor.position = after
    return entries


def _enter(cursor: Cursor, lengths: Lengths, start: int) -> int:
    """Read an entry's length, end the cursor there, and return the end."""
    (length,) = cursor.take(U32)
    end = cursor.position + length if lengths is Lengths.REST else start + length
    if end < start + U32.size or end > len(cursor.body):
        raise EntryError(f"it has the impossible length {length}")
    cursor.end = end
    return int(end)
