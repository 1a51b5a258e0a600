"""Events counted in cells of two scales, one of them time, with the events behind each cell.

The spectrogram has time and latency (the scale of sysdig 0.29.3: eleven powers of ten, from 1 ns to 100 s,
each cut in equal parts of its logarithm); the other has time and the part of the interval that had gone by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopscope.errors import UsageError
from hopscope.fields.column import Mask, Rows
from hopscope.fields.event_types import IS_EXIT
from hopscope.reports.columns import numbers
from hopscope.store.store import Store

DECADES = 11
"""Powers of ten on the scale of latencies; what takes 100 s and longer is in the last column."""

MOST_CELLS = 20_000_000
"""Cells of one map; more would be an interval chosen by mistake."""


@dataclass(frozen=True)
class Heat:
    """How many events fell into each cell.

    Attributes:
        interval: length of a line in ns.
        counts: int64, one line an interval of time, one column a part of the other scale.
        time_edges: int64, ns since 1970, where each interval begins, and where the last one ends.
        edges: float64, ns, where each column begins, and where the last one ends.
        rows: int64, event rows in the order of their cells, ascending within a cell.
        starts: int64, place in ``rows`` of each cell's first event, cells line by line, and their end.
    """

    interval: int
    counts: NDArray[np.int64]
    time_edges: NDArray[np.int64]
    edges: NDArray[np.float64]
    rows: Rows = field(repr=False)
    starts: NDArray[np.int64] = field(repr=False)

    @cached_property
    def busiest(self) -> int:
        """The largest count of any cell."""
        return int(self.counts.max(initial=0))

    def rows_of(self, line: int, column: int) -> Rows:
        """Event rows of one cell, ascending."""
        cell = line * self.counts.shape[1] + column
        return self.rows[self.starts[cell] : self.starts[cell + 1]]

    def rows_within(self, lines: slice, columns: slice) -> Rows:
        """Event rows of a rectangle of cells, ascending.

        Args:
            lines, columns: as slices of ``counts``.
        """
        first, behind, _ = columns.indices(self.counts.shape[1])
        parts = []
        for line in range(*lines.indices(self.counts.shape[0])):
            cell = line * self.counts.shape[1]
            parts.append(self.rows[self.starts[cell + first] : self.starts[cell + max(first, behind)]])
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)


def spectrogram(store: Store, passing: Mask, interval: int, columns: int) -> Heat:
    """Latencies of calls over time. Ends of calls that took any time count.

    Args:
        store: the capture.
        passing: bool, one an event: those that may count.
        interval: ns in a line; lines begin at whole multiples of it.
        columns: parts of the scale of latencies.

    Raises:
        UsageError: the interval makes more cells than anybody looks at.
    """
    rows = np.flatnonzero(passing & IS_EXIT[store.code] & (store.time > 0))
    latency, _ = numbers(store, "evt.latency", rows)
    return latencies(store, rows, latency, interval, columns)


def latencies(store: Store, rows: Rows, latency: NDArray[np.int64], interval: int, columns: int) -> Heat:
    """Whatever took time, over time.

    Args:
        store: the capture.
        rows: event rows, one for each thing that took time.
        latency: int64, ns that each took; what took none does not count.
        interval, columns: as for :func:`spectrogram`.

    Raises:
        UsageError: the interval makes more cells than anybody looks at.
    """
    rows, latency = rows[latency > 0], latency[latency > 0]
    place = np.floor(np.minimum(np.log10(latency), DECADES) * columns / DECADES).astype(np.int64)
    edges = 10.0 ** (np.arange(columns + 1) * DECADES / columns)
    return _counted(store, rows, np.minimum(place, columns - 1), interval, edges)


def subsecond(store: Store, passing: Mask, interval: int, columns: int) -> Heat:
    """When within each interval calls began, so that what repeats stands out.

    Args:
        store: the capture.
        passing: bool, one an event: those that may count.
        interval: ns in a line; lines begin at whole multiples of it.
        columns: parts of the interval.

    Raises:
        UsageError: the interval makes more cells than anybody looks at.
    """
    rows = np.flatnonzero(passing & ~IS_EXIT[store.code] & (store.time > 0))
    place = (store.time[rows] % interval) * columns // interval
    return _counted(store, rows, place, interval, np.linspace(0, interval, columns + 1))


def _counted(
    store: Store, rows: Rows, place: NDArray[np.int64], interval: int, edges: NDArray[np.float64]
) -> Heat:
    columns = len(edges) - 1
    line = store.time[rows] // interval
    first = int(line.min()) if len(rows) else 0
    lines = int(line.max()) - first + 1 if len(rows) else 0
    if lines * columns > MOST_CELLS:
        raise UsageError(f"an interval of {interval / 1e6:g} ms makes {lines:,} lines; choose a longer one")
    cell = (line - first) * columns + place
    order = np.argsort(cell, kind="stable")
    counts = np.bincount(cell, minlength=lines * columns)
    return Heat(
        interval=interval,
        counts=counts.reshape(lines, columns),
        time_edges=(np.arange(lines + 1, dtype=np.int64) + first) * interval,
        edges=edges,
        rows=rows[order],
        starts=np.concatenate(([0], np.cumsum(counts))),
    )
