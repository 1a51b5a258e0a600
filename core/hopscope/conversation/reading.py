"""Decoders at work: the transfers of one channel, handed to the decoder that knows its first bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hopscope.conversation.endpoints import BEFORE, CLIENT, SERVER, Endpoint
from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import FILE, RECEIVE, SEND, UDP, UNIX
from hopscope.protocols import DATAGRAM_DECODERS, DECODERS, LINE_DECODERS, Decoder, decoder_for
from hopscope.protocols.dialogue import Dialogue, Found
from hopscope.protocols.reader import GapError, Reader, Wait

SNIFFED = 512
"""Bytes of a transfer by which a protocol is recognised."""

SHORT = 64
"""Bytes at the start of a direction that are put together before they are looked at again."""

TRIES = 8
"""Transfers of a channel that are looked at for a protocol."""

TRIES_BEFORE = 64
"""As many of a channel that was open before the capture began, and so may be in the middle of something."""


@dataclass(slots=True)
class Read:
    """A message of a channel.

    Attributes:
        decoder: who read it.
        found: what it says and where it lies in its direction.
        seen: the transfer with which it was understood.
        datagram: whether it lies in that transfer alone, and its offsets count from there.
    """

    decoder: Decoder
    found: Found
    seen: int
    datagram: bool = False


@dataclass(slots=True)
class Channel:
    """The transfers of one channel that moved or recorded bytes, in order; as lists of the same length.

    Attributes:
        streams: of the capture.
        endpoint: the end that they moved at, None for a file.
        family: of the channel.
        transfers: their indexes.
        sides: RECEIVE or SEND.
        sizes: bytes moved.
    """

    streams: Streams
    endpoint: Endpoint | None
    family: int
    transfers: list[int]
    sides: list[int]
    sizes: list[int]

    @classmethod
    def of(cls, streams: Streams, number: int, family: int, transfers: Indexes) -> Channel:
        """The channel of these transfers."""
        ends, columns = streams.endpoints.rows, streams.transfers
        return cls(
            streams=streams,
            endpoint=ends[number] if number < len(ends) else None,
            family=family,
            transfers=transfers.tolist(),
            sides=columns.direction[transfers].tolist(),
            sizes=columns.size[transfers].tolist(),
        )


def read_channel(channel: Channel) -> list[Read]:
    """The messages of a channel; none where its first bytes are of no known protocol."""
    first = _first_known(channel)
    if first is None:
        return []
    place, decoder = first
    if channel.family == UDP:
        return list(_datagrams(channel, place, DATAGRAM_DECODERS))
    if channel.family == UNIX and decoder in LINE_DECODERS:
        return list(_datagrams(channel, place, LINE_DECODERS))
    return _Conversation(channel, decoder).read(place)


def _first_known(channel: Channel) -> tuple[int, Decoder] | None:
    """Place of the first transfer that begins as some protocol does, and its decoder.

    Programs read a length first and then what it belongs to, so what follows in the same direction counts
    as well.
    """
    tries = TRIES_BEFORE if channel.endpoint is not None and channel.endpoint.first == BEFORE else TRIES
    among = _decoders(channel.family)
    payload = channel.streams.payload
    begun: list[tuple[int, bytes]] = [(0, b""), (0, b"")]
    for place, transfer in enumerate(channel.transfers):
        data = payload(transfer, SNIFFED)
        if not data:
            continue
        side, size = channel.sides[place], channel.sizes[place]
        since, before = begun[side]
        for start, head in ((since, before + data), (place, data)) if before else ((place, data),):
            decoder = decoder_for(head, among)
            if decoder is not None:
                return start, decoder
        whole = len(data) == size and channel.family != UDP and len(before) + size < SHORT
        begun[side] = (since if before else place, before + data) if whole else (0, b"")
        tries -= 1
        if not tries:
            break
    return None


def _decoders(family: int) -> tuple[Decoder, ...]:
    """Who is asked about a channel's first bytes."""
    return DATAGRAM_DECODERS if family == UDP else LINE_DECODERS if family == FILE else DECODERS


