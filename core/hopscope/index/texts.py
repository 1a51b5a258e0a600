"""Columns of text and of addresses as arrays, each different value once.

Text is UTF-8 in which surrogates may stand alone (``surrogatepass``): bytes of a capture that were no
UTF-8 are kept as such.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hopscope.coded import CodedList
from hopscope.decode.addresses import Endpoint
from hopscope.index.faults import IndexFaultError
from hopscope.index.file import IndexFile

Sections = dict[str, NDArray[Any]]
Codes = NDArray[np.int32]
Address = tuple[bytes, int] | None
Value = TypeVar("Value", bound=Hashable)

POOL = "texts"
"""Name of the sections with all different texts."""


class TextWriter:
    """Gathers the texts of many columns."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def texts(self, name: str, column: Iterable[str]) -> Sections:
        """Sections of a column with one text a row."""
        return {name: self._codes(column)}

    def groups(self, name: str, column: Sequence[tuple[str, ...]]) -> Sections:
        """Sections of a column with a tuple of texts in each row."""
        codes, different = _distinct(column)
        ends = np.cumsum([len(one) for one in different], dtype=np.int64)
        flat = self._codes(text for one in different for text in one)
        return {name: codes, f"{name}.ends": ends, f"{name}.texts": flat}

    def pool(self) -> Sections:
        """Sections with all the texts; to be asked last."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in self._places]
        ends = np.cumsum([len(text) for text in self._places], dtype=np.int64)
        return {POOL: np.frombuffer(b"".join(encoded), np.uint8), f"{POOL}.ends": ends}

    def _codes(self, texts: Iterable[str]) -> Codes:
        places = self._places
        if isinstance(texts, CodedList):
            codes, different = texts.distinct()
            found: Codes = self._codes(different)[codes]
            return found
        return np.array([places.setdefault(text, len(places)) for text in texts], np.int32)


class TextReader:
    """Gives the columns back. Raises IndexFaultError for whatever does not fit together.

    Args:
        file: where the sections are.
    """

    def __init__(self, file: IndexFile) -> None:
        self._file = file
        try:
            text = file.checked_bytes(POOL).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise IndexFaultError("its texts are damaged") from error
        self._texts = _cut(text, file.checked_array(f"{POOL}.ends", np.int64))

    def texts(self, name: str) -> list[str]:
        """A column with one text a row."""
        return self._named(self._file.checked_array(name, np.int32))

    def groups(self, name: str) -> list[tuple[str, ...]]:
        """A column with a tuple of texts in each row."""
        flat = self._named(self._file.checked_array(f"{name}.texts", np.int32))
        different = _cut(tuple(flat), self._file.checked_array(f"{name}.ends", np.int64))
        return _pick(different, self._file.checked_array(name, np.int32))

    def _named(self, codes: Codes) -> list[str]:
        return _pick(self._texts, codes)


def address_sections(name: str, column: Sequence[Address]) -> Sections:
    """Sections of a column of ``(packed address, port)`` or None."""
    codes, different = _distinct(column)
    hosts = [one[0] if one else b"" for one in different]
    return {
        name: codes,
        f"{name}.hosts": np.frombuffer(b"".join(hosts), np.uint8),
        f"{name}.ends": np.cumsum([len(host) for host in hosts], dtype=np.int64),
        f"{name}.ports": np.array([one[1] if one else -1 for one in different], np.int64),
    }


def read_addresses(file: IndexFile, name: str) -> list[Address]:
    """The column back. Raises IndexFaultError for whatever does not fit together."""
    hosts = _cut(file.checked_bytes(f"{name}.hosts"), file.checked_array(f"{name}.ends", np.int64))
    ports = file.checked_array(f"{name}.ports", np.int64).tolist()
    if len(ports) != len(hosts):
        raise IndexFaultError("its addresses do not fit together")
    different: list[Address] = [
        None if port < 0 else Endpoint(host, port) for host, port in zip(hosts, ports, strict=True)
    ]
    return _pick(different, file.checked_array(name, np.int32))


def _distinct(column: Iterable[Value]) -> tuple[Codes, list[Value]]:
    if isinstance(column, CodedList):
        return column.distinct()
    places: dict[Value, int] = {}
    codes = np.array([places.setdefault(one, len(places)) for one in column], np.int32)
    return codes, list(places)


def _pick(values: Sequence[Value], codes: Codes) -> list[Value]:
    if len(codes) and not 0 <= int(codes.min()) <= int(codes.max()) < len(values):
        raise IndexFaultError("its texts do not fit together")
    return CodedList.of(values, codes)


Cuttable = TypeVar("Cuttable", str, bytes, tuple[str, ...])


def _cut(whole: Cuttable, ends: NDArray[np.int64]) -> list[Cuttable]:
    """Pieces that end at these places, one behind the other, and are all there is."""
    total = int(ends[-1]) if len(ends) else 0
    if total != len(whole) or (np.diff(ends, prepend=0) < 0).any():
        raise IndexFaultError("its texts do not fit together")
    bounds = [0, *ends.tolist()]
    return [whole[start:stop] for start, stop in pairwise(bounds)]
