"""The lengths of parameters, which lie in front of them: single ones, and running sums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.gathering import gather_records

Ints = NDArray[np.int64]

_WORD = np.dtype("<u8")
_LANES = {2: np.uint64(0x0000FFFF0000FFFF), 4: np.uint64(0x00000000FFFFFFFF)}
_FIRST_OF = {
    width: np.array([(1 << (8 * width * count)) - 1 for count in range(8 // width + 1)], np.uint64)
    for width in (2, 4)
}
"""Masks that keep the first lengths of a word, by their number."""


def summed_lengths(data: NDArray[np.uint8], at: Ints, count: Ints, width: int) -> Ints:
    """Sums of the first lengths of events, several lengths a word at a time.

    Args:
        data: uint8, the unpacked stream.
        at: where the lengths of each event lie.
        count: how many to add; those must lie inside ``data``.
        width: bytes of a length, 2 or 4.
    """
    total = np.zeros(len(at), np.int64)
    each = 8 // width
    most = int(count.max(initial=0))
    for first in range(0, most, each):
        chosen: Ints | slice = slice(None) if first == 0 else np.flatnonzero(count > first)
        words = gather_records(data, at[chosen] + width * first, _WORD)
        words &= _FIRST_OF[width][np.minimum(count[chosen] - first, each)]
        total[chosen] += _added(words, width)
    return total


def _added(words: NDArray[np.uint64], width: int) -> Ints:
    """Sum of the lengths in each word."""
    if width == 2:
        words = (words & _LANES[2]) + ((words >> np.uint64(16)) & _LANES[2])
    return ((words & _LANES[4]) + (words >> np.uint64(32))).astype(np.int64)


def length_of(data: NDArray[np.uint8], at: Ints, index: int, width: int) -> tuple[Ints, Ints]:
    """Sum of the lengths in front of one parameter, and its own length.

    Args:
        data: uint8, the unpacked stream.
        at: where the lengths of each event lie; they hold more than ``index``.
        index: position of the parameter.
        width: bytes of a length, 2 or 4.
    """
    each = 8 // width
    before = np.zeros(len(at), np.int64)
    for first in range(0, index - index % each, each):
        before += _added(gather_records(data, at + width * first, _WORD), width)
    place = index % each
    words = gather_records(data, at + width * (index - place), _WORD)
    own = (words >> np.uint64(8 * width * place)) & np.uint64((1 << (8 * width)) - 1)
    if place:
        before += _added(words & _FIRST_OF[width][place], width)
    return before, own.astype(np.int64)
