"""The form of an index file: a head, named sections, and a table of contents behind them.

Little-endian throughout. The head is 64 bytes: magic, version of this form, a word that tells the
byte order, length of the whole file, offset, length and checksum of the table of contents, checksum
of the head itself. The table of contents is JSON: for each section its name, dtype, shape, offset,
bytes and checksum, and a few facts. Sections begin at multiples of 64 bytes, so that arrays are used
where they lie. Nothing in a file is ever executed, and no length in it is believed before it has been
compared with the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from io import FileIO
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from hopscope.heap import release
from hopscope.index.faults import IndexFaultError
from hopscope.index.mapped import (
    ALIGNMENT,
    CHECK,
    FORM,
    HEAD,
    HEAD_SIZE,
    ITEM_SIZES,
    MAGIC,
    ORDER,
    USABLE,
    MappedIndex,
)

try:
    from isal.isal_zlib import crc32
except ImportError:  # no wheel for this platform: the same checksum, more slowly
    from zlib import crc32

__all__ = ["HEAD_SIZE", "USABLE", "IndexFile", "as_bytes", "size_of", "write"]

Bytes = NDArray[np.uint8]

_DTYPES = {kind: np.dtype(kind) for kind in ITEM_SIZES}
_PIECE = 8 << 20
"""Bytes written at once; whoever waits for the end of a process waits for one piece at most."""

_OFTEN = 8 * _PIECE
"""Bytes after which pages are given back."""


def write(file: FileIO, sections: Mapping[str, NDArray[Any]], facts: Callable[[], Mapping[str, Any]]) -> int:
    """Write an index file from its start.

    Args:
        file: open for writing, empty.
        sections: arrays of whole numbers or truth values, of one or two dimensions.
        facts: gives what JSON can hold; asked when all sections are written.

    Returns:
        Bytes written.

    Raises:
        OSError: as the file system says, for instance where it is full.
    """
    places = []
    at = HEAD_SIZE
    for name, array in sections.items():
        raw = as_bytes(array)
        at = -(-at // ALIGNMENT) * ALIGNMENT
        checksum = _write_at(file, raw, at)
        places.append([name, array.dtype.str, list(array.shape), at, len(raw), checksum])
        at += len(raw)
    contents = orjson.dumps({"facts": dict(facts()), "sections": places})
    _write_at(file, np.frombuffer(contents, np.uint8), at)
    length = at + len(contents)
    head = HEAD.pack(MAGIC, FORM, ORDER, length, at, len(contents), crc32(contents))
    head = head.ljust(HEAD_SIZE - CHECK.size, b"\0")
    _write_at(file, np.frombuffer(head + CHECK.pack(crc32(head)), np.uint8), 0)
    return length


def as_bytes(array: NDArray[Any]) -> Bytes:
    """The bytes of an array, copied only where its parts lie apart. Raises ValueError for odd dtypes."""
    if array.dtype.str not in _DTYPES:
        raise ValueError(f"no section holds {array.dtype}")
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def size_of(arrays: Iterable[NDArray[Any]]) -> int:
    """Bytes that sections with these arrays take, without the table of contents."""
    return HEAD_SIZE + sum(-(-array.nbytes // ALIGNMENT) * ALIGNMENT for array in arrays)


def _write_at(file: FileIO, raw: Bytes, at: int) -> int:
    """Write bytes, some at a time, so that few of another file are in memory; returns their CRC-32."""
    file.seek(at)
    checksum = 0
    for start in range(0, len(raw), _PIECE):
        piece = raw[start : start + _PIECE].data
        checksum = crc32(piece, checksum)
        while piece:
            piece = piece[file.write(piece) :]
        if start % _OFTEN == 0:
            release(raw)
    release(raw)
    return checksum


class IndexFile(MappedIndex):
    """An index file with its sections as arrays."""

    def array(self, name: str, dtype: type[np.generic], dimensions: int = 1) -> NDArray[Any]:
        """A section as it lies in the file, read only.

        Raises IndexFaultError where it is absent or of another kind.
        """
        section = self._sections.get(name)
        if section is None or _DTYPES[section.kind] != np.dtype(dtype) or len(section.shape) != dimensions:
            raise IndexFaultError(f"its section {name!r} is absent or of another kind")
        if not section.size:
            return np.zeros(section.shape, dtype)
        count = section.size // ITEM_SIZES[section.kind]
        return np.frombuffer(self._map, dtype, count, section.offset).reshape(section.shape)

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
