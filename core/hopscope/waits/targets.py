"""What waits were for: connections, files, pipes, children, other threads, timers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.transfers import exit_codes, parameter_of
from hopscope.decode.event_table import EVENTS
from hopscope.decode.gathering import gather
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.waits.calls import ACCEPT, CHILD, DESCRIPTOR, FUTEX, OWN, POLL, READY, SIGNAL, TIMER
from hopscope.waits.sequence import ENTER, EXIT, Sequence
from hopscope.waits.wakers import ended_children, futex_wakers, made_children

(
    FILE_TARGET, CHILD_TARGET, ASKED, PIPE_TARGET, OTHER_TARGET, ASKING, TIMER_TARGET, SIGNAL_TARGET,
    REQUESTS, THREAD_TARGET, FUTEX_TARGET, INSIDE,
) = range(12)  # fmt: skip
"""Kinds of targets, those that say most about why a process did not go on first: what is outside of it, then
time, then what others may want of it, then its own other threads."""

NAMES = (
    "file", "child", "connection", "pipe", "other", "client", "timer", "signal", "requests", "thread",
    "futex", "inside",
)  # fmt: skip
"""One word for each kind of target, for JSON."""

MEANINGS = (
    "a file, folder or device that is read or written",
    "a child process until it ends, or until it runs its own program after `vfork`",
    "a connection or socket that the process uses as a client",
    "a pipe to another process",
    "any other descriptor, or a call that tells nothing of what it waits for",
    "a connection that a client opened, until the client says something",
    "time to pass: a sleep, a timer, or a time-out with nothing to wait for",
    "a signal",
    "requests at a listening socket",
    "another thread of the process, which woke this one",
    "another thread of the process, unknown which",
    "a pipe or eventfd inside the process",
)
"""What each kind of target is, for the documentation."""

TIMED_OUT = -110
AGAIN = -11
SERVER_ROLE = 2
MAKERS = exit_codes("vfork", "clone", "clone3", "fork")

_KINDS = {
    "ipv4": ASKED, "ipv6": ASKED, "unix": ASKED, "netlink": ASKED, "pipe": PIPE_TARGET, "event": INSIDE,
    "timerfd": TIMER_TARGET, "signalfd": SIGNAL_TARGET, "file": FILE_TARGET, "directory": FILE_TARGET,
    "memfd": FILE_TARGET, "inotify": FILE_TARGET,
}  # fmt: skip

_ID_BITS = 52
_ID = (1 << _ID_BITS) - 1
NO_ADDRESS = _ID >> 1
"""Number of a futex whose address the capture does not tell."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Targets:
    """What calls waited for. One entry for each different thing.

    Attributes:
        kind: int8, one of the constants above.
        number: int64: a row of the descriptor table for files, pipes, connections and what is inside; a life
            for children and threads; an address for futexes; a type of call elsewhere. Negative unknown.
        call: int64, an event row of a call that waited for it.
    """

    kind: NDArray[np.int8]
    number: Ints
    call: Rows

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What each row of the descriptor table is as a target.

    Attributes:
        kind: int64.
        representative: int64, the last row of the same life, so that one life is one target.
    """

    kind: Ints
    representative: Ints


def descriptors_as_targets(store: Store) -> Descriptors:
    """The descriptor table as targets."""
    return Descriptors(_descriptor_kinds(store), _representatives(store))


def targets_of(
    store: Store,
    sequence: Sequence,
    calls: Rows,
    places: Ints,
    classes: NDArray[np.int8],
    descriptors: Descriptors,
) -> tuple[Targets, Ints, NDArray[np.bool_]]:
    """What calls that waited were waiting for.

    Args:
        store: the events.
        sequence: moments of the threads.
        calls: int64, event row of each call.
        places: int64, positions in the sequence at which the calls are waiting.
        classes: of all events.
        descriptors: the descriptor table as targets.

    Returns:
        The targets, the one of each call, and whether each call came back because time was up.
    """
    of_call = classes[calls]
    kind = np.full(len(calls), OTHER_TARGET, np.int64)
    number = _of_calls(store, calls, of_call)
    found, accepted = _descriptors(store, sequence, calls, places, classes)
    known = found >= 0
    kind[known] = descriptors.kind[found[known]]
    number[known] = descriptors.representative[found[known]]
    accepts = (of_call == ACCEPT) | accepted
    kind[accepts], number[accepts] = REQUESTS, NONE
    result = store.result[calls]
    over = _time_is_up(store, calls, of_call)
    sleeps = ((of_call == POLL) | (of_call == READY)) & ~known & over
    sleeps |= of_call == TIMER
    kind[sleeps], number[sleeps] = TIMER_TARGET, _of_calls(store, calls, of_call)[sleeps]
    kind[of_call == SIGNAL] = SIGNAL_TARGET
    _children(store, calls, of_call, kind, number)
    _futexes(store, calls, of_call, kind, number, over)
    over &= result != AGAIN
    key = (kind << _ID_BITS) | (number & _ID)
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    targets = Targets(kind[first].astype(np.int8), number[first], calls[first])
    return targets, which.reshape(-1).astype(np.int64), over


def _time_is_up(store: Store, calls: Rows, of_call: NDArray[np.int8]) -> NDArray[np.bool_]:
    result = store.result[calls]
    over = ((of_call == POLL) | (of_call == READY)) & (result == 0)
    found: NDArray[np.bool_] = over | ((of_call == FUTEX) & (result == TIMED_OUT)) | (of_call == TIMER)
    return found


def _descriptors(
    store: Store, sequence: Sequence, calls: Rows, places: Ints, classes: NDArray[np.int8]
) -> tuple[Ints, NDArray[np.bool_]]:
    """Rows of the descriptor table that calls waited for, NONE unknown; and which led to an accept."""
    of_call = classes[calls]
    found = np.full(len(calls), NONE, np.int64)
    plain = (of_call == DESCRIPTOR) | (of_call == OWN)
    found[plain] = store.descriptor[calls[plain]]
    twin = store.twin[calls].astype(np.int64)
    empty = plain & (found < 0) & (twin >= 0)
    found[empty] = store.descriptor[twin[empty]]
    polls = np.flatnonzero(of_call == POLL)
    found[polls] = _polled(store, calls[polls])
    accepted = np.zeros(len(calls), np.bool_)
    # What a call that lists nothing was about is taken from what the thread does next.
    silent = np.flatnonzero(
        ((of_call == POLL) | (of_call == READY)) & (found < 0) & (store.result[calls] != 0)
    )
    if len(silent):
        used = _used_next(store, sequence, calls[silent], places[silent], classes)
        seen = silent[used >= 0]
        found[seen] = store.descriptor[used[used >= 0]]
        accepted[seen] = classes[used[used >= 0]] == ACCEPT
    return found, accepted


def _polled(store: Store, calls: Rows) -> Ints:
    """The first descriptor that was ready, or that was waited for where none was; NONE."""
    fd = np.full(len(calls), NONE, np.int64)
    for rows in (store.twin[calls].astype(np.int64), calls):
        for code in np.unique(store.code[rows[rows >= 0]]).tolist():
            index = EVENTS[code].param_index.get("fds")
            if index is None:
                continue
            places = np.flatnonzero((rows >= 0) & (store.code[rows] == code) & (store.nparams[rows] > index))
            start, length = store.columns.places(rows[places], index)
            # A count of two bytes, then number (8) and flags (2) of each.
            told = (length >= 12) & (gather(store.data, start, "<u2") > 0)
            fd[places[told]] = gather(store.data, start[told] + 2, "<i8")
    threads = store.thread[calls]
    return np.where(fd >= 0, store.descriptors_of(threads, fd, calls), NONE).astype(np.int64)


def _used_next(
    store: Store, sequence: Sequence, calls: Rows, places: Ints, classes: NDArray[np.int8]
) -> Rows:
    """The event row at which the thread of each call uses a descriptor next, if it does not poll before."""
    moment, row = sequence.moment, np.maximum(sequence.row, 0)
    count = len(moment)
    at = np.arange(count)
    is_call = (moment == ENTER) | (moment == EXIT)
    of_moment = classes[row]
    uses = is_call & ((of_moment == DESCRIPTOR) | (of_moment == ACCEPT)) & (store.descriptor[row] >= 0)
    stops = (sequence.row < 0) | (is_call & ((of_moment == POLL) | (of_moment == READY)))
    ended = _next(at, moment == EXIT)[np.minimum(places + 1, count - 1)]
    back = (ended < count) & (sequence.row[np.minimum(ended, count - 1)] == calls)
    begin = np.minimum(ended + 1, count - 1)
    use, stop = _next(at, uses)[begin], _next(at, stops)[begin]
    return np.where(back & (use < stop), row[np.minimum(use, count - 1)], NONE).astype(np.int64)


def _next(at: Ints, chosen: NDArray[np.bool_]) -> Ints:
    """For each place the first chosen one from there on, their number where there is none."""
    return np.minimum.accumulate(np.where(chosen, at, len(at))[::-1])[::-1]


def _descriptor_kinds(store: Store) -> Ints:
    """The kind of target that each row of the descriptor table is."""
    table = store.descriptors
    kinds = np.array([_KINDS.get(kind, OTHER_TARGET) for kind in table.kind], np.int64)
    kinds[(kinds == ASKED) & (table.role == SERVER_ROLE)] = ASKING
    kinds[table.listening & np.isin(kinds, (ASKED, ASKING))] = REQUESTS
    kinds[_inner_pipes(store)] = INSIDE
    return kinds


def _inner_pipes(store: Store) -> NDArray[np.bool_]:
    """Which rows of the descriptor table are pipes that only one process has."""
    table = store.descriptors
    pipes = np.flatnonzero(np.array([kind == "pipe" for kind in table.kind], np.bool_) & (table.ino > 0))
    found = np.zeros(len(table), np.bool_)
    if not len(pipes):
        return found
    inode = np.unique(table.ino[pipes], return_inverse=True)[1].reshape(-1)
    owner = table.process[pipes]
    most = np.full(int(inode.max()) + 1, np.iinfo(np.int32).min, np.int64)
    least = np.full(len(most), np.iinfo(np.int32).max, np.int64)
    np.maximum.at(most, inode, owner)
    np.minimum.at(least, inode, owner)
    found[pipes] = (most == least)[inode]
    return found


def _representatives(store: Store) -> Ints:
    """For each row of the descriptor table the last row of the same life."""
    table = store.descriptors
    last = np.full(int(table.life.max(initial=-1)) + 1, NONE, np.int64)
    last[table.life] = np.arange(len(table))
    return last[table.life]


def _children(store: Store, calls: Rows, of_call: NDArray[np.int8], kind: Ints, number: Ints) -> None:
    waits = np.flatnonzero(of_call == CHILD)
    child = ended_children(store, calls[waits])
    made = np.flatnonzero((child < 0) & np.isin(store.code[calls[waits]], MAKERS))
    child[made] = made_children(store, calls[waits[made]])
    kind[waits], number[waits] = CHILD_TARGET, child


def _futexes(
    store: Store, calls: Rows, of_call: NDArray[np.int8], kind: Ints, number: Ints, over: NDArray[np.bool_]
) -> None:
    waits = np.flatnonzero(of_call == FUTEX)
    address = parameter_of(store, calls[waits], "addr")
    waker = futex_wakers(store, calls[waits])
    woken = (waker >= 0) & ~over[waits] & (store.result[calls[waits]] == 0)
    thread = store.thread_life[np.maximum(waker, 0)]
    kind[waits] = np.where(over[waits], TIMER_TARGET, np.where(woken, THREAD_TARGET, FUTEX_TARGET))
    code = _of_calls(store, calls[waits], of_call[waits])
    number[waits] = np.where(over[waits], code, np.where(woken, thread, address & NO_ADDRESS))


def _of_calls(store: Store, calls: Rows, of_call: NDArray[np.int8]) -> Ints:
    """A negative number for each type of call; calls that are recorded without their name go by class."""
    return -2 - ((store.code[calls].astype(np.int64) | 1) << 8 | of_call)
