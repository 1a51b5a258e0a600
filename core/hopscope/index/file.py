"""The form of an index file: a head, named sections, and a table of contents behind them.

Little-endian throughout. The head is 64 bytes: magic, version of this form, a word that tells the
byte order, length of the whole file, offset, length and checksum of the table of contents, checksum
of the head itself. The table of contents is JSON: for each section its name, dtype, shape, offset,
bytes and checksum, and a few facts. Sections begin at multiples of 64 bytes, so that arrays are used
where they lie. Nothing in a file is ever executed, and no length in it is believed before it has been
compared with the bytes that are there.
"""

from __future__ import annotations

import math
import mmap
import os
import struct
import sys
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import FileIO
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from hopscope.index.faults import IndexFaultError

try:
    from isal.isal_zlib import crc32
except ImportError:  # no wheel for this platform: the same checksum, more slowly
    from zlib import crc32

Bytes = NDArray[np.uint8]

MAGIC = b"hopsindx"
FORM = 1
"""Version of the form that this module describes. What sections mean has a version of its own."""

_ORDER = 0x01020304
_ALIGNMENT = 64
_HEAD = struct.Struct("<8sIIQQQI")
_CHECK = struct.Struct("<I")
HEAD_SIZE = 64
_DTYPES = {
    one: np.dtype(one) for one in ("|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8")
}  # fmt: skip
_MOST_DIMENSIONS = 2
_PIECE = 8 << 20
"""Bytes written at once; whoever waits for the end of a process waits for one piece at most."""

USABLE = sys.byteorder == "little"
"""False on machines where arrays could not be used as they lie; those keep no index."""


@dataclass(frozen=True, slots=True)
class _Section:
    """Where a section lies, as its file says and its reader has checked."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int
    size: int
    checksum: int


def write(file: FileIO, sections: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> int:
    """Write an index file from its start.

    Args:
        file: open for writing, empty.
        sections: arrays of whole numbers or truth values, of one or two dimensions.
        facts: what JSON can hold.

    Returns:
        Bytes written.

    Raises:
        OSError: as the file system says, for instance where it is full.
    """
    places = []
    at = HEAD_SIZE
    for name, array in sections.items():
        raw = as_bytes(array)
        at = -(-at // _ALIGNMENT) * _ALIGNMENT
        _write_at(file, raw, at)
        places.append([name, array.dtype.str, list(array.shape), at, len(raw), crc32(raw)])
        at += len(raw)
    contents = orjson.dumps({"facts": dict(facts), "sections": places})
    _write_at(file, np.frombuffer(contents, np.uint8), at)
    length = at + len(contents)
    head = _HEAD.pack(MAGIC, FORM, _ORDER, length, at, len(contents), crc32(contents))
    head = head.ljust(HEAD_SIZE - _CHECK.size, b"\0")
    _write_at(file, np.frombuffer(head + _CHECK.pack(crc32(head)), np.uint8), 0)
    return length


def as_bytes(array: NDArray[Any]) -> Bytes:
    """The bytes of an array, copied only where its parts lie apart. Raises ValueError for odd dtypes."""
    if array.dtype.str not in _DTYPES:
        raise ValueError(f"no section holds {array.dtype}")
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def size_of(arrays: Iterable[NDArray[Any]]) -> int:
    """Bytes that sections with these arrays take, without the table of contents."""
    return HEAD_SIZE + sum(-(-array.nbytes // _ALIGNMENT) * _ALIGNMENT for array in arrays)


def _write_at(file: FileIO, raw: Bytes, at: int) -> None:
    view = raw.data
    file.seek(at)
    done = 0
    while done < len(view):
        done += file.write(view[done : done + _PIECE])


class IndexFile:
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
            found = orjson.loads(contents)
            self.facts: dict[str, Any] = dict(found["facts"])
            self._sections = {row[0]: self._section(*row[1:]) for row in found["sections"]}
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise IndexFaultError("its table of contents makes no sense") from error

    def _read_head(self) -> tuple[int, int, int]:
        head = self._map[:HEAD_SIZE]
        magic, form, order, length, start, contents, checksum = _HEAD.unpack_from(head)
        if magic != MAGIC:
            raise IndexFaultError("it is no index")
        if form != FORM or order != _ORDER:
            raise IndexFaultError("it has another form")
        if _CHECK.unpack_from(head, HEAD_SIZE - _CHECK.size)[0] != zlib.crc32(head[: -_CHECK.size]):
            raise IndexFaultError("its head is damaged")
        if length != self.size or start < HEAD_SIZE or start + contents != length:
            raise IndexFaultError("its length is wrong")
        return start, contents, checksum

    def _section(self, kind: str, shape: list[int], offset: int, size: int, checksum: int) -> _Section:
        dtype = _DTYPES[kind]
        numbers = [*shape, offset, size, checksum]
        if any(type(one) is not int or one < 0 for one in numbers):
            raise ValueError("no number")
        if not 1 <= len(shape) <= _MOST_DIMENSIONS or math.prod(shape) * dtype.itemsize != size:
            raise ValueError("no shape")
        if offset % _ALIGNMENT or offset < HEAD_SIZE or offset + size > self.size:
            raise ValueError("no place")
        return _Section(dtype, tuple(shape), offset, size, checksum)

    @property
    def names(self) -> list[str]:
        """Names of the sections in the order of the file."""
        return list(self._sections)

    def array(self, name: str, dtype: type[np.generic], dimensions: int = 1) -> NDArray[Any]:
        """A section as it lies in the file, read only.

        Raises IndexFaultError where it is absent or of another kind.
        """
        section = self._sections.get(name)
        if section is None or section.dtype != np.dtype(dtype) or len(section.shape) != dimensions:
            raise IndexFaultError(f"its section {name!r} is absent or of another kind")
        if not section.size:
            return np.zeros(section.shape, section.dtype)
        count = section.size // section.dtype.itemsize
        return np.frombuffer(self._map, section.dtype, count, section.offset).reshape(section.shape)

    def checked_bytes(self, name: str) -> bytes:
        """A section of bytes after its checksum was compared. Raises IndexFaultError where that is wrong."""
        raw = self.array(name, np.uint8)
        self._check(name)
        return raw.tobytes()

    def checked_array(self, name: str, dtype: type[np.generic], dimensions: int = 1) -> NDArray[Any]:
        """As :meth:`array`, after its checksum was compared."""
        array = self.array(name, dtype, dimensions)
        self._check(name)
        return array

    def verify(self) -> None:
        """Compare the checksums of all sections. Raises IndexFaultError where one is wrong."""
        for name in self._sections:
            self._check(name)

    def _check(self, name: str) -> None:
        section = self._sections[name]
        raw = np.frombuffer(self._map, np.uint8, section.size, section.offset)
        if crc32(raw) != section.checksum:
            raise IndexFaultError(f"its section {name!r} is damaged")
