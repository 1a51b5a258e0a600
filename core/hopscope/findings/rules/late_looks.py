"""Threads that looked only after a time-out at what had been there before.

A thread that waits for something by sleeping, or by a poll that cannot see it, goes on when its time is up
and not when the thing has happened. What had happened meanwhile: a thread of the process had ended, a child
had, or what the thread reads next had been sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.transfers import READS, exit_codes
from hopscope.decode.event_table import codes_named
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.spans import spans_of
from hopscope.findings.words import times
from hopscope.store.store import Rows
from hopscope.store.tables import NONE
from hopscope.trail import peers
from hopscope.views.text import format_duration
from hopscope.waits.calls import CHILD, WAITING, call_name, classes_of
from hopscope.waits.timed import timed_out_waits
from hopscope.waits.wakers import latest

LEAST = 10_000_000
"""ns; who looks sooner lost nothing worth a word."""

NEXT_CALLS = 6
"""So many calls after the wait tell what the thread went on with."""

MOST_FOLLOWED = 200
"""So many waits are compared with what was sent meanwhile, the longest ones."""

MAKING = ("clone", "clone3")
NEAR = 10_000_000
"""ns between the return of a clone and the first event of the thread that it made."""

LEAST_SCORE = 0.6
MOST_CITED = 9


@dataclass(frozen=True, slots=True)
class _Late:
    """One wait that was over too late.

    Attributes:
        happened: event row of what had happened.
        begun, over: event rows of the wait's enter and exit.
        what: had ended or been sent, in words; the same for all that belong to one finding.
        which: the same for this one alone.
        done: ``ended`` or ``been sent``.
    """

    happened: int
    begun: int
    over: int
    what: str
    which: str
    done: str


def _find(case: Case) -> Iterator[Finding]:
    begun, over = timed_out_waits(case.store, LEAST)
    if not len(over):
        return
    classes = classes_of(case.store)
    found = [*_ended_threads(case, begun, over, classes), *_ended_children(case, begun, over, classes)]
    known = {one.over for one in found}
    found += [one for one in _sent_meanwhile(case, begun, over, classes) if one.over not in known]
    groups: dict[tuple[int, str], list[_Late]] = {}
    for one in sorted(found, key=lambda late: late.over):
        if case.time(one.over) - case.time(one.happened) >= LEAST:
            groups.setdefault((case.process(one.over), one.what), []).append(one)
    for several in groups.values():
        yield _finding(case, several)


def _ended_threads(case: Case, begun: Rows, over: Rows, classes: NDArray[np.int8]) -> Iterator[_Late]:
    """Waits in which another thread ended that the waiting one had made, or looked for in a loop."""
    store = case.store
    ends = store.rows_of_codes(codes_named("procexit"))
    ends = ends[(store.thread[ends] >= 0) & (store.thread_life[ends] != store.process[ends])]
    last = latest(
        store.process[ends].astype(np.int64), ends, store.process[over].astype(np.int64), begun, over
    )
    for place in np.flatnonzero(last >= 0).tolist():
        row, end = int(over[place]), int(ends[last[place]])
        after = _calls(case, row, 1)
        if not after or classes[after[0]] in WAITING:
            continue
        if _made_by(case, end, row) or _looped(case, int(begun[place]), row, classes):
            which = f"its thread {int(store.tid[end])}"
            yield _Late(end, int(begun[place]), row, "one of its threads", which, "ended")


def _ended_children(case: Case, begun: Rows, over: Rows, classes: NDArray[np.int8]) -> Iterator[_Late]:
    """Waits in which a child ended for whose end the process asked right afterwards."""
    store = case.store
    ends = store.rows_of_codes(codes_named("procexit"))
    ends = ends[(store.thread[ends] >= 0) & (store.thread_life[ends] == store.process[ends])]
    if not len(ends):
        return
    parents = store.threads.parent[store.thread[ends]].astype(np.int64)
    last = latest(parents, ends, store.process[over].astype(np.int64), begun, over)
    for place in np.flatnonzero(last >= 0).tolist():
        row, end = int(over[place]), int(ends[last[place]])
        if any(classes[call] == CHILD for call in _calls(case, row, NEXT_CALLS)):
            comm = store.threads.comm[int(store.thread[end])]
            which = f"its child {comm} {int(store.tid[end])}"
            yield _Late(end, int(begun[place]), row, f"a child {comm}", which, "ended")


def _sent_meanwhile(case: Case, begun: Rows, over: Rows, classes: NDArray[np.int8]) -> Iterator[_Late]:
    """Waits after which the thread read what had been sent to it long before their end."""
    store = case.store
    waited = store.time[over] - store.time[begun]
    reads = set(exit_codes(*READS))
    for place in np.argsort(-waited, kind="stable")[:MOST_FOLLOWED].tolist():
        row = int(over[place])
        for call in _calls(case, row, NEXT_CALLS):
            if classes[call] in WAITING:
                break
            if int(store.code[call]) not in reads or int(store.result[call]) <= 0:
                continue
            sent = next(iter(peers(store, call)), None)
            if sent is not None and sent.score >= LEAST_SCORE and begun[place] < sent.row < row:
                name = store.descriptors.name[int(store.descriptor[call])]
                what = f"what it read from {name}"
                yield _Late(sent.row, int(begun[place]), row, what, what, "been sent")
            break


def _calls(case: Case, row: int, most: int) -> list[int]:
    """Event rows of the calls of a thread that end after one of its events, the first ones."""
    store = case.store
    own = store.rows_of_thread_life(int(store.thread_life[row]))
    place = int(own.searchsorted(row, side="right"))
    later = own[place : place + 4 * most]
    return [int(one) for one in later if _ends_call(case, int(one))][:most]


def _ends_call(case: Case, row: int) -> bool:
    event = case.store.event_type(row)
    return event.is_exit and "SYSCALL" in event.categories


def _made_by(case: Case, end: int, waiting: int) -> bool:
    """Whether the thread of one event was made by that of another one, which was in clone at that time."""
    store = case.store
    born = int(store.threads.born[int(store.thread[end])])
    if born == NONE:
        return False
    life = int(store.thread_life[waiting])
    if int(store.thread_life[born]) == life:
        return True
    own = store.rows_of_thread_life(life)
    clones = own[np.isin(store.code[own], exit_codes(*MAKING))]
    return bool(len(clones)) and int(np.abs(store.time[clones] - store.time[born]).min()) <= NEAR


def _looped(case: Case, begun: int, over: int, classes: NDArray[np.int8]) -> bool:
    """Whether the call of the thread before the wait was one of the same kind."""
    store = case.store
    own = store.rows_of_thread_life(int(store.thread_life[over]))
    place = int(own.searchsorted(begun, side="right"))
    # Where the wait has no enter it begins with the exit of the call before.
    before = [int(one) for one in own[max(0, place - 5) : place] if _ends_call(case, int(one))]
    return bool(before) and classes[before[-1]] == classes[over]


def _finding(case: Case, several: list[_Late]) -> Finding:
    what, done = several[0].what if len(several) > 1 else several[0].which, several[0].done
    late = [case.time(one.over) - case.time(one.happened) for one in several]
    often = f", {times(len(several))}" if len(several) > 1 else ""
    most = "up to " if len(several) > 1 else ""
    call = call_name(case.store, several[0].over)
    rows = np.array([row for one in several for row in (one.happened, one.begun, one.over)], np.int64)
    return Finding(
        f"went on {most}{format_duration(max(late))} after {what} had {done}{often}: "
        f"it looked only when a {call} timed out",
        several[0].over,
        tuple(dict.fromkeys(rows[:MOST_CITED].tolist())),
        rows=np.unique(rows),
        spans=spans_of((case.time(one.happened), case.time(one.over)) for one in several),
    )


RULE = Rule(
    name="late-look",
    title="Looked at only after a time-out, though it had been there before",
    evidence=(
        "the end of the thread or child, or the event that sent what was read next, and the wait of 10 ms or "
        "more that timed out after it; of threads only those that the waiting one had made or looked for "
        "again and again"
    ),
    lost="from what had happened to the end of the wait",
    find=_find,
)
