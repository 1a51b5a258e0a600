"""What several threads did, as one line: at each instant the state that says most about why it took so long.

1. Where a thread works, the process works. Of several the one that began first counts.
2. Else, where a thread is ready but has no CPU, the process is kept from working.
3. Else all wait. What lies outside of the process counts before timers, timers before what clients may
   yet ask for, and all of that before other threads of the process: who waits for another thread waits for
   what that one waits for. The order is that of :mod:`hopscope.waits.targets`. Of several waits of one kind
   that counts which ends first, because the process goes on with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.store.tables import NONE
from hopscope.waits.kinds import QUEUE, UNKNOWN, WAIT
from hopscope.waits.stretches import Stretches
from hopscope.waits.targets import INSIDE

_RANK_BITS = 56
"""Bits of a key below the rank: ns until the end, of some two years."""

_NOTHING = np.iinfo(np.int64).max
_LAST_RANK = 100

Ints = NDArray[np.int64]


def one_line(
    stretches: Stretches, begin: int, stop: int, inner: NDArray[np.bool_] | None = None
) -> Stretches:
    """One line that covers all of ``[begin, stop)`` without gaps, from the stretches of several threads.

    Args:
        stretches: sorted by thread and time; those of one thread do not overlap.
        begin, stop: ns.
        inner: bool, one a target: those behind which another one of the same threads stands.
    """
    inside = stretches.within(begin, stop)
    working = np.flatnonzero(inside.working)
    worked, starts, stops = _first_come(inside, working)
    edges = _idle_edges(starts, stops, begin, stop)
    key = _keys(inside, inner)
    chosen, from_, to = _most_telling(inside, np.flatnonzero(~inside.working), edges, key)
    which = np.concatenate([worked, chosen])
    start, end = np.concatenate([starts, from_]), np.concatenate([stops, to])
    order = np.argsort(start, kind="stable")
    return _cut(inside, which[order], start[order], end[order])


def _first_come(stretches: Stretches, places: Ints) -> tuple[Ints, Ints, Ints]:
    """Parts of overlapping stretches that do not overlap: each begins where those before it are over."""
    order = places[np.argsort(stretches.start[places], kind="stable")]
    start, stop = stretches.start[order], stretches.stop[order]
    if not len(order):
        return order, start, stop
    reached = np.concatenate([start[:1], np.maximum.accumulate(stop)[:-1]])
    start = np.maximum(start, reached)
    left = start < stop
    return order[left], start[left], stop[left]


def _idle_edges(starts: Ints, stops: Ints, begin: int, stop: int) -> tuple[Ints, Ints]:
    """Starts and stops of the time in which nobody works; the parts of work are ascending and apart."""
    idle_from = np.concatenate([[begin], stops]).astype(np.int64)
    idle_to = np.concatenate([starts, [stop]]).astype(np.int64)
    idle = idle_from < idle_to
    return idle_from[idle], idle_to[idle]


def _most_telling(
    stretches: Stretches, waits: Ints, idle: tuple[Ints, Ints], key: Ints
) -> tuple[Ints, Ints, Ints]:
    """For each part of the idle time the wait that counts, NONE where there is none; with start and stop."""
    idle_from, idle_to = idle
    edges = np.unique(np.concatenate([idle_from, idle_to, stretches.start[waits], stretches.stop[waits]]))
    starts, stops = edges[:-1], edges[1:]
    # A start lies in idle time where the period that begins last before it is not over yet.
    period = np.searchsorted(idle_from, starts, side="right") - 1
    inside = (period >= 0) & (starts < np.append(idle_to, 0)[np.maximum(period, 0)])
    starts, stops = starts[inside], stops[inside]
    best = np.full(len(starts), _NOTHING, np.int64)
    chosen = np.full(len(starts), NONE, np.int64)
    life = stretches.life[waits]
    for own in np.split(waits, np.flatnonzero(np.diff(life)) + 1):
        low = np.searchsorted(starts, stretches.start[own])
        count = np.searchsorted(starts, stretches.stop[own]) - low
        segment = np.repeat(low - np.concatenate([[0], np.cumsum(count)])[:-1], count)
        segment += np.arange(len(segment))
        wait = np.repeat(own, count)
        better = key[wait] < best[segment]
        best[segment[better]], chosen[segment[better]] = key[wait[better]], wait[better]
    return _joined(chosen, starts, stops)


def _keys(stretches: Stretches, inner: NDArray[np.bool_] | None) -> Ints:
    """Smaller for what counts before others."""
    rank = np.full(len(stretches), _LAST_RANK, np.int64)
    rank[stretches.kind == QUEUE] = 0
    waits = (stretches.kind == WAIT) & (stretches.target >= 0)
    kinds = stretches.targets.kind if inner is None else np.where(inner, INSIDE, stretches.targets.kind)
    rank[waits] = 1 + kinds[stretches.target[waits]]
    base = int(stretches.stop.min()) if len(stretches) else 0
    return (rank << _RANK_BITS) + np.minimum(stretches.stop - base, (1 << _RANK_BITS) - 1)


def _joined(chosen: Ints, starts: Ints, stops: Ints) -> tuple[Ints, Ints, Ints]:
    """Parts that lie behind each other and belong to the same wait, as one."""
    if not len(chosen):
        return chosen, starts, stops
    new = np.append(True, (chosen[1:] != chosen[:-1]) | (starts[1:] != stops[:-1]))
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(chosen)) - 1
    return chosen[first], starts[first], stops[last]


def _cut(stretches: Stretches, which: Ints, start: Ints, stop: Ints) -> Stretches:
    """The chosen stretches with other ends; what none belongs to is unknown."""
    lost = which < 0
    if not len(stretches):
        none = np.full(len(which), NONE, np.int64)
        return Stretches(
            start, stop, np.full(len(which), UNKNOWN, np.int8), none, lost & False, none, none, none, none,
            stretches.targets,
        )  # fmt: skip
    found = stretches.take(np.maximum(which, 0))
    found.start[:], found.stop[:] = start, stop
    found.kind[lost] = UNKNOWN
    found.over[lost] = False
    for column in (found.target, found.life, found.call, found.first, found.last):
        column[lost] = NONE
    return found
