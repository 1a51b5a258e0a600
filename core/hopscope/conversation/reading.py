"""Decoders at work: the transfers of one channel, handed to the decoder that knows its first bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hopscope.conversation.endpoints import BEFORE, CLIENT, SERVER
from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import FILE, PIPE, RECEIVE, SEND, TCP, UDP, UNIX
from hopscope.protocols import DATAGRAM_DECODERS, DECODERS, LINE_DECODERS, Decoder, decoder_for
from hopscope.protocols.dialogue import Dialogue, Found
from hopscope.protocols.reader import GapError, Reader, Wait

SNIFFED = 512
"""Bytes of a transfer by which a protocol is recognised."""

TRIES = 8
"""Transfers of a channel that are looked at for a protocol."""

TRIES_BEFORE = 64
"""As many of a channel that was open before the capture began, and so may be in the middle of something."""

SPEAKING = (TCP, UDP, UNIX, PIPE, FILE)


@dataclass(slots=True)
class Read:
    """A message of a channel.

    Attributes:
        decoder: who read it.
        found: what it says and where it lies in its direction.
        transfer: the datagram that it is, -1 in a stream.
    """

    decoder: Decoder
    found: Found
    transfer: int = -1


def read_channel(streams: Streams, channel: int, family: int) -> list[Read]:
    """The messages of a channel; none where its first bytes are of no known protocol."""
    if family not in SPEAKING:
        return []
    order = _both_ways(streams, channel, family)
    first = _first_known(streams, channel, family, order)
    if first is None:
        return []
    place, decoder = first
    if family == UDP or (family == UNIX and decoder in LINE_DECODERS):
        among = DATAGRAM_DECODERS if family == UDP else LINE_DECODERS
        return list(_datagrams(streams, order[place:], among))
    among = LINE_DECODERS if family == FILE else DECODERS
    return _Conversation(streams, channel, decoder, among).read(order[place:])


def _both_ways(streams: Streams, channel: int, family: int) -> Indexes:
    """The transfers that moved bytes, in order; of files only what was written."""
    order = streams.of_channel(channel, SEND)
    if family != FILE:
        order = np.sort(np.concatenate([streams.of_channel(channel, RECEIVE), order]))
    found: Indexes = order[(streams.transfers.size[order] > 0) | (streams.recorded[order] > 0)]
    return found


def _first_known(streams: Streams, channel: int, family: int, order: Indexes) -> tuple[int, Decoder] | None:
    """Place of the first transfer that begins as some protocol does, and its decoder."""
    before = channel < len(streams.endpoints.rows) and streams.endpoints.rows[channel].first == BEFORE
    among = DATAGRAM_DECODERS if family == UDP else LINE_DECODERS if family == FILE else DECODERS
    recorded = np.flatnonzero(streams.recorded[order] > 0)
    for place in recorded[: TRIES_BEFORE if before else TRIES].tolist():
        decoder = decoder_for(streams.payload(int(order[place]), SNIFFED), among)
        if decoder is not None:
            return place, decoder
    return None


def _datagrams(streams: Streams, order: Indexes, among: tuple[Decoder, ...]) -> Iterator[Read]:
    """Each datagram by itself."""
    directions = streams.transfers.direction[order].tolist()
    for transfer, side, size in zip(
        order.tolist(), directions, streams.transfers.size[order].tolist(), strict=True
    ):
        payload = streams.payload(transfer)
        decoder = decoder_for(payload[:SNIFFED], among)
        if decoder is None:
            continue
        dialogue = Dialogue()
        direction = _Direction(Reader(datagram=True), side)
        direction.begin(decoder, dialogue)
        direction.give(payload, max(0, size - len(payload)))
        direction.end()
        for found in dialogue.found:
            yield Read(decoder, found, transfer)


class _Direction:
    """One direction and the decoder's generator that reads it; None while the place in it is lost."""

    def __init__(self, reader: Reader, side: int) -> None:
        self.reader = reader
        self.side = side
        self.running: Wait | None = None
        self.gave_up = False

    def begin(self, decoder: Decoder, dialogue: Dialogue) -> None:
        """Let a decoder read from here."""
        self.running = decoder.read(self.reader, self.side, dialogue)

    def give(self, data: bytes, missing: int) -> None:
        """Hand on recorded bytes, and how many follow that are not recorded."""
        if data:
            self.reader.feed(data)
            self._run()
        if missing and self.running is not None:
            self.reader.gap(missing)
            self._run()

    def end(self) -> None:
        """Say that nothing more comes."""
        self.reader.end()
        self._run()

    def _run(self) -> None:
        if self.running is None:
            return
        try:
            next(self.running)
        except GapError:
            self.running = None
        except StopIteration:
            self.running, self.gave_up = None, True


