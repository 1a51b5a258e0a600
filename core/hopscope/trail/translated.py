"""Connections of which both ends were translated on the way, so that no address is left to compare.

Their messages are recognised by their bytes alone, among connections that have no other end in the
capture.
"""

from __future__ import annotations

import numpy as np

from hopscope.conversation.endpoints import EITHER
from hopscope.conversation.transfers import RECEIVE, SEND, TCP
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.index import TrailIndex

LONGEST_FLIGHT = 2_000_000_000
MOST_TRIED = 200

SHORTEST = 16
"""Fewer recorded bytes than this do not tell one connection from another."""


def translated_peers(index: TrailIndex, message: int) -> list[tuple[int, Evidence]]:
    """``(message, evidence)`` of messages with the same size and bytes on another lonely connection."""
    wanted = index.payload(message)
    number = int(index.endpoint[message])
    if len(wanted) < SHORTEST or number < 0 or index.joiner.partners(number):
        return []
    found: list[tuple[int, Evidence]] = []
    for other in _near(index, message):
        partner = int(index.endpoint[other])
        if index.payload(other) != wanted or index.joiner.partners(partner):
            continue
        mine, yours = index.endpoints.rows[number], index.endpoints.rows[partner]
        if partner == number or (mine.side == yours.side != EITHER):
            continue
        evidence = Evidence()
        evidence.add("payload equal", f"the same {int(index.transfers.size[message])} bytes")
        apart = index.time(other) - index.time(message)
        evidence.add("nearest in time", f"{duration(apart)} apart", 1 / (1 + abs(apart) / 1_000_000))
        evidence.doubt("no address in common", "no address is equal: both ends were translated")
        if found:
            evidence.doubt("another in between", "another message with these bytes is nearer")
        found.append((other, evidence))
    return found


def _near(index: TrailIndex, message: int) -> list[int]:
    """Messages of the same size that went the other way, nearest first."""
    columns = index.transfers
    sending = int(columns.direction[message]) == SEND
    others = index.of_family(TCP, RECEIVE if sending else SEND)
    others = others[(columns.size[others] == columns.size[message]) & (index.endpoint[others] >= 0)]
    if sending:
        others = others[columns.row[others] > columns.begin[message]]
    else:
        others = others[columns.begin[others] <= columns.row[message]][::-1]
    near = np.abs(index.store.time[columns.row[others]] - index.time(message)) <= LONGEST_FLIGHT
    nearest: list[int] = others[near][:MOST_TRIED].tolist()
    return nearest
