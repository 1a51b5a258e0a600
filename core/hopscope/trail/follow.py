"""Both sides of one connection joined: what each end said, in the order in which it was said.

The end that was asked for gives order and offsets. What it did not record is taken from the other end where
the capture has that too and the place of its bytes in the stream is sure. What neither holds is a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge

import numpy as np

from hopscope.conversation.addresses import Address, normal, shown
from hopscope.conversation.endpoints import BEFORE, SERVER, Endpoint
from hopscope.conversation.exchange import owner_at
from hopscope.conversation.streams import Piece
from hopscope.conversation.transfers import FILE, PIPE, RECEIVE, SEND, STREAMS
from hopscope.errors import UsageError
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.trail.index import TrailIndex, index_of
from hopscope.trail.streams import Flow, find_shift

MOST_STRETCHES = 50_000
"""Stretches of each direction that are joined; there are as many as calls that moved bytes."""

_LEAST_SURE = 0.5
"""Score of the other end from which on its bytes are used."""

THERE, BACK = 0, 1
"""Ways: from the client, or the writer, to the server; and back."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes that one call moved one way, or that are missing.

    Attributes:
        way: THERE or BACK.
        start: offset of the first one among all that went this way.
        size: how many there are.
        data: the bytes, None for a gap.
        row: event row that moved them.
        other_end: True where only the other end recorded them.
    """

    way: int
    start: int
    size: int
    data: bytes | None
    row: int
    other_end: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A connection.

    Attributes:
        label: its name.
        names: process or address of the two ends, the client's, or writer's, first.
        stretches: in the order in which they were moved.
        datagrams: True where each stretch is a message of its own.
        left_out: True where it has more stretches than MOST_STRETCHES.
        origin: event row that it was asked for by.
    """

    label: str
    names: tuple[str, str]
    stretches: list[Stretch]
    datagrams: bool
    left_out: bool
    origin: int

    def bytes_of(self, way: int) -> Iterator[bytes]:
        """All that went one way; what is missing as zero bytes."""
        return (
            one.data if one.data is not None else bytes(one.size) for one in self.stretches if one.way == way
        )

    def missing(self, way: int) -> int:
        """Bytes that went one way and that nobody recorded."""
        return sum(one.size for one in self.stretches if one.way == way and one.data is None)


def connection_row(store: Store, rows: Rows) -> int:
    """The first of these events that is about a connection, socket or pipe; -1 where none is."""
    index = index_of(store)
    for row in rows.tolist():
        if index.endpoint_at(int(store.descriptor[row])) != NONE or _transfer(index, row) != NONE:
            return int(row)
    return -1


def follow(store: Store, row: int) -> Followed:
    """The connection that an event is about, from its own end.

    Raises:
        UsageError: it is about none.
    """
    index = index_of(store)
    transfer = _transfer(index, row)
    number = int(index.endpoint[transfer]) if transfer != NONE else NONE
    if number == NONE:
        number = index.endpoint_at(int(store.descriptor[row]))
    if number == NONE:
        raise UsageError(f"event {store.number[row]} is about no connection, socket or pipe")
    mine = index.endpoints.rows[number]
    if mine.family in STREAMS:
        ways, yours = _stream(index, number, row)
    else:
        ways, yours = _datagrams(index, number, transfer), NONE
    sent, received = ways
    out = THERE if mine.side != SERVER else BACK
    both = [
        [replace(one, way=way) for one in part[:MOST_STRETCHES]]
        for part, way in ((sent, out), (received, 1 - out))
    ]
    joined = list(merge(*both, key=lambda one: one.row))
    names = _name(index, number, mine), _other_name(index, mine, yours)
    return Followed(
        label=mine.label,
        names=names if out == THERE else (names[1], names[0]),
        stretches=joined,
        datagrams=mine.family not in STREAMS,
        left_out=any(len(part) > MOST_STRETCHES for part in ways),
        origin=row,
    )


def _transfer(index: TrailIndex, row: int) -> int:
    """The first transfer of an event on a connection, NONE."""
    for transfer in index.transfers.of_row(index.exit_row(row)):
        if index.transfers.family[transfer] != FILE and index.endpoint[transfer] != NONE:
            return transfer
    return NONE


Ways = tuple[list[Stretch], list[Stretch]]


def _stream(index: TrailIndex, number: int, row: int) -> tuple[Ways, int]:
    """What an end of a stream sent and received, and the other end, NONE where it is not known."""
    mine = index.endpoints.rows[number]
    found = index.joiner.partners(number)
    yours = found[0][0] if found and found[0][1].score >= _LEAST_SURE else NONE
    if mine.family == PIPE:
        return (_direction(index, row, (number, SEND), (number, RECEIVE)), []), number
    sent = _direction(index, row, (number, SEND), (yours, RECEIVE))
    return (sent, _direction(index, row, (number, RECEIVE), (yours, SEND))), yours


def _direction(index: TrailIndex, row: int, mine: tuple[int, int], yours: tuple[int, int]) -> list[Stretch]:
    """The bytes that moved one way at my end, completed by those that the other end recorded."""
    streams = index.streams
    own = streams.side(*mine)
    shift = _shift(index, row, mine, yours)
    first, stop = 0, own.stop
    if shift is not None:
        other = streams.side(*yours)
        first, stop = min(first, shift), max(stop, other.stop + shift)
    out = [
        *_from_other(index, yours, first, 0, shift),
        *_own(index, mine, yours, shift),
        *_from_other(index, yours, own.stop, stop, shift),
    ]
    return _in_order([replace(one, start=one.start - first) for one in out])


