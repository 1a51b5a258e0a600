"""Bytes read and written in each interval of a capture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.errors import UsageError
from hopscope.fields.column import Mask
from hopscope.reports.columns import numbers
from hopscope.reports.kinds import passing, timed
from hopscope.store.store import Store

MOST_LINES = 1_000_000


class Rates(NamedTuple):
    """One entry an interval, all int64.

    Attributes:
        time: ns since 1970 at which it begins, a whole multiple of its length.
        read, written: bytes.
        calls: calls that moved them.
    """

    time: NDArray[np.int64]
    read: NDArray[np.int64]
    written: NDArray[np.int64]
    calls: NDArray[np.int64]


def rates(store: Store, mask: Mask, interval: int) -> Rates:
    """Add up what calls moved, in intervals from the first event of the capture to its last.

    Args:
        store: the capture.
        mask: bool, one an event: those that may count.
        interval: ns.

    Raises:
        UsageError: the interval makes more lines than anybody looks at.
    """
    none = np.zeros(0, np.int64)
    times = store.time[timed(store)]
    if not len(times):
        return Rates(none, none, none, none)
    first, last = int(times.min()) // interval, int(times.max()) // interval
    if last - first >= MOST_LINES:
        raise UsageError(
            f"an interval of {interval / 1e6:g} ms makes {last - first:,} lines; choose a longer one"
        )
    lines = last - first + 1
    found = []
    for way in ("read", "write"):
        rows = np.flatnonzero(passing(store, f"evt.is_io_{way}=true", within=mask) & (store.time > 0))
        moved, _ = numbers(store, "evt.rawarg.res", rows)
        rows, moved = rows[moved > 0], moved[moved > 0]
        found.append((store.time[rows] // interval - first, moved))
    calls = sum(np.bincount(line, minlength=lines) for line, _ in found)
    read, written = (_added(line, moved, lines) for line, moved in found)
    return Rates((np.arange(lines) + first) * interval, read, written, np.asarray(calls, np.int64))


def _added(line: NDArray[np.int64], moved: NDArray[np.int64], lines: int) -> NDArray[np.int64]:
    sums = np.zeros(lines, np.int64)
    np.add.at(sums, line, moved)
    return sums
