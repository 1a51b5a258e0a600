"""Matching datagrams: each one is received whole, by whoever its own addresses say.

Addresses may be wildcards (a server bound to ``:::53`` receives ``client->*:53``), translated on the way, or
not recorded at all. Equal bytes then decide, and where not even these were recorded, the answer that
came back to the sender.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from hopscope.conversation.addresses import Address, fits, is_own, known, shown
from hopscope.conversation.transfers import CONNECT, EVENTFD, RECEIVE, SEND, UNKNOWN_SIZE
from hopscope.protocols.message import RESPONSE
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.index import Indexes, TrailIndex

LONGEST_FLIGHT = 10_000_000_000
"""ns between sending and receiving a datagram, at most; it may lie in the receiver's queue."""

MOST_TRIED = 1000
"""So many datagrams of the other direction are looked at."""

ANSWERS_TRIED = 32


def datagram_peers(index: TrailIndex, message: int) -> list[tuple[int, Evidence]]:
    """``(message, evidence)`` of the datagrams at the other end, unordered."""
    sending = int(index.transfers.direction[message]) != RECEIVE
    found = []
    for other in _near(index, message, sending).tolist():
        send, receive = (message, other) if sending else (other, message)
        evidence = _match(index, send, receive)
        if evidence is not None:
            found.append((other, evidence))
    _mark_order(index, message, found, sending)
    return found


def _near(index: TrailIndex, message: int, sending: bool) -> Indexes:
    """Datagrams of the other direction that can be the other end by time and size, nearest first."""
    columns = index.transfers
    family = int(columns.family[message])
    others = index.of_family(family, RECEIVE if sending else SEND)
    row = int(columns.row[message])
    if sending:
        first = int(np.searchsorted(columns.row[others], int(columns.begin[message])))
        others = others[first:]
        late = index.store.time[columns.row[others]] > index.time(message) + LONGEST_FLIGHT
    else:
        others = others[columns.begin[others] <= row][::-1]
        late = index.store.time[columns.row[others]] < index.time(message) - LONGEST_FLIGHT
    others = others[~late]
    size = int(columns.size[message])
    if size != UNKNOWN_SIZE:
        sizes = columns.size[others]
        others = others[(sizes == size) | (sizes == UNKNOWN_SIZE)]
    return others[:MOST_TRIED]


def _match(index: TrailIndex, send: int, receive: int) -> Evidence | None:
    """What speaks for these two being one datagram; None when they cannot be."""
    evidence = Evidence()
    sent, got = index.ends(send), index.ends(receive)
    if sent is None or got is None or not _match_ends(evidence, sent, got):
        return None
    if not _match_hosts(evidence, index, send, receive, sent, got):
        return None
    if index.transfers.inferred[send]:
        evidence.add("inferred socket", "the call's own socket was not recorded; its thread used this one")
    one, two = index.payload(send), index.payload(receive)
    both = min(len(one), len(two))
    size = int(index.transfers.size[receive])
    if both:
        if one[:both] != two[:both]:
            return None
        evidence.add("payload equal", f"the same {size} bytes")
    elif int(index.transfers.size[send]) == size:
        evidence.add("size equal", f"the same size, {size} bytes")
    if not one and not _match_answer(evidence, index, send, receive):
        return None
    return evidence


def _match_ends(evidence: Evidence, sent: tuple[Address, Address], got: tuple[Address, Address]) -> bool:
    """Compare who sent to whom as both ends tell it; False where it cannot be the same datagram."""
    source_equal = known(sent[0]) and sent[0] == got[0]
    target_equal = known(sent[1]) and sent[1] == got[1]
    source_fits, target_fits = fits(sent[0], got[0]), fits(sent[1], got[1])
    words = f"sent as {shown(sent[0])}->{shown(sent[1])}"
    if source_equal and target_equal:
        evidence.add("same tuple", f"both ends are {shown(sent[0])}->{shown(sent[1])}")
    elif source_equal or target_equal:
        equal = sent[0] if source_equal else sent[1]
        one, two = (sent[1], got[1]) if source_equal else (sent[0], got[0])
        fitting = fits(one, two)
        how = "received" if fitting else "translated on the way, received"
        evidence.add("client end equal", f"{shown(equal)} at both ends: {words}, {how} as {_ends(got)}")
        # A translation leaves the port, or it is the server's address that changed and not the client's.
        return fitting or one[1] == two[1] or equal[1] > max(one[1], two[1])
    elif source_fits and target_fits and (sent[1][1] == got[1][1] != 0 or sent[0][1] == got[0][1] != 0):
        evidence.add("ports fit", f"{words}, received as {_ends(got)}")
    else:
        return False
    return True


