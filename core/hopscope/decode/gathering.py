"""Numbers from anywhere in the unpacked stream, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def gather(data: NDArray[np.uint8], offsets: NDArray[np.int64], kind: str) -> NDArray[np.int64]:
    """Little-endian numbers of one width at any offsets, which must all lie inside ``data``.

    A window of that width at every byte is a view without a copy, so this is one indexing step.
    """
    width = np.dtype(kind).itemsize
    if not len(offsets):
        return np.zeros(0, np.int64)
    windows = np.ndarray((max(len(data) - width + 1, 0),), kind, data, 0, (1,))
    found: NDArray[np.int64] = windows[offsets].astype(np.int64)
    return found
