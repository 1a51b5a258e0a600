"""The unpacked bytes of a capture as one array."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.damage import Damage
from hopscope.capture.joins import Join
from hopscope.capture.unpack import Progress
from hopscope.heap import release

_WORTH_RELEASING = 64 << 20
_KEY_WHOLE = 64 << 20
_KEY_SAMPLE = 64 << 10
_KEY_SAMPLES = 512
_PATIENCE = 0.1
"""Seconds between two reports of how far reading is."""


@dataclass
class Source:
    """The unpacked bytes of one capture, or of the files of a rotated one, one after the other.

    Attributes:
        name: the path as given, or ``standard input``, with control characters escaped.
        data: uint8, one dimension, read only; the unpacked stream.
        packed: True when the input was packed with gzip.
        packed_size: bytes of the input as it came.
        damage: faults of the packing, in order; faults of the blocks are found by ``walk``.
        known_key: the content key where it was kept from an earlier reading; empty for one to be worked out.
        joins: where the files of a rotated capture begin, ascending; empty for a single file.
    """

    name: str
    data: NDArray[np.uint8]
    packed: bool = False
    packed_size: int = 0
    damage: list[Damage] = field(default_factory=list)
    known_key: str = ""
    joins: tuple[Join, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the unpacked stream."""
        return len(self.data)

    def place(self, offset: int) -> str:
        """In words where a byte of the stream lies, with its file where there are several."""
        within = [join for join in self.joins if join.offset <= offset]
        if not within:
            return f"at byte {offset:,}"
        return f"{within[-1].name}: at byte {offset - within[-1].offset:,}"

    def release(self) -> None:
        """Let the system take back the memory of what was looked at, where it lies in a file.

        It is read again when it is needed. Worth it after all of a large stream was looked at.
        """
        release(self.data, _WORTH_RELEASING)

    def content_key(self) -> str:
        """A name for the content: 64 hexadecimal digits, equal for the same stream, packed or not.

        Neither file name nor times take part. Streams over 64 MiB are known by their size, both
        ends and 512 samples in between, so that the answer never takes longer than a moment.
        """
        return self.known_key or self._content_key

    @cached_property
    def _content_key(self) -> str:
        import hashlib  # noqa: PLC0415  only who keeps something about a capture needs it

        digest = hashlib.sha256(struct.pack("<Q", self.size))
        if self.size <= _KEY_WHOLE:
            digest.update(self.data.data)
            return digest.hexdigest()
        for start in np.linspace(0, self.size - _KEY_SAMPLE, _KEY_SAMPLES, dtype=np.int64).tolist():
            digest.update(self.data[start : start + _KEY_SAMPLE].data)
        return digest.hexdigest()


def open_source(path: str | Path, *, progress: Progress | None = None) -> Source:
    """Open a capture and unpack it, whole or up to the limit that :mod:`hopscope.capture.limits` gives.

    Args:
        path: a file, a pipe, or ``-`` for standard input.
        progress: called with (bytes done, bytes in all) of the input as it came while that is
            unpacked; the second is 0 where nobody knows it. What it raises is passed on.

    Raises:
        CaptureError: there is no such file, it may not be read, or it is no capture.
    """
    from hopscope.capture.growing import open_growing  # noqa: PLC0415  that module needs this one

    growing = open_growing(path)
    try:
        while True:
            if progress:
                progress(growing.read, growing.total)
            if growing.ended:
                break
            growing.grow(_PATIENCE)
        return growing.source()
    finally:
        growing.close()