def _match_hosts(
    evidence: Evidence,
    index: TrailIndex,
    send: int,
    receive: int,
    sent: tuple[Address, Address],
    got: tuple[Address, Address],
) -> bool:
    """False where the two are on different machines and nothing but wildcards and own addresses fit."""
    here, there = (int(index.store.host[index.transfers.row[one]]) for one in (send, receive))
    if here == there:
        return True
    equal = [one for one, two in zip(sent, got, strict=True) if known(one) and one == two]
    if not equal or any(is_own(end[0]) for end in (*sent, *got) if end[0]):
        return False
    hosts = index.store.hosts
    evidence.add("other machine", f"sent on {hosts[here].name}, received on {hosts[there].name}")
    return True


def _ends(ends: tuple[Address, Address]) -> str:
    return f"{shown(ends[0])}->{shown(ends[1])}"


def _match_answer(evidence: Evidence, index: TrailIndex, send: int, receive: int) -> bool:
    """Where the sent bytes are not recorded: whether an answer to what was received came back to the sender.

    False where the answer went to somebody else.
    """
    asked = index.decoded(receive)
    number = asked.identifier if asked is not None else None
    if number is not None and _came_back(evidence, index, send, receive, number):
        return True
    sent = index.ends(send)
    if sent is None or not known(sent[0]):
        return True
    answers = index.of_endpoint(int(index.endpoint[receive]), SEND)
    after = answers[index.transfers.start[answers] > index.transfers.row[receive]][:ANSWERS_TRIED]
    for answer in after.tolist():
        ends = index.ends(answer)
        if number is not None:
            said = index.decoded(answer)
            if said is None or said.kind != RESPONSE or said.identifier != number:
                continue
        if ends is not None and ends[1] == sent[0]:
            evidence.add(
                "answer came back", f"the receiver answered {shown(sent[0])} ({index.number(answer)})"
            )
            return True
        if number is not None and ends is not None and known(ends[1]):
            return False
    return True


def _came_back(evidence: Evidence, index: TrailIndex, send: int, receive: int, number: int) -> bool:
    """Whether the sender received a response with the transaction number of what was received."""
    came = index.of_endpoint(int(index.endpoint[send]), RECEIVE)
    came = came[np.searchsorted(index.transfers.row[came], int(index.transfers.row[receive])) :][
        :ANSWERS_TRIED
    ]
    for answer in came.tolist():
        said = index.decoded(answer)
        if said is not None and said.kind == RESPONSE and said.identifier == number:
            words = f"its answer with the same id 0x{number:04x} came back to the sender"
            evidence.add("answer came back", f"{words} ({index.number(answer)})")
            return True
    return False


def _mark_order(index: TrailIndex, message: int, found: list[tuple[int, Evidence]], sending: bool) -> None:
    """What the order of datagrams tells: the nearest one is meant, but a batch ends with its last one."""
    if not found:
        return
    if sending:
        found.sort(key=lambda one: one[0])
        _mark_batch(index, message, found)
    else:
        found.sort(key=lambda one: -one[0])
        for other, evidence in found[1:]:
            if not index.payload(other):
                evidence.doubt("another in between", "something else was sent on the socket in between")
    for other, evidence in found:
        near = abs(index.time(other) - index.time(message))
        evidence.add("nearest in time", f"{duration(near)} apart", 1 / (1 + near / 1_000_000))


def _mark_batch(index: TrailIndex, send: int, found: list[tuple[int, Evidence]]) -> None:
    """One call may have sent several datagrams whose number was not recorded.

    All that were received before the sender used the socket again can be its own. Those that the receiver
    took one after the other, before it did anything about them, count as one: the last of these is the one
    after which it went to work.
    """
    if index.transfers.size[send] != UNKNOWN_SIZE:
        return
    sends = index.of_endpoint(int(index.endpoint[send]), SEND)
    later = sends[sends > send]
    until = int(index.transfers.start[later[0]]) if len(later) else len(index.store)
    batch = [one for one in found if index.transfers.row[one[0]] < until and one[1].factor == 1]
    for other, evidence in found:
        if index.transfers.row[other] >= until:
            evidence.doubt("another in between", "something else was sent on the socket in between")
    best = max((evidence.score for _, evidence in batch), default=0.0)
    members = [one for one in batch if one[1].score > best - 0.05]
    leader = _before_work(index, [other for other, _ in members])
    for place, (_, evidence) in enumerate(members):
        if place != leader:
            at_work = f"the receiver went to work after {index.number(members[leader][0])}"
            words = f"datagram {place + 1} of {len(members)} of this call; {at_work}"
            evidence.doubt("another of a batch", words)


def _before_work(index: TrailIndex, received: list[int]) -> int:
    """The place of the last datagram before the first thing that a receiver sent, of ascending messages."""
    columns = index.transfers
    for place, (one, following) in enumerate(pairwise(received)):
        own = index.of_process(int(columns.process[one]))
        between = own[(columns.start[own] > columns.row[one]) & (columns.start[own] < columns.row[following])]
        works = np.isin(columns.direction[between], (SEND, CONNECT)) & (columns.family[between] != EVENTFD)
        if works.any():
            return place
    return len(received) - 1
