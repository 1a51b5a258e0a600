"""Inside one process: what a message led to, and what led to it.

A received message leads to what the process then sends because of it, be it the answer on the same
connection or a request to somebody else. A sent request leads to what comes back on its connection, and
the end of a stream to its close alone.
The step next in the chain comes first: a server that asks another one before it answers is followed
through that question and its answer.
"""

from __future__ import annotations

from hopscope.conversation.transfers import ACCEPT, CONNECT, RECEIVE, SEND
from hopscope.store.store import Store
from hopscope.trail.candidate import MOST_CANDIDATES, Candidate, Evidence, duration
from hopscope.trail.chain import chain_of
from hopscope.trail.ends import closed_at_end, end_before, meets_end
from hopscope.trail.index import TrailIndex, index_of
from hopscope.trail.peers import Found, ranked
from hopscope.trail.replies import answers_to, requests_of
from hopscope.trail.unanswered import (
    closed_after,
    given_up,
    sent_again,
    sent_before,
)


def effects(store: Store, row: int) -> list[Candidate]:
    """What an event led to inside its process, best first; an enter event stands for its exit."""
    index = index_of(store)
    row = index.exit_row(row)
    chain = chain_of(index)
    found: Found = []
    messages = index.transfers.of_row(row)
    for message in messages:
        direction = int(index.transfers.direction[message])
        if meets_end(index, message):
            found.extend(closed_at_end(index, message))
        elif direction == RECEIVE:
            found.extend(chain.sent_because_of(message))
        elif direction == SEND:
            found.extend(_rows(index, answers_to(index, message)))
            found.extend(given_up(index, message))
            found.extend(sent_again(index, message))
        else:
            found.extend(_first_use(index, message, SEND if direction == CONNECT else RECEIVE))
    if not messages:
        found.extend(closed_after(index, row, forward=True))
        found.extend(chain.told_after(row))
    return ranked(index, row, found, MOST_CANDIDATES)


def causes(store: Store, row: int) -> list[Candidate]:
    """What led to an event inside its process, best first; the reverse of :func:`effects`."""
    index = index_of(store)
    row = index.exit_row(row)
    chain = chain_of(index)
    found: Found = []
    messages = index.transfers.of_row(row)
    for message in messages:
        direction = int(index.transfers.direction[message])
        if direction == RECEIVE:
            found.extend(_rows(index, requests_of(index, message)))
            found.extend(_opening_of(index, message, ACCEPT))
        elif direction in (SEND, CONNECT):
            found.extend(chain.received_before(message))
            found.extend(sent_before(index, message))
            found.extend(_opening_of(index, message, CONNECT))
    if not messages:
        found.extend(closed_after(index, row, forward=False))
        found.extend(end_before(index, row))
    return ranked(index, row, found, MOST_CANDIDATES)


def _rows(index: TrailIndex, found: list[tuple[int, Evidence]]) -> Found:
    return [(int(index.transfers.row[other]), evidence) for other, evidence in found]


def _first_use(index: TrailIndex, opening: int, direction: int) -> Found:
    """The first message over a connection that was just opened."""
    number = int(index.endpoint[opening])
    if number < 0:
        return []
    used = index.of_endpoint(number, direction)
    return [
        (int(index.transfers.row[one]), _opened(index, opening, one))
        for one in used[used > opening][:1].tolist()
    ]


def _opening_of(index: TrailIndex, message: int, direction: int) -> Found:
    """The connect or accept that opened the connection of its first message."""
    number = int(index.endpoint[message])
    if number < 0 or index.transfers.direction[message] == direction:
        return []
    used = index.of_endpoint(number, int(index.transfers.direction[message]))
    opened = index.of_endpoint(number, direction)
    opened = opened[opened < message][-1:]
    if not len(opened) or (used[used > opened[0]][:1] != message).any():
        return []
    opening = int(opened[0])
    return [(int(index.transfers.row[opening]), _opened(index, opening, message))]


def _opened(index: TrailIndex, opening: int, first: int) -> Evidence:
    evidence = Evidence()
    apart = duration(index.time(first) - index.time(opening))
    evidence.add("first use", f"the first message over the connection that was opened {apart} before")
    return evidence
