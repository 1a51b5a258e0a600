"""Captures that end anywhere: what is whole before the cut must be there."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import EVENT_BLOCKS
from hopscope.capture.walk import walk
from hopscope.decode.render import render_line
from hopscope.errors import CaptureError
from hopscope.store.build import open_store
from hopscope.store.store import Store

SHORTEST = 28
"""Bytes of a section header; with fewer there is no capture."""


@dataclass(frozen=True)
class Whole:
    """A capture that is going to be cut.

    Attributes:
        content: the file, packed or not.
        store: of the whole file.
        ends: where each event's block ends in the unpacked stream.
    """

    content: bytes
    store: Store
    ends: NDArray[np.int64]

    @classmethod
    def read(cls, path: Path) -> Whole:
        """Read a capture without damage."""
        store = open_store(path)
        blocks = walk(store.data)
        events = np.isin(blocks.type, sorted(EVENT_BLOCKS))
        ends = (blocks.offset + blocks.length)[events]
        assert len(ends) == len(store), "a whole capture is needed"
        return cls(path.read_bytes(), store, ends)

    def unpacked_length(self, cut: int) -> int:
        """Bytes of the stream that the first ``cut`` bytes of the file hold."""
        if self.content[:2] != b"\x1f\x8b":
            return cut
        return len(zlib.decompressobj(31).decompress(self.content[:cut]))


def check_prefix(whole: Whole, cut: int, path: Path) -> None:
    """Open the first ``cut`` bytes and compare with the whole. Raises AssertionError where they differ."""
    path.write_bytes(whole.content[:cut])
    length = whole.unpacked_length(cut)
    expected = int(np.searchsorted(whole.ends, length, side="right"))
    try:
        store = open_store(path)
    except CaptureError:
        assert length < SHORTEST, f"the first {cut} bytes did not open"
        return
    assert length >= SHORTEST
    assert len(store) == expected, f"{len(store)} of {expected} events in the first {cut} bytes"
    for mine, its in (
        (store.time, whole.store.time),
        (store.tid, whole.store.tid),
        (store.code, whole.store.code),
    ):
        assert np.array_equal(mine, its[:expected])
    at_end = expected == len(whole.ends) and length == len(whole.store.data)
    assert at_end or bool(store.loss) or _between_blocks(whole, length)
    if expected:
        render_line(store, expected - 1)


def _between_blocks(whole: Whole, length: int) -> bool:
    blocks = walk(whole.store.data)
    return bool(np.any(blocks.offset + blocks.length == length))
