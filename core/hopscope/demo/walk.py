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
from hopscope.trail import Candidate, absence, effects, peers

PROGRAM = "fetch"
"""The program of the demo whose slowness is to be explained."""

MOST_HOPS = 16


@dataclass(frozen=True, slots=True)
class Step:
    """One hop.

    Attributes:
        direction: ``peer`` or ``effect``.
        found: where it led.
        silence: why the message before has no other end, where it was looked for in vain.
    """

    direction: str
    found: Candidate
    silence: str = ""


def follow(store: Store, start: int) -> list[Step]:
    """The hops from an event, always to the best candidate.

    Args:
        store: of the capture.
        start: event row that sends something.
    """
    home = _process(store, start)
    steps: list[Step] = []
    seen = {start}
    row = start
    while len(steps) < MOST_HOPS:
        received = bool(steps) and steps[-1].direction == "peer"
        if received and _process(store, row) == home:
            break
        step = _from_received(store, row) if received else _from_sent(store, row)
        if step is None or step.found.row in seen:
            break
        steps.append(step)
        row = step.found.row
        seen.add(row)
    return steps


def _from_received(store: Store, row: int) -> Step | None:
    found = effects(store, row)
    return Step("effect", found[0]) if found else None


def _from_sent(store: Store, row: int) -> Step | None:
    """To the other end, or to what the process did when nobody answered."""
    found = peers(store, row)
    if found:
        return Step("peer", found[0])
    found = effects(store, row)
    sent = EventFlag.WRITES_TO_FD in store.event_type(row).flags
    return Step("effect", found[0], absence(store, row) if sent else "") if found else None


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
        after = f"{later:+.3f} ms" if abs(later) < 1000 else f"{later / 1000:+.3f} s"
        if step.silence:
            yield f"  {step.silence}"
        said = "the other end" if step.direction == "peer" else "which caused"
        yield f"  {said}, {after}, score {step.found.score:.2f}:"
        yield f"    {render_line(store, step.found.row).strip()}"
        yield from (f"      - {reason}" for reason in step.found.evidence)
        before = step.found.row
    if not steps or _process(store, before) != _process(store, start):
        yield f"  and here it ends: {absence(store, before)}."


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
