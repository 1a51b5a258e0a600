"""A walk through the demo in words: every hop is asked of the same functions that the screen asks.

Nothing here knows event numbers or answers. The walk begins where a process sends a message and goes
on as a person would: from a message sent to the other end, from a message received to what it caused,
until it is back in the process it began in, or the capture knows no other end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hopscope.decode.event_table import EventFlag
from hopscope.decode.render import render_line
from hopscope.filters import compile_filter
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.trail import Candidate, effects, peers

PROGRAM = "fetch"
"""The program of the demo whose slowness is to be explained."""

MOST_HOPS = 16


@dataclass(frozen=True, slots=True)
class Step:
    """One hop: in which direction, and where it led."""

    direction: str
    found: Candidate


def follow(store: Store, start: int) -> list[Step]:
    """The hops from an event, always to the best candidate.

    Args:
        store: of the capture.
        start: event row that sends or receives something.
    """
    home = _process(store, start)
    steps: list[Step] = []
    seen = {start}
    row = start
    while len(steps) < MOST_HOPS:
        arrived = bool(steps) and steps[-1].direction == "peer"
        if arrived and _process(store, row) == home:
            break
        direction, found = ("effect", effects(store, row)) if arrived else ("peer", peers(store, row))
        fresh = [one for one in found if one.row not in seen]
        if not fresh:
            break
        steps.append(Step(direction, fresh[0]))
        row = fresh[0].row
        seen.add(row)
    return steps


def narrate(store: Store) -> Iterator[str]:
    """The walk, line by line."""
    sockets = _client_sockets(store)
    rows = store.rows_of_process(_process(store, sockets[0][0]))
    taken = (int(store.time[rows[-1]]) - int(store.time[rows[0]])) / 1e9
    yield f"{PROGRAM} was told to fetch a page and took {taken:.3f} s. Its sockets, and for how long:"
    yield ""
    for first, last in sockets:
        state = store.descriptor[last]
        seconds = (int(store.time[last]) - int(store.time[first])) / 1e9
        name = store.descriptors.name[state] if state != NONE else "?"
        yield f"  {seconds:8.3f} s  {store.descriptors.l4[state]}  {name}"
    longest = max(sockets, key=lambda pair: int(store.time[pair[1]]) - int(store.time[pair[0]]))
    for title, pair in (
        ("The first look-up", sockets[0]),
        ("The slowest look-up", longest),
        ("The page", sockets[-1]),
    ):
        yield ""
        yield from _chapter(store, title, _sending(store, pair))


def _chapter(store: Store, title: str, start: int) -> Iterator[str]:
    yield f"{title}, hop by hop:"
    yield ""
    yield f"  {render_line(store, start).strip()}"
    steps = follow(store, start)
    before = start
    for step in steps:
        later = (int(store.time[step.found.row]) - int(store.time[before])) / 1e6
        said = "the other end" if step.direction == "peer" else "which caused"
        yield f"  {said}, {later:+.3f} ms, score {step.found.score:.2f}:"
        yield f"    {render_line(store, step.found.row).strip()}"
        yield from (f"      - {reason}" for reason in step.found.evidence)
        before = step.found.row
    if not steps or _process(store, before) != _process(store, start):
        yield f"  and here it ends: {_silence(store, before)}"


def _silence(store: Store, row: int) -> str:
    """What became of the descriptor on which something was sent that reached nobody."""
    state = int(store.descriptor[row])
    if state == NONE:
        return "the capture holds no other end of this message."
    rows = store.rows_of_descriptor_life(int(store.descriptors.life[state]))
    later = rows[rows > row]
    reads = [one for one in later.tolist() if EventFlag.READS_FROM_FD in store.event_type(one).flags]
    name = store.descriptors.name[state]
    if any(store.size[one] > 0 for one in reads) or not len(later):
        return f"the capture holds no other end of what was sent on {name}."
    seconds = (int(store.time[later[-1]]) - int(store.time[row])) / 1e9
    return f"nothing ever came back on {name}, which was closed {seconds:.1f} s later."


def _process(store: Store, row: int) -> int:
    thread = int(store.thread[row])
    return int(store.threads.process[thread]) if thread != NONE else NONE


def _client_sockets(store: Store) -> list[tuple[int, int]]:
    """For each internet socket the program connected: event rows of its connect and of its close."""
    wanted = compile_filter(
        f"proc.name={PROGRAM} and evt.type in (connect, close) and evt.dir=< and fd.type=ipv4"
    )
    rows = np.flatnonzero(wanted.mask(store))
    lives: dict[int, list[int]] = {}
    for row in rows.tolist():
        lives.setdefault(int(store.descriptors.life[store.descriptor[row]]), []).append(row)
    return [(pair[0], pair[-1]) for pair in lives.values()]


def _sending(store: Store, pair: tuple[int, int]) -> int:
    """The first exit between connect and close with which the connecting thread sent something."""
    first, last = pair
    rows: Rows = store.rows_of_thread_life(int(store.threads.life[store.thread[first]]))
    between: list[int] = rows[(rows > first) & (rows < last)].tolist()
    for row in between:
        event = store.event_type(row)
        if event.is_exit and (EventFlag.WRITES_TO_FD in event.flags or event.name == "sendmmsg"):
            return row
    return first
