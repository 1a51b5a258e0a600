"""The messages of a capture as columns: what was asked and answered on every connection, and what was logged.

Only channels whose first recorded bytes look like a protocol are read. Each end of a connection is a
channel of its own, so a request shows up once as its client sent it and once as its server received it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, takewhile

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import normal
from hopscope.conversation.endpoints import Endpoint
from hopscope.conversation.keeping import kept_for_store
from hopscope.conversation.pairing import Pairing
from hopscope.conversation.reading import Channel, Read, read_channel
from hopscope.conversation.streams import Indexes, Piece, Streams, streams_of
from hopscope.conversation.transfers import FILE, PIPE, RECEIVE, SEND, TCP, UDP, UNIX
from hopscope.protocols import DECODERS, Part
from hopscope.protocols.dialogue import OPEN
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE
from hopscope.protocols.part import bytes_part, named
from hopscope.store.store import Store
from hopscope.store.tables import NONE

KINDS = (REQUEST, RESPONSE, NOTE)
"""What ``kind`` counts."""

PROTOCOLS = tuple(decoder.NAME for decoder in DECODERS)
"""What ``protocol`` counts."""

_KIND = {name: number for number, name in enumerate(KINDS)}
_PROTOCOL = {name: number for number, name in enumerate(PROTOCOLS)}

SHOWN_IN_FULL = 1 << 20
"""Bytes of a message that are read to show all of it."""

CHANNELS_A_REPORT = 16
MOST_PIECES = 512
"""Recorded and missing stretches of a message that are read to show all of it."""

SPEAKING = (TCP, UDP, UNIX, PIPE, FILE)
"""Families whose bytes are read."""

ONE_WAY = (PIPE, FILE)
"""Families in which nothing is answered: both directions are the same bytes, written and read."""


@dataclass(frozen=True, slots=True)
class Told:
    """Texts of a message.

    Attributes:
        summary: by itself in one line.
        subject: what a request is about.
        outcome: what a response says.
    """

    summary: str
    subject: str
    outcome: str


@dataclass(eq=False)
class Messages:
    """Columns, one entry a message, in the order of their first bytes.

    Attributes:
        store: the events.
        streams: the bytes that moved at each end.
        protocol: int8, place in :data:`PROTOCOLS`.
        kind: int8, place in :data:`KINDS`.
        channel: int32, channel of :class:`Streams`.
        direction: int8, RECEIVE or SEND.
        start, stop: int64, offsets of the first byte and behind the last one in that direction, or in the
            datagram; an end that was not seen is that of the direction, or the start of the next message.
        first, last: int64, transfers that moved the first and the last byte.
        partner: int32, the response to a request, the request of a response, NONE. Requests that were
            repeated before they were answered share a response; its partner is the first of them.
        repeats: int32, the request that this one asks again, NONE.
        status: int32, number of the outcome (HTTP status, DNS response code), -1.
        identifier: int64, number of the transaction, -1.
        failed: bool, whether a response, or a line of a log, tells a failure.
        cut: bool, whether bytes are missing that would tell more.
        texts: in words.
    """

    store: Store
    streams: Streams
    protocol: NDArray[np.int8]
    kind: NDArray[np.int8]
    channel: NDArray[np.int32]
    direction: NDArray[np.int8]
    start: Indexes
    stop: Indexes
    first: Indexes
    last: Indexes
    partner: NDArray[np.int32]
    repeats: NDArray[np.int32]
    status: NDArray[np.int32]
    identifier: Indexes
    failed: NDArray[np.bool_]
    cut: NDArray[np.bool_]
    texts: list[Told]

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def latency(self) -> Indexes:
        """int64, ns from the event that moved a request's first byte to the one that moved its response's.

        The same for both of a pair, -1 for messages without a partner.
        """
        time = self.store.time[self.streams.transfers.row[self.first]]
        paired = self.partner >= 0
        out = np.full(len(self), -1, np.int64)
        out[paired] = np.abs(time[self.partner[paired]] - time[paired])
        return out

    def exchanges(self, mask: NDArray[np.bool_] | None = None) -> Indexes:
        """The messages that stand for an exchange: all but responses to a request that is known.

        Args:
            mask: bool, one an event; only exchanges that one of these events moved bytes of.
        """
        heads = (self.kind != KINDS.index(RESPONSE)) | (self.partner == NONE)
        if mask is not None:
            moved = self._moved_by(mask)
            answered = np.append(moved, False)[self.partner]
            heads &= moved | answered
        return np.flatnonzero(heads)

    def _moved_by(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether one of these events, or its enter, moved bytes of each message."""
        passed = mask[self.streams.transfers.row]
        twin = self.store.twin[self.streams.transfers.row]
        passed |= (twin >= 0) & mask[twin]
        place, order = self.streams.places
        counts = np.concatenate([np.zeros(1, np.int64), np.cumsum(passed[order])])
        found: NDArray[np.bool_] = counts[place[self.last] + 1] > counts[place[self.first]]
        return found

    def of_row(self, row: int) -> list[int]:
        """The messages that an event moved bytes of, in their order; an enter event stands for its exit."""
        twin = int(self.store.twin[row])
        key, order = self._by_direction
        found: set[int] = set()
        for transfer in self.streams.transfers.of_row(twin if twin > row else row):
            wanted = int(self.streams.channel[transfer]) * 2 + int(self.streams.transfers.direction[transfer])
            near = order[slice(*np.searchsorted(key, (wanted, wanted + 1)).tolist())]
            covered = (self.first[near] <= transfer) & (self.last[near] >= transfer)
            found.update(near[covered].tolist())
        return sorted(found)

    @cached_property
    def _by_direction(self) -> tuple[Indexes, Indexes]:
        """Keys of channel and direction, ascending, and the messages in that order."""
        key = self.channel.astype(np.int64) * 2 + self.direction
        order = np.argsort(key, kind="stable")
        return key[order], order

    # --- one message -----------------------------------------------------------------------------

    def sentence(self, message: int) -> str:
        """``DNS A web.example -> NXDOMAIN``: a request and what came of it; the message alone for others."""
        told, partner = self.texts[message], int(self.partner[message])
        if KINDS[self.kind[message]] == RESPONSE and partner >= 0:
            return self.sentence(partner)
        if partner >= 0:
            return f"{told.subject or told.summary} -> {self.texts[partner].outcome}"
        if KINDS[self.kind[message]] == REQUEST:
            return f"{told.subject or told.summary} -> no answer"
        return f"{told.subject} -> {told.outcome}" if told.subject and told.outcome else told.summary

    def row(self, message: int) -> int:
        """Row of the event that moved its first byte."""
        return int(self.streams.transfers.row[self.first[message]])

    def rows(self, message: int) -> Indexes:
        """Rows of all events that moved bytes of it, ascending."""
        side = self.streams.of_channel(int(self.channel[message]), int(self.direction[message]))
        first, last = np.searchsorted(side, (self.first[message], self.last[message]))
        found: Indexes = self.streams.transfers.row[side[first : last + 1]]
        return found

    def pieces(self, message: int) -> list[Piece]:
        """Its bytes, with the gaps in them; offsets count from its first byte."""
        start, stop = int(self.start[message]), int(self.stop[message])
        transfer = int(self.first[message])
        if self.streams.transfers.family[transfer] == UDP:
            data = self.streams.payload(transfer)[start:stop]
            found = [Piece(0, len(data), data, transfer)] if data else []
            missing = stop - start - len(data)
            return [*found, Piece(len(data), missing, None, transfer)] if missing > 0 else found
        stop = min(stop, start + SHOWN_IN_FULL)
        channel, direction = int(self.channel[message]), int(self.direction[message])
        return [
            replace(piece, start=piece.start - start)
            for piece in islice(self.streams.pieces(channel, direction, start, stop), MOST_PIECES)
        ]

    def parts(self, message: int) -> list[Part]:
        """All of it for a person: what its decoder says, and what follows after a gap as bytes."""
        pieces = self.pieces(message)
        known = list(takewhile(lambda piece: piece.data is not None, pieces))
        payload = b"".join(piece.data or b"" for piece in known)
        out = DECODERS[self.protocol[message]].parts(payload) if payload else []
        if payload and not out:
            out = [bytes_part("Bytes", payload)]
        for piece in pieces[len(known) :]:
            if piece.data is None:
                out.append(
                    named(f"{piece.size:,} bytes from byte {piece.start:,} that were not recorded", [])
                )
            else:
                out.append(bytes_part(f"From byte {piece.start:,}", piece.data))
        left = int(self.stop[message] - self.start[message]) - sum(piece.size for piece in pieces)
        if left > 0:
            out.append(named(f"{left:,} more bytes", []))
        return out