def _own(
    index: TrailIndex, mine: tuple[int, int], yours: tuple[int, int], shift: int | None
) -> list[Stretch]:
    """What my end moved, its gaps filled from the other end."""
    streams, out = index.streams, list[Stretch]()
    for piece in streams.pieces(*mine, 0, streams.side(*mine).stop):
        row = int(index.transfers.row[piece.transfer])
        if piece.data is not None or shift is None:
            out.append(Stretch(0, piece.start, piece.size, piece.data, row))
        else:
            filled = _from_other(index, yours, piece.start, piece.start + piece.size, shift)
            out += [replace(one, row=row) for one in filled] or [
                Stretch(0, piece.start, piece.size, None, row)
            ]
        if len(out) > MOST_STRETCHES:
            break
    return out


def _from_other(
    index: TrailIndex, yours: tuple[int, int], start: int, stop: int, shift: int | None
) -> list[Stretch]:
    """Bytes ``[start, stop)`` of my end as the other end recorded them; what it does not know is a gap."""
    if shift is None or stop <= start:
        return []
    out: list[Stretch] = []
    at, row = start, NONE
    for piece in index.streams.pieces(*yours, start - shift, stop - shift):
        row = int(index.transfers.row[piece.transfer])
        if piece.start + shift > at:
            out.append(Stretch(0, at, piece.start + shift - at, None, row))
        out.append(_moved(piece, shift, row))
        at = piece.start + shift + piece.size
        if len(out) > MOST_STRETCHES:
            break
    if out and at < stop:
        out.append(Stretch(0, at, stop - at, None, row))
    return out


def _moved(piece: Piece, shift: int, row: int) -> Stretch:
    return Stretch(0, piece.start + shift, piece.size, piece.data, row, other_end=piece.data is not None)


def _shift(index: TrailIndex, row: int, mine: tuple[int, int], yours: tuple[int, int]) -> int | None:
    """My offset of a byte less the other end's; None where that is not sure, or there is no other end."""
    if yours[0] == NONE:
        return None
    own, other = index.streams.side(*mine), index.streams.side(*yours)
    if not len(other.transfer):
        return None
    ends = index.endpoints.rows[mine[0]], index.endpoints.rows[yours[0]]
    certain = all(end.first != BEFORE for end in ends)
    if not len(own.transfer):
        return 0
    sending = mine[1] == SEND
    sends, receives = (own, other) if sending else (other, own)
    found = find_shift(Flow(sends, receives, index.streams.payload), row, certain)
    if not found.sure:
        return None
    return found.value if sending else -found.value


def _in_order(stretches: list[Stretch]) -> list[Stretch]:
    """Stretches in the order of bytes, none of them before one that it follows."""
    latest, out = 0, []
    for one in stretches:
        latest = max(latest, one.row)
        out.append(one if one.row == latest else replace(one, row=latest))
    return out


def _datagrams(index: TrailIndex, number: int, transfer: int) -> Ways:
    """The datagrams of a socket; of one that talks to many those with the other end of the asked one."""
    store = index.store
    wanted = _peer(store, index, transfer) if transfer != NONE else None
    ways: list[list[Stretch]] = []
    for direction in (SEND, RECEIVE):
        out: list[Stretch] = []
        at = 0
        for one in index.streams.of_channel(number, direction).tolist():
            if wanted is not None and _peer(store, index, one) not in (wanted, None):
                continue
            row, size = int(index.transfers.row[one]), max(int(index.transfers.size[one]), 0)
            data = index.streams.payload(one)[:size]
            if data:
                out.append(Stretch(0, at, len(data), data, row))
            if size > len(data):
                out.append(Stretch(0, at + len(data), size - len(data), None, row))
            at += size
            if len(out) > MOST_STRETCHES:
                break
        ways.append(out)
    return ways[0], ways[1]


def _peer(store: Store, index: TrailIndex, transfer: int) -> Address | None:
    """The other end of a datagram."""
    ends = store.message_tuple(int(index.transfers.row[transfer]))
    if ends is None:
        return None
    return normal(ends[0] if index.transfers.direction[transfer] == RECEIVE else ends[1])


def _name(index: TrailIndex, number: int, endpoint: Endpoint) -> str:
    """The process that moved bytes at an end first, else its address."""
    rows = [index.transfers.row[index.of_endpoint(number, way)][:1] for way in (SEND, RECEIVE)]
    first = np.concatenate(rows)
    if len(first):
        owner = owner_at(index.store, int(first.min()))
        if owner.process:
            return f"{owner.process} {owner.pid}"
    own = endpoint.server if endpoint.side == SERVER else endpoint.client
    return shown(own) if own is not None else ""


def _other_name(index: TrailIndex, mine: Endpoint, yours: int) -> str:
    """The process at the other end, else the address."""
    if yours != NONE:
        name = _name(index, yours, index.endpoints.rows[yours])
        if name:
            return name
    other = mine.client if mine.side == SERVER else mine.server
    return shown(other) if other is not None else "the other end"