def _datagrams(channel: Channel, place: int, among: tuple[Decoder, ...]) -> Iterator[Read]:
    """Each datagram by itself."""
    for i in range(place, len(channel.transfers)):
        transfer, side = channel.transfers[i], channel.sides[i]
        payload = channel.streams.payload(transfer)
        decoder = decoder_for(payload[:SNIFFED], among)
        if decoder is None:
            continue
        dialogue = Dialogue()
        direction = _Direction(Reader(datagram=True), side)
        direction.begin(decoder, dialogue)
        direction.give(payload, max(0, channel.sizes[i] - len(payload)))
        direction.end()
        for found in dialogue.found:
            yield Read(decoder, found, transfer, datagram=True)


class _Direction:
    """One direction and the decoder's generator that reads it; None while the place in it is lost."""

    __slots__ = ("gave_up", "reader", "running", "side")

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

    Where a direction is lost it goes on at the next transfer that begins as a message does, or where that
    does not show, at the first one after the other side spoke. A decoder that leaves a connection, because
    another protocol follows in it, hands over to the one that knows what comes then.
    """

    def __init__(self, channel: Channel, decoder: Decoder) -> None:
        self.channel = channel
        self.decoder = decoder
        end = channel.endpoint
        client = {CLIENT: SEND, SERVER: RECEIVE}.get(end.side) if end is not None else None
        self.dialogue = Dialogue(client=client)
        # A side that is silent from the start on begins with what only its protocol's order explains.
        self.from_start = end is None or end.first != BEFORE
        self.directions: list[_Direction | None] = [None, None]
        self.lost = [False, False]
        self.tries = TRIES
        self.out: list[Read] = []
        self.taken = 0

    def read(self, place: int) -> list[Read]:
        """The messages from the place of a transfer on."""
        channel, last = self.channel, -1
        offsets = [0, 0]
        for i, (transfer, size, side) in enumerate(
            zip(channel.transfers, channel.sizes, channel.sides, strict=True)
        ):
            if size <= 0:
                continue
            if i >= place:
                self._give(transfer, size, side, offsets[side], known=i == place, turned=side != last)
                last = side
            offsets[side] += size
        for one in self.directions:
            if one is not None:
                one.end()
        self._take(channel.transfers[-1])
        return self.out

    def _give(self, transfer: int, size: int, side: int, offset: int, *, known: bool, turned: bool) -> None:
        """Hand a transfer to the decoder; to the next one where the first leaves it untouched.

        It is ``known`` that the decoder can begin with the first one.
        """
        data = self.channel.streams.payload(transfer, size)
        for _ in range(2):
            one = self.directions[side]
            if one is None or one.running is None:
                if not data or not (known or self._goes_on(data, one, turned)):
                    self.lost[side] = True
                    return
                one = self.directions[side] = _Direction(Reader(offset), side)
                one.begin(self.decoder, self.dialogue)
            one.give(data, size - len(data))
            if self.lost[side] and len(self.dialogue.found) > self.taken:
                self.dialogue.found[self.taken].resumed = True
                self.lost[side] = False
            self._take(transfer)
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
        return (one is None and self.from_start) or (self.decoder.TURNS and turned)

    def _switched(self, head: bytes) -> bool:
        """Whether another decoder knows what follows; it then reads both directions."""
        if self.tries <= 0:
            return False
        self.tries -= 1
        decoder = decoder_for(head, _decoders(self.channel.family))
        if decoder is None:
            return False
        self.decoder, self.dialogue = decoder, Dialogue(client=self.dialogue.client)
        self.directions = [None, None]
        self.taken = 0
        return True

    def _take(self, transfer: int) -> None:
        """Move what was found since to the output."""
        found = self.dialogue.found
        if len(found) > self.taken:
            self.out.extend(Read(self.decoder, one, transfer) for one in found[self.taken :])
            self.taken = len(found)