class _Conversation:
    """A stream in both directions.

    Where a direction is lost it goes on at the next transfer that begins as a message does, or that is the
    first one after the other side spoke. A decoder that leaves a connection, because another protocol
    follows in it, hands over to the one that knows what comes then.
    """

    def __init__(self, streams: Streams, channel: int, decoder: Decoder, among: tuple[Decoder, ...]) -> None:
        self.streams = streams
        self.among = among
        self.sides = [streams.side(channel, side) for side in (RECEIVE, SEND)]
        self.decoder = decoder
        self.dialogue = Dialogue(client=self._client(channel))
        self.directions: list[_Direction | None] = [None, None]
        self.lost = [False, False]
        self.begun = False
        self.tries = TRIES
        self.out: list[Read] = []
        self.taken = 0

    def _client(self, channel: int) -> int | None:
        """The direction in which questions go, where the connection tells it."""
        if channel >= len(self.streams.endpoints.rows):
            return None
        side = self.streams.endpoints.rows[channel].side
        return {CLIENT: SEND, SERVER: RECEIVE}.get(side)

    def read(self, order: Indexes) -> list[Read]:
        """The messages in these transfers."""
        columns = self.streams.transfers
        sizes, sides = columns.size[order].tolist(), columns.direction[order].tolist()
        last = -1
        for transfer, size, side in zip(order.tolist(), sizes, sides, strict=True):
            if size > 0:
                self._give(transfer, size, side, turned=side != last)
                last = side
        for one in self.directions:
            if one is not None:
                one.end()
        self._take()
        return self.out

    def _give(self, transfer: int, size: int, side: int, turned: bool) -> None:
        """Hand a transfer to the decoder; to the next one where the first leaves it untouched."""
        data = self.streams.payload(transfer, size)
        offset = int(self.sides[side].start[self.sides[side].place(transfer)])
        for _ in range(2):
            one = self.directions[side]
            if one is None or one.running is None:
                if not data or not self._goes_on(data, one, turned):
                    self.lost[side] = True
                    return
                one = self.directions[side] = _Direction(Reader(offset), side)
                one.begin(self.decoder, self.dialogue)
                self.begun = True
            before = len(self.dialogue.found)
            one.give(data, size - len(data))
            if self.lost[side] and len(self.dialogue.found) > before:
                self.dialogue.found[before].resumed = True
                self.lost[side] = False
            if one.running is None:
                self.lost[side] = True
            if not one.gave_up or one.reader.position != offset:
                return

    def _goes_on(self, data: bytes, one: _Direction | None, turned: bool) -> bool:
        """Whether a direction can be read from here, by this decoder or by another that follows it."""
        head = data[:SNIFFED]
        if self.decoder.sniff(head):
            return True
        if one is not None and one.gave_up:
            return self._switched(head)
        # A side that has not spoken yet begins with what only its protocol's order explains.
        return self.begun and (one is None or turned)

    def _switched(self, head: bytes) -> bool:
        """Whether another decoder knows what follows; it then reads both directions."""
        if self.tries <= 0:
            return False
        self.tries -= 1
        decoder = decoder_for(head, self.among)
        if decoder is None:
            return False
        self._take()
        self.decoder, self.dialogue = decoder, Dialogue(client=self.dialogue.client)
        self.directions = [None, None]
        self.taken = 0
        return True

    def _take(self) -> None:
        """Move what was found since to the output."""
        found = self.dialogue.found
        self.out.extend(Read(self.decoder, one) for one in found[self.taken :])
        self.taken = len(found)
