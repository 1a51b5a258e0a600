"""From one end to the other: the event that moved the same bytes or opened the same connection."""

from __future__ import annotations

import numpy as np

from hopscope.conversation.endpoints import BEFORE
from hopscope.conversation.transfers import ACCEPT, CONNECT, EVENTFD, RECEIVE, SEND, STREAMS, TCP, UDP, UNIX
from hopscope.store.store import Store
from hopscope.trail.candidate import (
    LEAST_OF_BEST,
    LEAST_SCORE,
    MOST_PARTS,
    Candidate,
    Evidence,
    duration,
)
from hopscope.trail.datagrams import datagram_peers
from hopscope.trail.index import TrailIndex, index_of
from hopscope.trail.streams import (
    Flow,
    Overlap,
    find_shift,
    nearest_equal,
    overlaps_of_receive,
    overlaps_of_send,
)
from hopscope.trail.translated import translated_peers
from hopscope.trail.unix_datagrams import unix_datagram_peers
from hopscope.trail.unix_pairs import partners_of

LEAST_JOINED = 0.4
"""Ends joined by less than this must show equal bytes."""

Found = list[tuple[int, Evidence]]
"""Event rows and what speaks for them."""


def peers(store: Store, row: int) -> list[Candidate]:
    """The events at the other end of an event that moves bytes or connects, best first.

    An enter event stands for its exit. Empty for events of other kinds, failed calls, and where the other
    end is not in the capture; :func:`hopscope.trail.absence.absence` then says what was looked for.
    """
    index = index_of(store)
    row = index.exit_row(row)
    found: Found = []
    messages = index.transfers.of_row(row)
    for message in messages:
        found.extend(message_peers(index, message))
    if not messages:
        found.extend(_readers_of_end(index, row))
    return ranked(index, row, found)


def ranked(index: TrailIndex, row: int, found: Found, most: int = MOST_PARTS) -> list[Candidate]:
    """Candidates from event rows and evidence: each row once, best first, nearest first among equals."""
    best: dict[int, Evidence] = {}
    for other, evidence in found:
        if other != row and (other not in best or evidence.score > best[other].score):
            best[other] = evidence
    order = sorted(best, key=lambda other: (-round(best[other].score, 4), abs(other - row)))
    least = max(LEAST_SCORE, LEAST_OF_BEST * best[order[0]].score) if order else 0.0
    return [
        Candidate(other, int(index.store.number[other]), round(best[other].score, 4), best[other].words())
        for other in order[:most]
        if best[other].score >= least
    ]


def message_peers(index: TrailIndex, message: int) -> Found:
    """The other ends of one message, unordered."""
    columns = index.transfers
    direction, family = int(columns.direction[message]), int(columns.family[message])
    if direction in (CONNECT, ACCEPT):
        return _first_datagrams(index, message) if family == UDP else _openings(index, message, direction)
    if family == UDP:
        return _rows(index, datagram_peers(index, message))
    if family == EVENTFD:
        return _wakeups(index, message, direction)
    if family not in STREAMS:
        return []
    if columns.size[message] == 0 and direction == RECEIVE:
        return _ends_of_stream(index, message)
    found = _stream(index, message, direction)
    if not found and family == UNIX:
        found = _rows(index, unix_datagram_peers(index, message))
    if not found and family == TCP:
        found = _rows(index, translated_peers(index, message))
    return found


def _rows(index: TrailIndex, found: list[tuple[int, Evidence]]) -> Found:
    return [(int(index.transfers.row[other]), evidence) for other, evidence in found]


# --- streams -------------------------------------------------------------------------------------


def _stream(index: TrailIndex, message: int, direction: int) -> Found:
    """The messages that moved the same bytes at the other ends of a stream."""
    number = int(index.endpoint[message])
    if number < 0:
        return []
    found: Found = []
    for partner, joined in partners_of(index, number):
        sends = index.side(number if direction == SEND else partner, SEND)
        receives = index.side(partner if direction == SEND else number, RECEIVE)
        if not len(sends.transfer) or not len(receives.transfer):
            continue
        flow = Flow(sends, receives, index.payload)
        common, sure = _common(index, message, direction, flow, (number, partner))
        for place, one in enumerate(common):
            if joined.score < LEAST_JOINED and not one.equal:
                continue
            evidence = _overlap_evidence(index, message, flow, one, joined)
            if not sure:
                evidence.doubt(
                    "alignment unsure", "the position in the stream follows from sizes and order only"
                )
            if place:
                evidence.doubt("later part", "other messages moved the first of these bytes")
            other = receives.transfer[one.receive] if direction == SEND else sends.transfer[one.send]
            found.append((int(index.transfers.row[other]), evidence))
    return found


def _common(
    index: TrailIndex, message: int, direction: int, flow: Flow, ends: tuple[int, int]
) -> tuple[list[Overlap], bool]:
    """The messages of the other end with bytes in common, and whether their place in the stream is sure."""
    mine, yours = (index.endpoints.rows[end] for end in ends)
    certain = BEFORE not in (mine.first, yours.first)
    row = int(index.transfers.row[message])
    shift = find_shift(flow, row, certain)
    side, overlaps = (
        (flow.sends, overlaps_of_send) if direction == SEND else (flow.receives, overlaps_of_receive)
    )
    place = side.place(message)
    if place < 0:
        return [], False
    common = overlaps(flow, place, shift.value)
    if common or not index.payload(message):
        return common, shift.sure
    return nearest_equal(flow, place, direction == SEND), False


