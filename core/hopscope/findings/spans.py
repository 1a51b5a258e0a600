"""Spans of time as arrays: int64 of shape (n, 2), start and stop in ns."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Spans = NDArray[np.int64]

NO_SPANS: Spans = np.zeros((0, 2), np.int64)


def spans_of(pairs: Iterable[tuple[int, int]]) -> Spans:
    """Spans from pairs of numbers."""
    return np.array(list(pairs), np.int64).reshape(-1, 2)


def union(spans: Spans) -> Spans:
    """The same time as spans that are ascending and apart from each other."""
    spans = spans[spans[:, 1] > spans[:, 0]]
    if len(spans) < 2:
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reached = np.maximum.accumulate(spans[:, 1])
    begins = np.flatnonzero(np.append(True, spans[1:, 0] > reached[:-1]))
    stops = reached[np.append(begins[1:] - 1, len(spans) - 1)]
    return np.stack([spans[begins, 0], stops], axis=1)


def length(spans: Spans) -> int:
    """The time that spans which are apart from each other take together, ns."""
    return int((spans[:, 1] - spans[:, 0]).sum())


def shared(spans: Spans, others: Spans) -> int:
    """The time that both have in common, ns; each is ascending and apart in itself."""
    if not len(spans) or not len(others):
        return 0
    return int((_covered(others, spans[:, 1]) - _covered(others, spans[:, 0])).sum())


def _covered(spans: Spans, times: NDArray[np.int64]) -> NDArray[np.int64]:
    """How much of the spans lies before each time."""
    stops = np.concatenate([np.zeros(1, np.int64), np.cumsum(spans[:, 1] - spans[:, 0])])
    place = np.searchsorted(spans[:, 0], times, side="right")
    # All spans that begin before a time count, but for what of the last one lies behind it.
    behind = np.maximum(spans[np.maximum(place - 1, 0), 1] - times, 0)
    return stops[place] - np.where(place > 0, behind, 0)
