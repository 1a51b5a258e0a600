"""Elapsed time by what was waited for, so that the parts add up to the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.waits.calls import call_name
from hopscope.waits.kinds import WAIT
from hopscope.waits.stretches import Stretches
from hopscope.waits.words import state_words

MOST_CITED = 8
"""Stretches whose events are evidence for a part, the longest ones."""

_KIND_BITS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """All time that was spent in one way.

    Attributes:
        kind: one of :mod:`hopscope.waits.kinds`.
        target: entry of the line's targets, NONE where nothing was waited for.
        target_kind: one of the kinds in :mod:`hopscope.waits.targets`, None where nothing was waited for.
        what: in words: ``connection 10.0.0.1:4000->10.0.0.2:80``, ``on a CPU``.
        elapsed: ns.
        timed_out: ns of it in waits that ended because their time was up.
        count: stretches.
        calls: names of the calls that waited, the one with most time first; empty where none did.
        evidence: event rows at the edges of the longest stretches, longest first.
        rows: int64, event rows at the edges of all stretches, ascending.
    """

    kind: int
    target: int
    target_kind: int | None
    what: str
    elapsed: int
    timed_out: int
    count: int
    calls: tuple[str, ...]
    evidence: tuple[int, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Where time went.

    Attributes:
        begin, stop: ns.
        parts: longest first; together exactly as long as the whole.
    """

    begin: int
    stop: int
    parts: tuple[Part, ...]

    @property
    def elapsed(self) -> int:
        """ns."""
        return self.stop - self.begin


def breakdown_of(store: Store, line: Stretches) -> Breakdown:
    """What a line of stretches without gaps adds up to."""
    if not len(line):
        return Breakdown(0, 0, ())
    key = (line.kind.astype(np.int64) << _KIND_BITS) + line.target
    different, group = np.unique(key, return_inverse=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=len(different)))
    members = np.split(order, ends[:-1])
    parts = sorted(
        (_part(store, line, places) for places in members), key=lambda one: (-one.elapsed, one.what)
    )
    return Breakdown(int(line.start[0]), int(line.stop[-1]), tuple(parts))


def _part(store: Store, line: Stretches, places: Rows) -> Part:
    length = line.length[places]
    longest = places[np.argsort(-length, kind="stable")]
    edges = np.stack(_edges(store, line, longest), axis=1)
    cited = dict.fromkeys(row for row in edges[:MOST_CITED].ravel().tolist() if row >= 0)
    kind, target = int(line.kind[places[0]]), int(line.target[places[0]])
    rows = np.unique(edges)
    return Part(
        kind=kind,
        target=target,
        target_kind=int(line.targets.kind[target]) if target != NONE else None,
        what=state_words(store, kind, line.targets, target),
        elapsed=int(length.sum()),
        timed_out=int(length[line.over[places]].sum()),
        count=len(places),
        calls=_calls(store, line, places) if kind == WAIT else (),
        evidence=tuple(cited),
        rows=rows[rows >= 0],
    )


def _edges(store: Store, line: Stretches, places: Rows) -> tuple[Rows, Rows]:
    """Begin and end of the call of each stretch; without one, the events around it."""
    call = line.call[places]
    waits = (line.kind[places] == WAIT) & (call >= 0)
    twin = np.where(waits, store.twin[np.maximum(call, 0)], -1).astype(np.int64)
    begin = np.where(waits, np.where((twin >= 0) & (twin < call), twin, call), line.first[places])
    end = np.where(waits, np.maximum(call, twin), line.last[places])
    return begin.astype(np.int64), end.astype(np.int64)


def _calls(store: Store, line: Stretches, places: Rows) -> tuple[str, ...]:
    calls = line.call[places]
    known = calls >= 0
    codes, which = np.unique(store.code[calls[known]], return_inverse=True)
    spent = np.bincount(which.reshape(-1), line.length[places][known], minlength=len(codes))
    first = [int(calls[known][np.flatnonzero(which.reshape(-1) == one)[0]]) for one in range(len(codes))]
    names = [call_name(store, first[one]) for one in np.argsort(-spent, kind="stable").tolist()]
    return tuple(dict.fromkeys(names))
