"""What a spectrogram can be made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from hopscope.reports.heat import Heat, latencies, spectrogram
from hopscope.reports.kinds import KINDS as FILTERS
from hopscope.reports.kinds import passing
from hopscope.spans import prepare, spans_of
from hopscope.store.store import Store
from hopscope.views.density import span
from hopscope.views.selection import Selection

LINES = 60
"""Lines that the time of a capture is cut into, about, where nobody says how long one is."""

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of things that take time.

    Attributes:
        name: as it is asked for.
        title: plural, for a person.
        filter: which calls it is made of; None for requests, which are no calls.
    """

    name: str
    title: str
    filter: str | None


KINDS: Final = (
    Kind("calls", "system calls", ""),
    Kind("file", "calls on files", FILTERS["file"]),
    Kind("net", "calls on network connections", FILTERS["net"]),
    Kind("requests", "requests, as each process saw them", None),
)
"""In the order in which one key goes through them."""


def heat_of(
    store: Store,
    selection: Selection,
    kind: Kind,
    interval: int,
    columns: int,
    report: Report = lambda share: None,
) -> Heat:
    """The spectrogram of a selection.

    Args:
        store: the capture.
        selection: whose events, and whose requests by their first event, count.
        kind: of what.
        interval: ns in a line; 0 for one that makes about :data:`LINES` lines of the capture.
        columns: parts of the scale of latencies.
        report: told how much of the work is done, 0 to 1.

    Raises:
        UsageError: the interval makes more cells than anybody looks at.
    """
    interval = interval or usual_interval(store)
    mask = selection.mask(store)
    if kind.filter is not None:
        return spectrogram(store, passing(store, kind.filter, within=mask) & mask, interval, columns)
    prepare(store, report)
    spans = spans_of(store)
    chosen = np.flatnonzero(mask[spans.first])
    return latencies(store, spans.first[chosen], (spans.stop - spans.start)[chosen], interval, columns)


def usual_interval(store: Store) -> int:
    """Length of a line in ns that makes about :data:`LINES` lines: 1, 2 or 5 and zeros."""
    start, stop = span(store)
    wanted = max((stop - start) / LINES, 1.0)
    power = 10 ** int(np.floor(np.log10(wanted)))
    return int(next(step * power for step in (1, 2, 5, 10) if step * power >= wanted))
