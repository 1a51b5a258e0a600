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
_CODE_BITS = 16


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
    group = np.unique(key, return_inverse=True)[1].reshape(-1)
    # Longest first within each group, so that the first ones are what is cited.
    order = np.lexsort((-line.length, group))
    ends = np.cumsum(np.bincount(group))
    edges = _edges(store, line)
    calls = _calls(store, line, group)
    found = [
        _part(store, line, places, edges[places], tuple(calls.get(number, ())))
        for number, places in enumerate(np.split(order, ends[:-1]))
    ]
    parts = sorted(found, key=lambda one: (-one.elapsed, one.what))
    return Breakdown(int(line.start[0]), int(line.stop[-1]), tuple(parts))


def _part(store: Store, line: Stretches, places: Rows, edges: Rows, calls: tuple[str, ...]) -> Part:
    """One part; its stretches are given longest first, with their events."""
    length = line.stop[places] - line.start[places]
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
        calls=calls,
        evidence=tuple(cited),
        rows=rows[rows >= 0],
    )


def _edges(store: Store, line: Stretches) -> Rows:
    """Begin and end of the call of each stretch; without one, the events around it. Shape (n, 2)."""
    call = line.call
    waits = (line.kind == WAIT) & (call >= 0)
    twin = np.where(waits, store.twin[np.maximum(call, 0)], NONE).astype(np.int64)
    begin = np.where(waits, np.where((twin >= 0) & (twin < call), twin, call), line.first)
    end = np.where(waits, np.maximum(call, twin), line.last)
    return np.stack([begin, end], axis=1).astype(np.int64)


def _calls(store: Store, line: Stretches, group: Rows) -> dict[int, dict[str, None]]:
    """Names of the calls that waited, by group, the one with most time first."""
    waits = np.flatnonzero((line.kind == WAIT) & (line.call >= 0))
    key = (group[waits] << _CODE_BITS) | store.code[line.call[waits]]
    different, first, which = np.unique(key, return_index=True, return_inverse=True)
    spent = np.bincount(which.reshape(-1), line.length[waits], minlength=len(different))
    found: dict[int, dict[str, None]] = {}
    for one in np.argsort(-spent, kind="stable").tolist():
        row = int(line.call[waits[first[one]]])
        found.setdefault(int(different[one]) >> _CODE_BITS, {})[call_name(store, row)] = None
    return found
