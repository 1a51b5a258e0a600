"""Requests to which nobody answered: given up, and asked again."""

from __future__ import annotations

from hopscope.conversation.endpoints import SERVER
from hopscope.conversation.transfers import RECEIVE, SEND
from hopscope.protocols.message import REQUEST
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.index import Indexes, TrailIndex
from hopscope.trail.replies import talks
from hopscope.trail.timing import soon

Found = list[tuple[int, Evidence]]

SHORTEST_REPEATED = 8
"""Fewer bytes than this are the same by chance."""

AT_ONCE = 20_000_000
"""ns within which somebody tells of a failure after giving up."""

MOST_TRIED = 400
MOST_REPEATS = 4


def given_up(index: TrailIndex, send: int) -> Found:
    """The close of a socket on which nothing came back after a message was sent."""
    if not talks(index, send) or not _asks(index, send):
        return []
    columns = index.transfers
    number, row = int(index.endpoint[send]), int(columns.row[send])
    closed = index.closings(number)
    closed = closed[closed > row][:1]
    received = index.of_endpoint(number, RECEIVE)
    if not len(closed) or ((columns.row[received] > row) & (columns.size[received] != 0)).any():
        return []
    evidence = Evidence()
    apart = int(index.store.time[closed[0]]) - index.time(send)
    evidence.add("gave up", f"nothing came back, the socket was closed {duration(apart)} later")
    return [(int(closed[0]), evidence)]


def sent_again(index: TrailIndex, send: int) -> Found:
    """The same bytes sent again by the same process because no answer had come."""
    own = _sends_of_process(index, send)
    return _repeats(index, send, own[own > send][:MOST_TRIED].tolist(), later=True)


def sent_before(index: TrailIndex, send: int) -> Found:
    """The same bytes as they were sent before, without an answer."""
    own = _sends_of_process(index, send)
    return _repeats(index, send, own[own < send][::-1][:MOST_TRIED].tolist(), later=False)


def closed_after(index: TrailIndex, row: int, forward: bool) -> Found:
    """Around a close of a socket: the request that had no answer, or what was sent again after it."""
    number = index.endpoint_at(int(index.store.descriptor[row]))
    if number < 0 or row not in index.closings(number):
        return []
    sends = index.of_endpoint(number, SEND)
    sends = sends[index.transfers.row[sends] < row][-1:]
    if not len(sends):
        return []
    send = int(sends[0])
    unanswered = [evidence for closed, evidence in given_up(index, send) if closed == row]
    if not unanswered:
        return []
    if not forward:
        return [(int(index.transfers.row[send]), unanswered[0])]
    return [one for one in sent_again(index, send) if one[0] > row]


def given_up_before(index: TrailIndex, send: int) -> list[int]:
    """Requests that the thread gave up just before it sent a message, latest first."""
    columns, store = index.transfers, index.store
    start = int(columns.start[send])
    closed = index.closings_between(start, store.time[start] - AT_ONCE)
    closed = closed[store.tid_key[closed] == store.tid_key[columns.row[send]]]
    return [asked for row in closed[::-1].tolist() for asked in _in_vain(index, row)]


def answered_after(index: TrailIndex, row: int) -> list[int]:
    """Messages that the thread of a close sent just after it."""
    store = index.store
    own = index.of_thread(int(store.thread_life[row]))
    own = own[(index.transfers.direction[own] == SEND) & (index.transfers.start[own] > row)]
    own = own[store.time[index.transfers.start[own]] <= store.time[row] + AT_ONCE]
    sends: list[int] = own[:MOST_REPEATS].tolist()
    return sends


def _in_vain(index: TrailIndex, row: int) -> list[int]:
    """The request on a socket that was closed without an answer."""
    number = index.endpoint_at(int(index.store.descriptor[row]))
    sends = index.of_endpoint(number, SEND)
    sends = sends[index.transfers.row[sends] < row][-1:].tolist()
    return [send for send in sends if any(closed == row for closed, _ in given_up(index, send))]


def first_asked(index: TrailIndex, send: int) -> int:
    """The first time that a request was made which was repeated without an answer."""
    before = sent_before(index, send)
    return min((index.transfers.of_row(row)[0] for row, _ in before), default=send)


def _sends_of_process(index: TrailIndex, send: int) -> Indexes:
    own = index.of_process(int(index.transfers.process[send]))
    sends: Indexes = own[index.transfers.direction[own] == SEND]
    return sends


def _repeats(index: TrailIndex, send: int, others: list[int], later: bool) -> Found:
    """Messages with the same bytes as one that was never answered."""
    payload = index.payload(send)
    size = int(index.transfers.size[send])
    if len(payload) < SHORTEST_REPEATED or not talks(index, send) or not _asks(index, send):
        return []
    found: Found = []
    for other in others:
        if (
            index.transfers.size[other] != size
            or index.transfers.family[other] != index.transfers.family[send]
        ):
            continue
        if index.payload(other) != payload:
            continue
        first, second = (send, other) if later else (other, send)
        if not _unanswered(index, first):
            continue
        apart = index.time(second) - index.time(first)
        evidence = Evidence()
        which = "are sent again" if later else "had been sent"
        evidence.add(
            "asked again",
            f"no answer came, the same {size} bytes {which} {duration(apart)} "
            f"{'later' if later else 'before'}",
        )
        evidence.add("soon", "", soon(apart))
        found.append((int(index.transfers.row[other]), evidence))
        if len(found) == MOST_REPEATS:
            break
    return found


def _asks(index: TrailIndex, send: int) -> bool:
    """Whether a message is a request: by its text, or as nothing says that it comes from a server's end."""
    said = index.decoded(send)
    if said is not None:
        return said.kind == REQUEST
    endpoint = index.endpoint_of(send)
    return endpoint is None or endpoint.side != SERVER


def _unanswered(index: TrailIndex, send: int) -> bool:
    """Whether nothing came back on the connection of a message before it was closed."""
    received = index.of_endpoint(int(index.endpoint[send]), RECEIVE)
    columns = index.transfers
    return not ((columns.row[received] > columns.row[send]) & (columns.size[received] != 0)).any()
