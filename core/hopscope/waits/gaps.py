"""Time in which nothing of a selection happened: the events around it, what was waited for meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows, Store
from hopscope.waits.breakdown import Breakdown, breakdown_of
from hopscope.waits.sequence import IS_TOLD
from hopscope.waits.waits import waits_of


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What one process did in a gap.

    Attributes:
        row: event row at the edge of the gap whose process it is.
        breakdown: of the gap.
    """

    row: int
    breakdown: Breakdown


@dataclass(frozen=True, slots=True)
class Gap:
    """Time between two events of a selection that follow each other.

    Attributes:
        before, after: their event rows.
        start, stop: their times, ns.
    """

    before: int
    after: int
    start: int
    stop: int

    @property
    def length(self) -> int:
        """ns."""
        return self.stop - self.start

    def meanwhile(self, store: Store) -> list[Meanwhile]:
        """What the process that went on did meanwhile, then that of the event before if it is another."""
        found = []
        done: set[int] = set()
        for row in (self.after, self.before):
            process = int(store.process[row])
            if process >= 0 and process not in done:
                done.add(process)
                line = waits_of(store).line_of_process(process, self.start, self.stop)
                found.append(Meanwhile(row, breakdown_of(store, line)))
        return found


def gaps_of(store: Store, mask: NDArray[np.bool_] | None, longer: int) -> list[Gap]:
    """Gaps longer than so many ns between the events of a selection, longest first.

    Args:
        store: the events.
        mask: bool, one an event; all events that are shown where None.
        longer: ns.
    """
    return sorted(_gaps(store, mask, longer), key=lambda one: (-one.length, one.before))


def _gaps(store: Store, mask: NDArray[np.bool_] | None, longer: int) -> Iterator[Gap]:
    told = IS_TOLD[np.minimum(store.code, len(IS_TOLD) - 1)] & ~store.hidden
    rows: Rows = np.flatnonzero(told if mask is None else told & mask)
    # Events of different CPUs may lie in the file a little out of order.
    rows = rows[np.argsort(store.time[rows], kind="stable")]
    time = store.time[rows]
    for place in np.flatnonzero(np.diff(time) > longer).tolist():
        yield Gap(int(rows[place]), int(rows[place + 1]), int(time[place]), int(time[place + 1]))
