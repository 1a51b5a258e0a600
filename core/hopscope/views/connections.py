"""Connections: what one process sees of a flow, its two ends, and the process at the other one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hopscope.conversation.addresses import is_own
from hopscope.decode.addresses import Endpoint as DecodedEndpoint
from hopscope.decode.addresses import SocketTuple, unmapped
from hopscope.store.store import Store
from hopscope.store.tables import FOREVER, NONE
from hopscope.views.grouping import Codes, Grouping, last_states, number_keys
from hopscope.views.memo import once_per_store
from hopscope.views.messages import Endpoint, datagram_peers

INET_KINDS = frozenset({"ipv4", "ipv6"})
SERVER = 2
"""Value of ``DescriptorTable.role`` for the end that was connected to."""

MOST_CANDIDATES = 100
"""Connections of one client that are looked at for the other end of one of them."""


class Connection(NamedTuple):
    """One group of the connections view.

    Attributes:
        process: life of the process that sees it.
        l4: ``tcp``, ``udp``, ``icmp``, ``raw`` or empty.
        local, remote: the two ends, None where one is unknown (a listening socket has no remote).
        is_client: 1 when the local end is the client, 0 when it is the server, -1 unknown.
        name: ``client->server`` or the address of a socket without a peer.
        first, stop: event rows between which its descriptors were there.
    """

    process: int
    l4: str
    local: Endpoint | None
    remote: Endpoint | None
    is_client: int
    name: str
    first: int
    stop: int

    @property
    def client(self) -> Endpoint | None:
        """The end that asked; the local one where that is not known."""
        return self.remote if self.is_client == 0 else self.local


@dataclass(frozen=True)
class Connections:
    """All connections of a capture by group number, and how events find theirs."""

    grouping: Grouping
    list: list[Connection]


@once_per_store
def connections(store: Store) -> Connections:
    """One connection for each process, protocol, name and end of a socket, and each peer of an open one."""
    peers = datagram_peers(store)
    codes, size = number_keys(_keys(store, set(store.descriptor[peers.rows].tolist())))
    sockets = _sockets(store, codes, size)
    socket_codes = codes[store.descriptor[peers.rows]].astype(np.int64)
    pairs, inverse = np.unique(socket_codes * max(len(peers.ends), 1) + peers.codes, return_inverse=True)
    of_messages = [
        _with_peer(sockets[pair // len(peers.ends)], peers.ends[pair % len(peers.ends)])
        for pair in pairs.tolist()
    ]
    grouping = Grouping(
        "connection",
        "descriptors",
        codes,
        len(sockets) + len(pairs),
        shows_idle=False,
        rows=peers.rows,
        row_codes=(inverse + len(sockets)).astype(np.int32),
    )
    return Connections(grouping, sockets + of_messages)


def by_connection(store: Store) -> Grouping:
    """A group for each end of a connection that a process has.

    A descriptor of an open datagram socket carries messages of many peers: each message that tells
    its peer is in the group of process, socket and peer.
    """
    return connections(store).grouping


def _keys(store: Store, spoken: set[int]) -> list[Hashable | None]:
    """What makes descriptor states one connection; None for what is none: no socket, or one that is
    neither named nor among those that a message was ``spoken`` on."""
    table = store.descriptors
    protocol = _protocols(store)
    inet = [row for row, kind in enumerate(table.kind) if kind in INET_KINDS]
    lives, processes = table.life.tolist(), table.process.tolist()
    keys: list[Hashable | None] = [None] * len(table)
    for row in inet:
        if table.name[row] or row in spoken:
            end = local_and_remote(store, row)[2]
            keys[row] = (processes[row], protocol[lives[row]], table.name[row], end)
    return keys


def _protocols(store: Store) -> dict[int, str]:
    """Transport protocol of each life of a descriptor, as it was known last.

    The descriptor list calls every listening socket tcp; the first datagram on one tells better.
    """
    table = store.descriptors
    order = np.argsort(table.first, kind="stable").tolist()
    lives = table.life.tolist()
    return {lives[row]: table.l4[row] for row in order}


def _sockets(store: Store, codes: Codes, size: int) -> list[Connection]:
    table = store.descriptors
    rows = np.flatnonzero(codes[:-1] >= 0)
    first = np.full(size, FOREVER)
    stop = np.full(size, NONE)
    np.minimum.at(first, codes[rows], table.first[rows])
    np.maximum.at(stop, codes[rows], table.stop[rows])
    last = last_states(codes, table.first, size, FOREVER)
    ends = zip(last.tolist(), table.process[last].tolist(), first.tolist(), stop.tolist(), strict=True)
    return [
        Connection(process, table.l4[row], *local_and_remote(store, row), table.name[row], begin, end)
        for row, process, begin, end in ends
    ]


def local_and_remote(store: Store, row: int) -> tuple[Endpoint | None, Endpoint | None, int]:
    """The local and the remote end of a descriptor state, and whether the local one is the client."""
    table = store.descriptors
    client, server = table.client[row], table.server[row]
    is_client = int(table.local_is_client[row])
    if is_client == NONE and int(table.role[row]):
        is_client = int(table.role[row]) != SERVER
    if client is None:
        return server, None, 0 if server is not None else is_client
    return (server, client, 0) if is_client == 0 else (client, server, is_client)


def _with_peer(socket: Connection, ends: tuple[Endpoint, Endpoint]) -> Connection:
    """The connection that a datagram on an open socket belongs to."""
    own, peer = unmapped(SocketTuple(DecodedEndpoint(*ends[0]), DecodedEndpoint(*ends[1])))
    # A bound socket without a peer answers; who asks first would need the messages in order.
    is_client = 1 if socket.is_client == 1 else 0
    client, server = (own, peer) if is_client else (peer, own)
    return Connection(
        process=socket.process,
        # The descriptor list calls every listening socket tcp, but only datagrams carry addresses.
        l4=socket.l4 if socket.l4 in ("icmp", "raw") else "udp",
        local=own,
        remote=peer,
        is_client=is_client,
        name=f"{client}->{server}",
        first=socket.first,
        stop=socket.stop,
    )


@dataclass(frozen=True)
class _Ends:
    """Connections by protocol and both ends as they see them, and by protocol and client."""

    by_ends: dict[Hashable, list[int]]
    by_client: dict[Hashable, list[int]]


@once_per_store
def _ends(store: Store) -> _Ends:
    by_ends: dict[Hashable, list[int]] = defaultdict(list)
    by_client: dict[Hashable, list[int]] = defaultdict(list)
    for code, one in enumerate(connections(store).list):
        if one.local is not None and one.remote is not None:
            place = place_of(store, one)
            by_ends[place, one.l4, one.local, one.remote].append(code)
            by_client[place, one.l4, one.client].append(code)
    return _Ends(by_ends, by_client)


def place_of(store: Store, one: Connection) -> int:
    """The machine within which the addresses of a connection mean something, NONE for the whole network."""
    ends = (one.local, one.remote)
    if any(end is not None and is_own(end[0]) for end in ends) and 0 <= one.process < len(store.process_host):
        return int(store.process_host[one.process])
    return NONE


def other_ends(store: Store, code: int) -> list[int]:
    """The connections that see the flow of one from the other end.

    Those with the two ends the other way round; or, where an address was translated on the way, those
    that see the same client and are its other end. Both must exist at the same time. At most
    :data:`MOST_CANDIDATES` are looked at, so that a port scan costs no more than any other row.
    """
    everything, ends = connections(store).list, _ends(store)
    here = everything[code]
    if here.local is None or here.remote is None:
        return []
    place = place_of(store, here)
    mirrored = _at_one_time(everything, code, ends.by_ends.get((place, here.l4, here.remote, here.local), []))
    if mirrored or here.is_client == NONE:
        return mirrored
    same_client = _at_one_time(everything, code, ends.by_client[place, here.l4, here.client])
    return [other for other in same_client if everything[other].is_client == 1 - here.is_client]


def _at_one_time(everything: list[Connection], code: int, candidates: list[int]) -> list[int]:
    here = everything[code]
    return [
        other
        for other in candidates[:MOST_CANDIDATES]
        if other != code and everything[other].first < here.stop and here.first < everything[other].stop
    ]
