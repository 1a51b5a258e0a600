"""Messages that two machines recorded, the one sending, the other receiving: clocks are compared by them.

A message cannot be received before its sender began to send it, whatever the clocks say. So nothing here
looks at the order of events of different machines: TCP bytes are paired by their position in the stream,
which is sure where both ends were opened in the captures and else follows from recorded bytes that occur
once; datagrams by their sender, size and recorded bytes, where these occur once at either end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import Address, is_own, known, normal
from hopscope.conversation.endpoints import CLIENT, SERVER, Endpoint
from hopscope.conversation.streams import Side, Streams
from hopscope.conversation.transfers import ACCEPT, CONNECT, RECEIVE, SEND, TCP, UDP
from hopscope.store.store import Store

MOST_CONNECTIONS = 20_000
"""So many connections between machines are looked at."""

MOST_DATAGRAMS = 50_000
"""So many datagrams of one machine and direction are looked at."""

COMPARED = 64
"""So many bytes at the start of a message are compared."""

LEAST_COMPARED = 12
"""Fewer bytes than this are found anywhere."""

_VOTERS = 256
_CHECKED = 32

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Columns, one entry for each message that was seen at both ends.

    Attributes:
        sender, receiver: int16, places of the machines.
        sent: int64, recorded time in ns at which the sending call began, by the sender's clock.
        received: int64, recorded time in ns at which the receiving call was over, by the receiver's.
        connection: int64, the connection or sender they belong to; what is wrong is wrong for all of one.
    """

    sender: NDArray[np.int16]
    receiver: NDArray[np.int16]
    sent: Ints
    received: Ints
    connection: Ints

    def __len__(self) -> int:
        return len(self.sent)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a connection in one of the stores."""

    run: int
    number: int
    endpoint: Endpoint


def find_pairs(stores: Sequence[Store], hosts: Sequence[int]) -> Pairs:
    """All pairs between machines.

    Args:
        stores: one a run.
        hosts: the machine of each.
    """
    streams = [Streams(store) for store in stores]
    found = _Found(streams, hosts)
    for one, other in _connections(streams, hosts):
        found.add_connection(one, other)
    found.add_datagrams()
    return found.pairs()


def _connections(streams: Sequence[Streams], hosts: Sequence[int]) -> Iterator[tuple[_End, _End]]:
    """Pairs of ends of one TCP connection on different machines, the client's first.

    A client's address is used for one connection at a time, so the n-th of one machine is the n-th of the
    other where both saw as many. The server's address may have been translated on the way.
    """
    clients: defaultdict[Address, list[_End]] = defaultdict(list)
    servers: defaultdict[Address, list[_End]] = defaultdict(list)
    for run, stream in enumerate(streams):
        for number, endpoint in enumerate(stream.endpoints.rows):
            address = endpoint.client
            if endpoint.family != TCP or address is None or endpoint.server is None:
                continue
            if not known(address) or is_own(address[0]):
                continue
            if endpoint.side == CLIENT:
                clients[address].append(_End(run, number, endpoint))
            elif endpoint.side == SERVER:
                servers[address].append(_End(run, number, endpoint))
    count = 0
    for address, ones in clients.items():
        others = servers.get(address, [])
        by_host = {hosts[end.run] for end in ones}, {hosts[end.run] for end in others}
        if len(ones) != len(others) or any(len(one) != 1 for one in by_host) or by_host[0] == by_host[1]:
            continue
        for one, other in zip(_in_time(ones), _in_time(others), strict=True):
            yield one, other
            count += 1
            if count == MOST_CONNECTIONS:
                return


def _in_time(ends: list[_End]) -> list[_End]:
    return sorted(ends, key=lambda end: (end.run, end.endpoint.first))


class _Found:
    """Collects pairs."""

    def __init__(self, streams: Sequence[Streams], hosts: Sequence[int]) -> None:
        self.streams = streams
        self.hosts = hosts
        self._parts: list[tuple[int, int, Ints, Ints, int]] = []
        self._connections = 0

    def pairs(self) -> Pairs:
        """All that were added."""
        sizes = [len(part[2]) for part in self._parts]

        def repeated(place: int, kind: type) -> NDArray[np.int64]:
            return np.repeat(np.array([part[place] for part in self._parts], kind), sizes)

        nothing = [np.zeros(0, np.int64)]
        return Pairs(
            repeated(0, np.int16).astype(np.int16),
            repeated(1, np.int16).astype(np.int16),
            np.concatenate([part[2] for part in self._parts] or nothing),
            np.concatenate([part[3] for part in self._parts] or nothing),
            repeated(4, np.int64),
        )

    def _add(self, sender: int, receiver: int, sent: Ints, received: Ints) -> None:
        """Rows of two runs: where sending began and where receiving was over."""
        times = self.streams[sender].store.time[sent], self.streams[receiver].store.time[received]
        real = (times[0] > 0) & (times[1] > 0)
        if real.any():
            self._parts.append(
                (self.hosts[sender], self.hosts[receiver], times[0][real], times[1][real], self._connections)
            )

    # --- connections -----------------------------------------------------------------------------

    def add_connection(self, client: _End, server: _End) -> None:
        """Pairs of both directions of a connection, and of its opening."""
        self._connections += 1
        self._add_opening(client, server)
        for sender, receiver in ((client, server), (server, client)):
            sends = self.streams[sender.run].side(sender.number, SEND)
            receives = self.streams[receiver.run].side(receiver.number, RECEIVE)
            if not len(sends.start) or not len(receives.start):
                continue
            shift = self._shift(sender, receiver, sends, receives)
            if shift is None:
                continue
            last = receives.start + receives.size - 1 + shift
            at = np.searchsorted(sends.start + sends.size, last, side="right")
            inside = np.flatnonzero((last >= 0) & (at < len(sends.start)))
            self._add(sender.run, receiver.run, sends.begin[at[inside]], receives.row[inside])

    def _add_opening(self, client: _End, server: _End) -> None:
        one, other = self.streams[client.run], self.streams[server.run]
        asked, accepted = one.of_channel(client.number, CONNECT), other.of_channel(server.number, ACCEPT)
        if len(asked) == 1 and len(accepted) == 1:
            self._add(client.run, server.run, one.transfers.begin[asked], other.transfers.row[accepted])

    def _shift(self, sender: _End, receiver: _End, sends: Side, receives: Side) -> int | None:
        """``offset sent - offset received`` of the same byte, None where it is not sure."""
        if sender.endpoint.first >= 0 and receiver.endpoint.first >= 0:
            fits = receives.stop <= sends.stop and self._agree(sender, receiver, sends, receives)
            return 0 if fits else None
        one, two = self.streams[sender.run], self.streams[receiver.run]
        sent: dict[bytes, int] = {}
        for place, transfer in enumerate(sends.transfer[:_VOTERS].tolist()):
            text = one.payload(transfer, COMPARED)
            if len(text) >= LEAST_COMPARED:
                sent[text] = -1 if text in sent else place
        votes: Counter[int] = Counter()
        for place, transfer in enumerate(receives.transfer[:_VOTERS].tolist()):
            found = sent.get(two.payload(transfer, COMPARED), -1)
            if found >= 0:
                votes[int(sends.start[found] - receives.start[place])] += 1
        if not votes:
            return None
        shift, most = votes.most_common(1)[0]
        return shift if most * 5 >= votes.total() * 4 else None

    def _agree(self, sender: _End, receiver: _End, sends: Side, receives: Side) -> bool:
        """Whether recorded bytes at equal offsets are the same, as far as the first messages tell."""
        one, two = self.streams[sender.run], self.streams[receiver.run]
        at = np.searchsorted(sends.start, receives.start[:_CHECKED])
        for place, found in enumerate(at.tolist()):
            if found < len(sends.start) and sends.start[found] == receives.start[place]:
                texts = (
                    one.payload(int(sends.transfer[found]), COMPARED),
                    two.payload(int(receives.transfer[place]), COMPARED),
                )
                both = min(map(len, texts))
                if texts[0][:both] != texts[1][:both]:
                    return False
        return True

    # --- datagrams -------------------------------------------------------------------------------

    def add_datagrams(self) -> None:
        """Pairs of datagrams that occur once at either end."""
        sent, got = self._datagrams(SEND), self._datagrams(RECEIVE)
        by_sender: defaultdict[tuple[int, int, Address], list[tuple[int, int]]] = defaultdict(list)
        for key, (run, _, begin) in sent.items():
            other = got.get(key)
            if run < 0 or other is None or other[0] < 0 or self.hosts[run] == self.hosts[other[0]]:
                continue
            by_sender[(run, other[0], key[0])].append((begin, other[1]))
        for (run, other_run, _), rows in by_sender.items():
            self._connections += 1
            columns = np.array(rows, np.int64)
            self._add(run, other_run, columns[:, 0], columns[:, 1])

    def _datagrams(self, direction: int) -> dict[tuple[Address, int, bytes], tuple[int, int, int]]:
        """Run, row and begin of each datagram by sender, size and bytes; a run of -1 for those seen twice."""
        found: dict[tuple[Address, int, bytes], tuple[int, int, int]] = {}
        for run, stream in enumerate(self.streams):
            columns = stream.transfers
            chosen = (columns.family == UDP) & (columns.direction == direction) & (columns.size > 0)
            for transfer in np.flatnonzero(chosen & (stream.recorded >= LEAST_COMPARED))[
                :MOST_DATAGRAMS
            ].tolist():
                sender = self._sender(stream, transfer)
                if sender is None or is_own(sender[0]):
                    continue
                key = sender, int(columns.size[transfer]), stream.payload(transfer, COMPARED)
                known_one = key in found
                found[key] = (
                    -1 if known_one else run, int(columns.row[transfer]), int(columns.begin[transfer]),
                )  # fmt: skip
        return found

    def _sender(self, stream: Streams, transfer: int) -> Address | None:
        """Who sent a datagram, as its own addresses or its socket tell; None where that is not known."""
        told = stream.store.message_tuple(int(stream.transfers.row[transfer]))
        if told is not None:
            sender = normal(told[0])
            return sender if known(sender) else None
        number = int(stream.endpoint[transfer])
        if number < 0:
            return None
        endpoint = stream.endpoints.rows[number]
        sends = int(stream.transfers.direction[transfer]) == SEND
        mine_is_client = endpoint.side == CLIENT
        end = endpoint.client if sends == mine_is_client else endpoint.server
        return end if end is not None and known(end) else None