class _Building:
    """Columns while they grow, in the order in which channels are read."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.rows: list[tuple[int, ...]] = []
        self.texts: list[Told] = []
        self.partner: dict[int, int] = {}
        self.repeats: dict[int, int] = {}

    def add(self, number: int, family: int, transfers: Indexes) -> None:
        """The messages of a channel."""
        channel = Channel.of(self.streams, number, family, transfers)
        found = read_channel(channel)
        if not found:
            return
        pairing = None
        if family not in ONE_WAY:
            pairing = Pairing(
                lambda side: self.streams.of_channel(number, side),
                lambda read: self._partner(channel.endpoint, read),
            )
        for read in found:
            one, message = read.found, read.found.message
            if pairing is not None:
                pairing.add(len(self.rows), read)
            self.rows.append((
                _PROTOCOL[message.protocol], _KIND[message.kind], number, one.side, one.start, one.stop,
                read.seen if read.datagram else NONE, message.status,
                NONE if message.identifier is None else message.identifier, message.failed, one.cut,
            ))  # fmt: skip
            self.texts.append(Told(message.summary, message.subject, message.outcome))
        if pairing is not None:
            self.partner |= pairing.request | pairing.response
            self.repeats |= pairing.repeats

    def _partner(self, endpoint: Endpoint | None, read: Read) -> Hashable:
        """Who is at the other end of a datagram on a socket that talks to many; else None."""
        if not read.datagram or (endpoint is not None and endpoint.client is not None):
            return None
        ends = self.streams.store.message_tuple(int(self.streams.transfers.row[read.seen]))
        if ends is None:
            return None
        other = normal(ends[0] if read.found.side == RECEIVE else ends[1])
        return other if other[1] else None

    def column(self, numbers: dict[int, int], place: Indexes) -> NDArray[np.int32]:
        """A column of numbers of messages, all of them changed to their final places."""
        out = np.full(len(place), NONE, np.int32)
        if numbers:
            of, to = (place[np.fromiter(part, np.int64)] for part in (numbers.keys(), numbers.values()))
            out[of] = to
        return out


@kept_for_store
def messages_of(store: Store, report: Callable[[float], None] | None = None) -> Messages:
    """The messages of a store, read on the first call; any thread may ask.

    Args:
        store: the events.
        report: told now and then how much of the work is done, 0 to 1.
    """
    streams = streams_of(store)
    building = _Building(streams)
    for count, (number, family, transfers, done) in enumerate(_channels(streams)):
        building.add(number, family, transfers)
        if report is not None and not count % CHANNELS_A_REPORT:
            report(done)
    table = np.array(building.rows, np.int64).reshape(len(building.rows), 11)
    channel, direction, start, stop, datagram = (
        table[:, 2],
        table[:, 3],
        table[:, 4],
        table[:, 5],
        table[:, 6],
    )
    whole = datagram == NONE
    stop = _ends(streams, channel, direction, start, stop, datagram)
    first, last = datagram.copy(), datagram.copy()
    at = streams.transfers_of_bytes
    first[whole] = at(channel[whole], direction[whole], start[whole])
    last[whole] = at(channel[whole], direction[whole], np.maximum(start, stop - 1)[whole])
    order = np.lexsort((start, first))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    table = table[order]
    return Messages(
        store=store,
        streams=streams,
        protocol=table[:, 0].astype(np.int8),
        kind=table[:, 1].astype(np.int8),
        channel=table[:, 2].astype(np.int32),
        direction=table[:, 3].astype(np.int8),
        start=table[:, 4],
        stop=stop[order],
        first=first[order],
        last=last[order],
        partner=building.column(building.partner, place),
        repeats=building.column(building.repeats, place),
        status=table[:, 7].astype(np.int32),
        identifier=table[:, 8],
        failed=table[:, 9].astype(np.bool_),
        cut=table[:, 10].astype(np.bool_),
        texts=[building.texts[i] for i in order.tolist()],
    )


def _ends(
    streams: Streams, channel: Indexes, direction: Indexes, start: Indexes, stop: Indexes, datagram: Indexes
) -> Indexes:
    """``stop`` with the ends that were not seen: the next message of the direction, or the end of that."""
    is_open = stop == OPEN
    alone = is_open & (datagram != NONE)
    stop = stop.copy()
    stop[alone] = streams.transfers.size[datagram[alone]]
    order = np.lexsort((start, datagram, direction, channel))
    following, here = order[1:], order[:-1]
    same = (channel[following] == channel[here]) & (direction[following] == direction[here])
    until = streams.bytes_moved(channel, direction)
    until[here[same]] = start[following[same]]
    cut = is_open & ~alone
    stop[cut] = np.maximum(until, start)[cut]
    return stop


def _channels(streams: Streams) -> Iterator[tuple[int, int, Indexes, float]]:
    """Channels with recorded bytes of a family that can speak: number, family, transfers, share so far.

    Of files only what was written is a message to somebody.
    """
    columns = streams.transfers
    usable = (streams.channel >= 0) & np.isin(columns.family, SPEAKING) & (columns.direction <= SEND)
    usable &= (columns.family != FILE) | (columns.direction == SEND)
    usable &= (columns.size > 0) | (streams.recorded > 0)
    chosen = np.flatnonzero(usable)
    chosen = chosen[np.argsort(streams.channel[chosen], kind="stable")]
    channel = streams.channel[chosen]
    bounds = np.flatnonzero(np.diff(channel, prepend=NONE, append=NONE))
    recorded = np.concatenate([np.zeros(1, np.int64), np.cumsum(streams.recorded[chosen] > 0)])
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if recorded[end] > recorded[begin]:
            members = chosen[begin:end]
            yield int(channel[begin]), int(columns.family[members[0]]), members, end / len(chosen)
