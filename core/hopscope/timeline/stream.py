"""The unpacked bytes of all files one after the other, kept once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.joins import Join
from hopscope.capture.source import Source
from hopscope.capture.spool import Spool, make_spool, memory_spool
from hopscope.index.folder import cache_folder
from hopscope.timeline.runs import Run

IN_MEMORY = 64 << 20
"""Bytes up to which the stream is kept in memory; a longer one lies in a file without a name."""

_PIECE = 8 << 20


def make_stream(sizes: int) -> Spool:
    """Where so many bytes can be put."""
    return memory_spool() if sizes <= IN_MEMORY else make_spool([cache_folder().parent], sizes)


class Stream:
    """Puts files one after the other.

    Args:
        size: bytes that will probably come.
    """

    def __init__(self, size: int) -> None:
        self._spool = make_stream(size)
        self._places: list[tuple[int, int, list[Join]]] = []
        self._data: NDArray[np.uint8] | None = None

    def add(self, run: Run) -> None:
        """Put the files of a run at the end, without what is repeated or broken, and let go of them."""
        base = self._spool.size
        joins = []
        for part in run.parts:
            joins.append(Join(self._spool.size - base, part.name, part.missing > 0))
            data = part.source.data
            self._append(data[: part.head])
            if part.skipped < len(part.at):
                self._append(data[int(part.at[part.skipped]) : part.stop])
            part.let_go()
        self._places.append((base, self._spool.size, joins))

    def _append(self, data: NDArray[np.uint8]) -> None:
        for start in range(0, len(data), _PIECE):
            self._spool.append(data[start : start + _PIECE].tobytes())

    @property
    def files(self) -> tuple[int, ...]:
        """Open files that hold the bytes, until :meth:`data` is called."""
        return self._spool.files

    def data(self) -> NDArray[np.uint8]:
        """uint8, all bytes; nothing can be added any more."""
        if self._data is None:
            self._data = self._spool.view(self._spool.size)
            self._spool.close()
        return self._data

    def start(self, run: int) -> int:
        """Where the bytes of a run begin."""
        return self._places[run][0]

    def source(self, run: int, name: str) -> Source:
        """The bytes of one run."""
        first, stop, joins = self._places[run]
        return Source(name, self.data()[first:stop], packed_size=stop - first, joins=tuple(joins))
