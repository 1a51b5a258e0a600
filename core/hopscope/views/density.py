"""How many events of a selection there were when: the numbers behind a timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Store
from hopscope.views.memo import once_per_store
from hopscope.views.selection import Selection, TimeRange

_AT_ONCE = 1 << 20
"""Events that are counted between two looks whether anybody still wants to know."""

_YEAR = 366 * 86400 * 1_000_000_000
"""In ns."""


@dataclass(frozen=True, slots=True)
class Density:
    """Events by stretches of time of equal length.

    Attributes:
        start, stop: ns since the epoch; the whole is ``[start, stop)``.
        counts: int64, events in each stretch.
    """

    start: int
    stop: int
    counts: NDArray[np.int64]

    def edge(self, i: int) -> int:
        """Where stretch ``i`` begins, ns since the epoch; ``edge(len(counts))`` is the end of the last."""
        return self.start + -(-(self.stop - self.start) * i // len(self.counts))

    def stretch(self, time: int) -> int:
        """The stretch in which a moment lies, the nearest one for a moment outside."""
        i = (time - self.start) * len(self.counts) // (self.stop - self.start)
        return max(0, min(len(self.counts) - 1, i))


@once_per_store
def span(store: Store) -> tuple[int, int]:
    """The time of the capture, ``[start, stop)`` in ns since the epoch; one ns where nothing is shown.

    A few events of some captures have a time of 0 or of no sense. What is more than a year away from
    the middle event does not count, as no capture lasts that long.
    """
    times = store.time[~store.hidden]
    if not len(times):
        return store.epoch, store.epoch + 1
    middle = int(np.partition(times, len(times) // 2)[len(times) // 2])
    times = times[(times > middle - _YEAR) & (times < middle + _YEAR)]
    return int(times.min()), int(times.max()) + 1


def window_of(store: Store, selection: Selection) -> tuple[int, int]:
    """What the ranges of time in a selection leave of the time of the capture."""
    start, stop = span(store)
    for step in selection.steps:
        if isinstance(step.condition, TimeRange):
            start, stop = max(start, step.condition.start), min(stop, step.condition.stop)
    return start, max(stop, start + 1)


def density(
    store: Store,
    selection: Selection,
    stretches: int,
    window: tuple[int, int] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Density:
    """The events of a selection by time.

    Args:
        store: the capture.
        selection: whose events.
        stretches: into how many the time is divided, at least one.
        window: ``(start, stop)`` in ns since the epoch; the time of the capture where it is None.
        cancelled: asked now and then; when it says True the rest is left out.
    """
    start, stop = span(store) if window is None else window
    rows, counts = selection.rows(store), np.zeros(stretches, dtype=np.int64)
    # Events of several processors are not always in the order of their times, so each finds its own place.
    for first in range(0, len(rows), _AT_ONCE):
        if cancelled():
            break
        times = store.time[rows[first : first + _AT_ONCE]]
        inside = times[(times >= start) & (times < stop)] - start
        counts += np.bincount(_places(inside, stretches, stop - start), minlength=stretches)
    return Density(start, stop, counts)


def _places(offsets: NDArray[np.int64], stretches: int, length: int) -> NDArray[np.int64]:
    """The stretch of each offset in ns, exact as long as offset times stretches fits 64 bits."""
    if length < (1 << 62) // stretches:
        return offsets * stretches // length
    return np.minimum(offsets // max(1, length // stretches), stretches - 1)
