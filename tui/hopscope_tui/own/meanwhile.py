"""What the threads of a row of a trail did while it lasted, for its bar and its details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.store.tables import NONE
from hopscope.waits import Breakdown, breakdown_of, waits_of
from hopscope.waits.kinds import QUEUE, UNKNOWN, WAIT, WORKING
from hopscope_tui.own.trail_state import NOTHING, READY, TIMED_OUT, WAITING, WORK

if TYPE_CHECKING:
    from hopscope.spans import Trail
    from hopscope.waits import Stretches


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What threads did from the beginning to the end of a row.

    Attributes:
        edges: int64, ns since the beginning of the trail, ascending: where stretches begin or end.
        time: float64, of each sort (WORK and so on) one row: ns up to each edge that were spent so.
        breakdown: the same by what was waited for.
    """

    edges: NDArray[np.int64]
    time: NDArray[np.float64]
    breakdown: Breakdown

    @classmethod
    def of(cls, line: Stretches, breakdown: Breakdown, origin: int) -> Meanwhile:
        """From a line of stretches without gaps; times count from ``origin``, ns."""
        sort = np.full(len(line), NOTHING, np.int64)
        sort[np.isin(line.kind, WORKING)] = WORK
        sort[line.kind == QUEUE] = READY
        sort[line.kind == WAIT] = WAITING
        sort[(line.kind == WAIT) & line.over] = TIMED_OUT
        sort[line.kind == UNKNOWN] = NOTHING
        length = line.length.astype(np.float64)
        time = np.zeros((NOTHING + 1, len(line) + 1))
        for one in range(NOTHING + 1):
            np.cumsum(np.where(sort == one, length, 0.0), out=time[one, 1:])
        edges = np.append(line.start, line.stop[-1:]) - origin if len(line) else np.zeros(1, np.int64)
        return cls(edges, time, breakdown)

    def cells(self, bounds: NDArray[np.float64]) -> NDArray[np.int64]:
        """What was done most of the time in each cell; ``bounds`` are its edges, one more than cells."""
        spent = np.stack([np.diff(np.interp(bounds, self.edges, row)) for row in self.time])
        spent[NOTHING] += 1e-9  # where nothing else was
        most: NDArray[np.int64] = np.argmax(spent, axis=0)
        return most


def meanwhile_of(trail: Trail, place: int, origin: int) -> Meanwhile:
    """What the thread of a span, or the threads of a run, did while it lasted; ns since ``origin``."""
    node, spans = trail.nodes[place], trail.spans
    waits = waits_of(trail.store)
    if node.span == NONE:
        lives = waits.threads_of(node.process)
    else:
        both = (int(spans.thread[node.span]), int(spans.answerer[node.span]))
        lives = tuple({one for one in both if one != NONE})
    line = waits.line(lives, trail.start(place), trail.stop(place))
    return Meanwhile.of(line, breakdown_of(trail.store, line), origin)