def _overlap_evidence(
    index: TrailIndex, message: int, flow: Flow, one: Overlap, joined: Evidence
) -> Evidence:
    sends, receives = flow.sends, flow.receives
    evidence = Evidence()
    evidence.merge(joined)
    size = int(index.transfers.size[message])
    start = max(0, int(sends.start[one.send]))
    part = f"all {size} bytes" if one.length == size else f"{one.length} of {size} bytes"
    evidence.add("stream offsets", f"{part}, by their position in the stream (from byte {start})")
    evidence.add("whole share", "", one.length / max(size, 1))
    if one.equal:
        evidence.add("payload equal", f"the {one.equal} recorded bytes are the same")
    apart = int(index.store.time[receives.row[one.receive]] - index.store.time[sends.row[one.send]])
    evidence.add("nearest in time", f"received {_when(apart)}", 1 / (1 + abs(apart) / 1_000_000))
    return evidence


def _when(apart: int) -> str:
    return f"{duration(apart)} {'later' if apart >= 0 else 'before the sending call returned'}"


def _wakeups(index: TrailIndex, message: int, direction: int) -> Found:
    """An eventfd adds up what is written until somebody reads it."""
    number = int(index.endpoint[message])
    columns = index.transfers
    row = int(columns.row[message])
    writes, reads = index.of_endpoint(number, SEND), index.of_endpoint(number, RECEIVE)
    if direction == SEND:
        after = reads[columns.row[reads] > columns.begin[message]][:1]
    else:
        earlier = reads[columns.row[reads] < row]
        since = int(columns.begin[earlier[-1]]) if len(earlier) else BEFORE
        after = writes[(columns.begin[writes] <= row) & (columns.row[writes] > since)][::-1]
    found: Found = []
    for other in after[:8].tolist():
        evidence = Evidence()
        evidence.add("same eventfd", "the same eventfd")
        evidence.add("nearest in time", _when(index.time(other) - index.time(message)))
        found.append((int(columns.row[other]), evidence))
    return found


# --- opening and closing -------------------------------------------------------------------------


def _openings(index: TrailIndex, message: int, direction: int) -> Found:
    """connect and accept of the same connection."""
    number = int(index.endpoint[message])
    if number < 0:
        return []
    found: Found = []
    for partner, joined in partners_of(index, number):
        if joined.score < LEAST_JOINED:
            continue
        others = index.of_endpoint(partner, ACCEPT if direction == CONNECT else CONNECT)
        for other in others[:1].tolist():
            evidence = Evidence()
            evidence.merge(joined)
            what = "accepted" if direction == CONNECT else "asked for"
            apart = duration(index.time(other) - index.time(message))
            evidence.add("opened it", f"{what} this connection, {apart} apart")
            found.append((int(index.transfers.row[other]), evidence))
    return found


def _first_datagrams(index: TrailIndex, message: int) -> Found:
    """Connecting a datagram socket sends nothing; the first thing sent over it leads to the other end."""
    number = int(index.endpoint[message])
    sends = index.of_endpoint(number, SEND) if number >= 0 else np.zeros(0, np.int64)
    found: Found = []
    for first in sends[sends > message][:1].tolist():
        for row, evidence in _rows(index, datagram_peers(index, first)):
            evidence.doubt(
                "sends nothing",
                f"connecting sends no datagram; this is what {index.number(first)} sent over it",
            )
            found.append((row, evidence))
    return found


def _ends_of_stream(index: TrailIndex, message: int) -> Found:
    """Who closed the other end, for a read that met the end of the stream."""
    number = int(index.endpoint[message])
    found: Found = []
    for partner, joined in partners_of(index, number):
        rows = index.closings(partner)
        before = rows[rows < index.transfers.row[message]]
        if partner == number:
            before = before[index.store.thread[before] != index.store.thread[index.transfers.row[message]]]
        for place, row in enumerate(before[::-1][:4].tolist()):
            evidence = Evidence()
            evidence.merge(joined)
            evidence.add(
                "end of stream",
                "closed the other end, so that there was nothing more to read",
                1 / (1 + place),
            )
            found.append((row, evidence))
    return found


def _readers_of_end(index: TrailIndex, row: int) -> Found:
    """The reads of size 0 that a close or shutdown led to at the other end."""
    descriptor = int(index.store.descriptor[row])
    number = index.endpoint_at(descriptor)
    if number < 0 or row not in index.closings(number):
        return []
    found: Found = []
    for partner, joined in partners_of(index, number):
        reads = index.of_endpoint(partner, RECEIVE)
        reads = reads[(index.transfers.size[reads] == 0) & (index.transfers.row[reads] > row)]
        for other in reads[:1].tolist():
            evidence = Evidence()
            evidence.merge(joined)
            evidence.add("end of stream", "met the end of the stream")
            found.append((int(index.transfers.row[other]), evidence))
    return found
