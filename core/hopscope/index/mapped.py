"""An index file as it is found: mapped, its head and table of contents checked. Loads nothing large."""

from __future__ import annotations

import json
import math
import mmap
import os
import struct
import sys
import zlib
from dataclasses import dataclass
from typing import Any

from hopscope.index.faults import IndexFaultError

MAGIC = b"hopsindx"
FORM = 1
"""Version of the form that ``index/file.py`` describes. What sections mean has a version of its own."""

ORDER = 0x01020304
ALIGNMENT = 64
HEAD = struct.Struct("<8sIIQQQI")
CHECK = struct.Struct("<I")
HEAD_SIZE = 64
ITEM_SIZES = {"|b1": 1, "|u1": 1, "|i1": 1, "<u2": 2, "<i2": 2, "<u4": 4, "<i4": 4, "<u8": 8, "<i8": 8}
"""Bytes of one entry of each kind of array that a section may hold, by NumPy's names."""

_MOST_DIMENSIONS = 2

USABLE = sys.byteorder == "little"
"""False on machines where arrays could not be used as they lie; those keep no index."""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a section lies, as its file says and its reader has checked.

    Attributes:
        kind: of its entries, a key of :data:`ITEM_SIZES`.
        shape: entries along one or two dimensions.
        offset, size: bytes from the start of the file, and of the section.
        checksum: CRC-32 of the section.
    """

    kind: str
    shape: tuple[int, ...]
    offset: int
    size: int
    checksum: int


class MappedIndex:
    """An index file, mapped. Head and table of contents are checked when it is opened.

    Args:
        handle: of a file open for reading; it may be closed afterwards.

    Raises:
        IndexFaultError: it is no index file, one of another form, or a damaged one.
        OSError: it cannot be read.

    Attributes:
        facts: what was written with the sections.
        size: bytes of the file.
    """

    def __init__(self, handle: int) -> None:
        self.size = os.fstat(handle).st_size
        if self.size < HEAD_SIZE:
            raise IndexFaultError("it is too short")
        self._map = mmap.mmap(handle, self.size, access=mmap.ACCESS_READ)
        start, length, checksum = self._read_head()
        contents = self._map[start : start + length]
        if zlib.crc32(contents) != checksum:
            raise IndexFaultError("its table of contents is damaged")
        try:
            found = json.loads(contents)
            self.facts: dict[str, Any] = dict(found["facts"])
            self._sections = {row[0]: self._section(*row[1:]) for row in found["sections"]}
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise IndexFaultError("its table of contents makes no sense") from error

    def _read_head(self) -> tuple[int, int, int]:
        head = self._map[:HEAD_SIZE]
        magic, form, order, length, start, contents, checksum = HEAD.unpack_from(head)
        if magic != MAGIC:
            raise IndexFaultError("it is no index")
        if form != FORM or order != ORDER:
            raise IndexFaultError("it has another form")
        if CHECK.unpack_from(head, HEAD_SIZE - CHECK.size)[0] != zlib.crc32(head[: -CHECK.size]):
            raise IndexFaultError("its head is damaged")
        if length != self.size or start < HEAD_SIZE or start + contents != length:
            raise IndexFaultError("its length is wrong")
        return start, contents, checksum

    def _section(self, kind: str, shape: list[int], offset: int, size: int, checksum: int) -> Section:
        numbers = [*shape, offset, size, checksum]
        if any(type(one) is not int or one < 0 for one in numbers):
            raise ValueError("no number")
        if not 1 <= len(shape) <= _MOST_DIMENSIONS or math.prod(shape) * ITEM_SIZES[kind] != size:
            raise ValueError("no shape")
        if offset % ALIGNMENT or offset < HEAD_SIZE or offset + size > self.size:
            raise ValueError("no place")
        return Section(kind, tuple(shape), offset, size, checksum)

    @property
    def names(self) -> list[str]:
        """Names of the sections in the order of the file."""
        return list(self._sections)

    def checked_bytes(self, name: str) -> bytes:
        """A copy of a section of bytes, after its checksum was compared.

        Raises IndexFaultError where it is absent, of another kind or damaged.
        """
        section = self._sections.get(name)
        if section is None or section.kind != "|u1" or len(section.shape) != 1:
            raise IndexFaultError(f"its section {name!r} is absent or of another kind")
        raw = self._map[section.offset : section.offset + section.size]
        if zlib.crc32(raw) != section.checksum:
            raise IndexFaultError(f"its section {name!r} is damaged")
        return raw
