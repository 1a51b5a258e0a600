"""Which unix sockets talk to each other where the capture does not tell.

The list of descriptors gives a socket's own kernel address and not that of its peer, so connections
that were there before the capture began are recognised by what goes through them: the bytes that
one of them sends are received on the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from functools import lru_cache

import numpy as np

from hopscope.conversation.transfers import RECEIVE, SEND, UNIX
from hopscope.trail.candidate import Evidence
from hopscope.trail.index import TrailIndex

COMPARED = 64
"""Bytes of a message that are compared; of shorter ones the length too."""

SHORTEST = 3
ENOUGH = 16
"""So many equal bytes in all make a pair."""

MOST_MESSAGES = 20_000
LONGEST_FLIGHT = 5_000_000_000
MOST_PARTNERS = 3

Partners = tuple[tuple[int, Evidence], ...]


def partners_of(index: TrailIndex, endpoint: int) -> Partners:
    """``(endpoint, evidence)`` of the other ends, from addresses or else from the bytes, best first."""
    found = index.joiner.partners(endpoint)
    if found or index.endpoints.rows[endpoint].family != UNIX:
        return found
    return _learned(index).get(endpoint, ())


@lru_cache(maxsize=2)
def _learned(index: TrailIndex) -> dict[int, Partners]:
    """The partners of unix sockets whose peer is not recorded."""
    weights = _coincidences(index)
    by_endpoint: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for (one, other), weight in weights.items():
        if weight >= ENOUGH:
            by_endpoint[one].append((weight, other))
            by_endpoint[other].append((weight, one))
    learned: dict[int, Partners] = {}
    for endpoint, found in by_endpoint.items():
        found.sort(key=lambda one: (-one[0], one[1]))
        learned[endpoint] = tuple(
            (other, _evidence(weight, found[0][0])) for weight, other in found[:MOST_PARTNERS]
        )
    return learned


def _evidence(weight: int, most: int) -> Evidence:
    evidence = Evidence()
    evidence.add(
        "bytes pair them", "messages with the same bytes pair the two sockets", weight / max(most, COMPARED)
    )
    return evidence


def _coincidences(index: TrailIndex) -> Counter[tuple[int, int]]:
    """Equal bytes sent on one socket and received on another, for each pair of sockets."""
    columns, time = index.transfers, index.store.time
    alone = np.array([len(endpoint.pointers) < 2 for endpoint in index.endpoints.rows], np.bool_)
    wanted = np.flatnonzero((columns.family == UNIX) & (columns.size >= SHORTEST) & (index.endpoint >= 0))
    wanted = wanted[alone[index.endpoint[wanted]]][:MOST_MESSAGES]
    received: defaultdict[tuple[int, int, bytes], list[int]] = defaultdict(list)
    for message in wanted[columns.direction[wanted] == RECEIVE].tolist():
        received[_key(index, message)].append(message)
    weights: Counter[tuple[int, int]] = Counter()
    for message in wanted[columns.direction[wanted] == SEND].tolist():
        key = _key(index, message)
        others = received.get(key, [])
        place = bisect_left(others, int(columns.begin[message]), key=lambda other: int(columns.row[other]))
        for other in others[place : place + MOST_PARTNERS]:
            mine, yours = int(index.endpoint[message]), int(index.endpoint[other])
            late = time[columns.row[other]] - time[columns.row[message]] > LONGEST_FLIGHT
            if mine != yours and not late and len(key[2]) >= SHORTEST:
                weights[min(mine, yours), max(mine, yours)] += len(key[2])
                break
    return weights


def _key(index: TrailIndex, message: int) -> tuple[int, int, bytes]:
    """What is compared of a message: its run, its first bytes, and its size where these are all."""
    payload = index.payload(message)[:COMPARED]
    size = 0 if len(payload) == COMPARED else int(index.transfers.size[message])
    return int(index.run[message]), size, payload
