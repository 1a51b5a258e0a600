"""Numbers from anywhere in the unpacked stream, many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_EDGE = 64  # bytes: wider than anything that is gathered


def gather(data: NDArray[np.uint8], offsets: Ints, kind: str) -> Ints:
    """Little-endian numbers of one width at any offsets of ``data``, as int64.

    Bytes behind the end of ``data`` count as zero. Unsigned numbers of 8 bytes keep their bits.
    """
    return gather_records(data, offsets, np.dtype(kind)).astype(np.int64)


def gather_records(data: NDArray[np.uint8], offsets: Ints, kind: np.dtype[Any]) -> NDArray[Any]:
    """Items of one dtype, of at most 64 bytes, at any offsets of ``data``.

    A window of that width at every byte is a view without a copy, so this is one indexing step.
    Bytes behind the end of ``data`` count as zero.
    """
    width = kind.itemsize
    if not len(offsets):
        return np.zeros(0, kind)
    count = max(len(data) - width + 1, 0)
    if int(offsets.max()) < count:
        return np.ndarray((count,), _opaque(kind), data, 0, (1,))[offsets].view(kind)
    edge = max(len(data) - _EDGE, 0)
    tail = np.concatenate([data[edge:], np.zeros(_EDGE, np.uint8)])
    late = offsets >= count
    found = np.empty(len(offsets), kind)
    found[~late] = gather_records(data, offsets[~late], kind)
    found[late] = gather_records(tail, np.minimum(offsets[late] - edge, _EDGE), kind)
    return found


def _opaque(kind: np.dtype[Any]) -> np.dtype[Any]:
    """The same width without fields, which is copied as a whole."""
    return np.dtype(f"V{kind.itemsize}") if kind.names else kind
