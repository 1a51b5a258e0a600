"""Array look-ups at the speed of memory."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)

_PIECE = 1 << 15
"""Places that are looked up together: what NumPy makes of them meanwhile stays in the processor's cache."""


def look_up(table: NDArray[Kind], index: NDArray[Any]) -> NDArray[Kind]:
    """``table[index]``, for millions of places about five times as fast.

    NumPy turns an index into one of 64 bits first; for all places at once that is more memory than any cache
    holds, and most of the time goes into getting it from the system.

    Args:
        table: one dimension, not empty unless ``index`` is.
        index: any integers from ``-len(table)`` to below ``len(table)``; they are not checked.
    """
    found = np.empty(len(index), table.dtype)
    for start in range(0, len(index), _PIECE):
        piece = slice(start, start + _PIECE)
        np.take(table, index[piece], out=found[piece], mode="wrap")
    return found


def look_up_or(table: NDArray[Kind], index: NDArray[Any], missing: Any) -> NDArray[Kind]:
    """The same, with a value for the index -1."""
    return look_up(np.append(table, table.dtype.type(missing)), index)
