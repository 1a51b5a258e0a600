"""Stretches of time as rows: the timeline as a table."""

from __future__ import annotations

import numpy as np

from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.density import window_of
from hopscope.views.grouping import Grouping
from hopscope.views.links import time_link
from hopscope.views.memo import once_per_store
from hopscope.views.selection import Selection, Step

STRETCHES = "time"
"""The key; with begin, length and number of the stretches behind it where these are known."""

MOST = 120
"""Stretches that a range of time is divided into at most."""

_ROUND = (1, 2, 5)


def stretches_of(store: Store, selection: Selection) -> str:
    """The key of the stretches that a selection is divided into, which have a round length."""
    start, stop = window_of(store, selection)
    length = 1
    while (stop - start) // length >= MOST:
        power = 10 ** (len(str(length)) - 1)
        length = power * next((one for one in (*_ROUND[1:], 10) if one * power > length), 10)
    begin = store.epoch + (start - store.epoch) // length * length
    return f"{STRETCHES} {begin} {length} {-(-(stop - begin) // length)}"


_KEPT = 4
"""Ranges of time whose stretches are kept, which take four bytes an event each."""


@once_per_store
def _kept(store: Store) -> dict[str, Grouping]:
    return {}


def by_stretch(store: Store, key: str) -> Grouping:
    """A group for each stretch of time; events outside all of them are in none."""
    kept = _kept(store)
    if key not in kept:
        if len(kept) >= _KEPT:
            kept.pop(next(iter(kept)), None)
        kept[key] = _made(store, key)
    return kept[key]


def _made(store: Store, key: str) -> Grouping:
    begin, length, count = map(int, key.split()[1:])
    offset = store.time - begin
    place = offset // length
    codes = np.where((offset >= 0) & (place < count), place, NONE).astype(np.int32)
    values = [(begin + i * length,) for i in range(count)]
    return Grouping(key, "entries", codes, count, shows_idle=False, values=values)


def stretch_step(store: Store, grouping: Grouping, code: int) -> Step:
    """The range of time of a group."""
    length = int(grouping.key.split()[2])
    begin = int(grouping.values[code][0])
    return time_link(begin, begin + length, store.epoch)
