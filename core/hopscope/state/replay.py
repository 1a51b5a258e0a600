"""Replay: run the events that change state, in order, and leave a log of all states.

What concerns one descriptor alone is done for many at once (:mod:`by_descriptor`). The other events go
through Python one by one: their parameters are taken out of the capture by event type, many at once, and
the resulting calls are sorted by event row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.joins import Join
from hopscope.capture.lists import DescriptorEntry, Interface, ProcessEntry
from hopscope.decode.columns import CodeIndex
from hopscope.state.by_descriptor import change_descriptors
from hopscope.state.going_on import go_on
from hopscope.state.told import KnownEvents, told_in
from hopscope.state.world import FirstSeen, World

Ints = NDArray[np.int64]


@dataclass(slots=True)
class SectionLists:
    """The lists at the start of a section.

    Attributes:
        first: row of the section's first event.
        processes, descriptors, interfaces: as read from its blocks.
        late: these came behind events of their section, which has begun before.
        follows: where the section is the next file of the capture before it; None for one of its own.
    """

    first: int
    processes: list[ProcessEntry] = field(default_factory=list)
    descriptors: list[tuple[int, list[DescriptorEntry]]] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    late: bool = False
    follows: Join | None = None


class Replay:
    """Runs the state-changing events of one stretch after the other.

    Attributes:
        world: as it is after the last event, with the logs of everything that was.
    """

    def __init__(self) -> None:
        self.world = World()
        self._sections = 0
        self._begun = (-1, 0)  # row from which the section's lists hold, row of its first event

    def run(
        self,
        known: KnownEvents,
        first: int,
        by_code: CodeIndex,
        lists: list[SectionLists],
        threaded: NDArray[np.bool_],
    ) -> None:
        """Run the events from ``first`` to the end of the columns.

        Args:
            known: of the capture up to the end of the stretch.
            first: row of the first event of the stretch.
            by_code: rows of the stretch.
            lists: of the sections that begin in the stretch, by first row. One that :attr:`SectionLists.late`
                belongs to a section that has begun before.
            threaded: which events of the stretch belong to a thread (container events and the like do not).
        """
        world, columns = self.world, known.columns
        world.first_seen = _first_seen(columns.tid[first:], threaded, first)
        pending = list(reversed(lists))
        while pending and pending[-1].first <= first:
            self._start(pending.pop())
        stop = pending[-1].first if pending else len(columns)
        calls = change_descriptors(world, told_in(known, by_code), stop)
        for row, time, tid, apply, values in calls:
            while pending and pending[-1].first <= row:
                self._start(pending.pop())
            world.row = row
            world.time = time
            apply(world, tid, *values)
        while pending:
            self._start(pending.pop())
        world.row = len(columns)
        world.settle()

    def _start(self, lists: SectionLists) -> None:
        row, first = self._begun
        if lists.late:
            self.world.row = row if lists.first == first else lists.first
            self.world.add_late_lists(lists.processes, lists.descriptors, lists.interfaces)
            return
        row = lists.first if self._sections else -1
        self._begun = (row, lists.first)
        self._sections += 1
        if lists.follows is not None and self._sections > 1:
            lost = lists.follows.lost
            go_on(self.world, row, lists.processes, lists.descriptors, lists.interfaces, lost)
            return
        self.world.start_section(row, lists.processes, lists.descriptors, lists.interfaces)


def _first_seen(tid: Ints, threaded: NDArray[np.bool_], first: int) -> FirstSeen:
    """Where an unknown thread shows up: its first event since any earlier life of that tid ended."""
    known: list[Ints] = []

    def find(number: int, row: int, after: int) -> int:
        if not known:
            rows = np.flatnonzero(threaded)
            order = rows[np.argsort(tid[rows], kind="stable")]
            known.extend((order + first, tid[order]))
        order, sorted_tids = known
        start, stop = np.searchsorted(sorted_tids, [number, number + 1])
        mine = order[start:stop]
        at = int(np.searchsorted(mine, after))
        return min(int(mine[at]), row) if at < len(mine) else row

    return find
