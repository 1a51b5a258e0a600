"""What each thread did at every time: stretches of work, of waiting and of what nobody knows.

Between two events of a thread its state follows from three questions: is it inside a call, did it have a CPU,
and does that call wait? ``docs/waiting.md`` says how each is answered, and where the answer is a guess.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.waits.calls import DESCRIPTOR, NEVER, OWN, WAITING
from hopscope.waits.kinds import CALL, CPU, OUTSIDE, QUEUE, UNKNOWN, WAIT
from hopscope.waits.processors import Switches
from hopscope.waits.sequence import BEFORE, END, ENTER, EXIT, GOT, LEFT, MADE, Lives, Sequence

SHORTEST = 10_000
"""ns; a call that comes back faster did not wait, where no switch events tell."""

LONGEST_ON_CPU = 1_000_000
"""ns; a call whose business is to wait and that takes longer has waited, though no switch event says so."""

_DROP = (148, 149)
_WAITS = np.zeros(128, np.bool_)
_WAITS[list(WAITING)] = True

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Stretches of time, sorted by thread and time; those of one thread follow each other without a gap.

    Attributes:
        life: int64, of the thread.
        start, stop: int64, ns; never empty.
        kind: int8, one of :mod:`hopscope.waits.kinds`.
        call: int64, event row of the call (its exit, else its enter) that the thread was in, NONE.
        place: int64, position of the moment in the sequence with which the stretch begins.
    """

    life: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    kind: NDArray[np.int8]
    call: Rows
    place: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class _Calls:
    """For each moment, the call that the thread is in, or that ends next without a recorded beginning.

    Attributes:
        row: int64, event row of its exit, else of its enter, NONE outside of calls.
        inside: bool, it was entered before.
        alone: bool, only its exit is recorded and it lies ahead.
        lost: bool, it was entered and the thread went on without an exit.
        last: bool, the thread has no further calls.
    """

    row: Rows
    inside: Bools
    alone: Bools
    lost: Bools
    last: Bools


def timeline_of(
    store: Store, sequence: Sequence, lives: Lives, switches: Switches, classes: NDArray[np.int8]
) -> Timeline:
    """The stretches between the moments of threads."""
    moment = sequence.moment
    here = np.flatnonzero(moment != END)
    if not len(here):
        none = np.zeros(0, np.int64)
        return Timeline(none, none, none, none.astype(np.int8), none, none)
    start, stop = sequence.time[here], sequence.time[here + 1]
    calls = _calls(store, sequence, here)
    timed = _timed(sequence, here)
    kind = _kinds(sequence, here, calls, timed, stop - start, classes, _idle_next(sequence, here, switches))
    dropped = _dropped(store, start, stop) & ~(calls.inside & ~calls.lost)
    kind[dropped] = UNKNOWN
    ended = calls.last & (moment[here + 1] == END) & ~lives.dead[sequence.life[here]]
    kind[ended & (kind == OUTSIDE)] = UNKNOWN
    told = (stop > start) & (start < stop)
    return Timeline(
        sequence.life[here][told], start[told], stop[told], kind[told], calls.row[told], here[told]
    )


def _calls(store: Store, sequence: Sequence, here: NDArray[np.int64]) -> _Calls:
    moment, row = sequence.moment, sequence.row
    places = np.arange(len(moment))
    is_call = (moment == ENTER) | (moment == EXIT)
    before = np.maximum.accumulate(np.where(is_call | (moment <= MADE), places, 0))[here]
    behind = np.where(is_call | (moment == END), places, len(places) - 1)
    behind = np.minimum.accumulate(behind[::-1])[::-1]
    after = behind[np.minimum(here + 1, len(places) - 1)]
    inside = moment[before] == ENTER
    entered = np.where(inside, row[before], 0)
    twin = np.where(inside, store.twin[entered], NONE).astype(np.int64)
    ahead = np.where(moment[after] == EXIT, row[after], NONE)
    alone = ~inside & (ahead != NONE)
    alone &= np.where(alone, store.twin[np.maximum(ahead, 0)], 0) == NONE
    found = np.where(inside, np.where(twin > entered, twin, entered), np.where(alone, ahead, NONE))
    last = moment[after] == END
    return _Calls(found, inside, alone, inside & (twin == NONE) & ~last, last)


def _timed(sequence: Sequence, here: NDArray[np.int64]) -> Bools:
    """Whether switch events tell about the thread."""
    switched = (sequence.moment == LEFT) | (sequence.moment == GOT)
    told = np.zeros(int(sequence.life.max()) + 1, np.bool_)
    told[sequence.life[switched]] = True
    return told[sequence.life[here]]


def _idle_next(sequence: Sequence, here: NDArray[np.int64], switches: Switches) -> Bools:
    """Whether the CPU that the thread lost had nothing else to do."""
    found = np.zeros(len(here), np.bool_)
    left = np.flatnonzero(sequence.moment[here] == LEFT)
    if len(left) and len(switches.rows):
        at = np.minimum(np.searchsorted(switches.rows, sequence.row[here[left]]), len(switches.rows) - 1)
        found[left] = switches.coming[at] == 0
    return found


def _kinds(
    sequence: Sequence,
    here: NDArray[np.int64],
    calls: _Calls,
    timed: Bools,
    length: NDArray[np.int64],
    classes: NDArray[np.int8],
    idle: Bools,
) -> NDArray[np.int8]:
    moment = sequence.moment[here]
    of_call = np.where(calls.row >= 0, classes[np.maximum(calls.row, 0)], OWN)
    off = (moment == LEFT) | (moment == MADE)
    blocking = _WAITS[of_call]
    waits = blocking | (of_call == DESCRIPTOR)
    in_call = calls.inside | calls.alone
    on = np.where(timed, CPU, np.where(calls.inside, CALL, OUTSIDE))
    on[calls.lost & ~timed & (of_call != NEVER)] = UNKNOWN
    long = np.where(timed, blocking & (length > LONGEST_ON_CPU), waits & (length > SHORTEST))
    on[in_call & long & ~calls.lost] = WAIT
    away = np.where(idle, UNKNOWN, QUEUE)
    away[calls.inside & idle & (of_call != NEVER)] = WAIT
    away[in_call & waits] = WAIT
    away[moment == MADE] = np.where(timed, QUEUE, OUTSIDE)[moment == MADE]
    kind = np.where(off, away, on)
    before = moment == BEFORE
    kind[before] = np.where(calls.alone & waits, WAIT, UNKNOWN)[before]
    return kind.astype(np.int8)


def _dropped(store: Store, start: NDArray[np.int64], stop: NDArray[np.int64]) -> Bools:
    """Which stretches lie, at least in part, where the recorder left events out."""
    rows = store.rows_of_codes(_DROP)
    if not len(rows):
        return np.zeros(len(start), np.bool_)
    ending = np.array([event.is_exit for event in EVENTS], np.bool_)[store.code[rows]]
    time = store.time[rows]
    begins = time[~ending]
    after = np.searchsorted(time[ending], begins, side="right")
    ends = np.append(time[ending], store.time[-1])[after]
    begins, ends = np.sort(begins), np.maximum.accumulate(np.sort(ends))
    # The last episode that begins before a stretch is over is the one that may reach into it.
    place = np.searchsorted(begins, stop) - 1
    return (place >= 0) & (np.append(ends, 0)[place] > start)
