"""Conversations over UDP: which datagrams belong together, and the bytes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hopscope.conversation.addresses import normal
from hopscope.decode.addresses import address_text
from hopscope.fields.column import Mask
from hopscope.fields.values import field_value
from hopscope.reports.kinds import passing
from hopscope.store.store import Store
from hopscope.store.tables import NONE

MOVES = "evt.dir=< and evt.rawres>=0 and fd.l4proto=udp and evt.is_io=true"
"""Ends of calls that moved a datagram (sysdig 0.29.3)."""

End = tuple[bytes, int]


@dataclass(slots=True)
class Conversation:
    """Datagrams between two ends.

    Attributes:
        name: ``client->server``; of a socket that talks to many the other end comes first.
        rows: event rows of its datagrams, ascending.
        read, written: their bytes, recorded or not.
        recorded: bytes that the capture holds.
    """

    name: str
    rows: list[int] = field(default_factory=list)
    read: int = 0
    written: int = 0
    recorded: int = 0


def conversations(store: Store, mask: Mask) -> list[Conversation]:
    """The conversations of events that may count, in the order in which they began."""
    found: dict[str, Conversation] = {}
    for row in np.flatnonzero(passing(store, MOVES, within=mask)).tolist():
        size = int(store.result[row])
        reads = bool(field_value(store, row, "evt.is_io_read"))
        name = _name(store, row, reads)
        one = found.setdefault(name, Conversation(name))
        one.rows.append(row)
        one.recorded += len(store.payload(row) or b"")
        if reads:
            one.read += size
        else:
            one.written += size
    return list(found.values())


def content(store: Store, conversation: Conversation) -> Iterator[bytes]:
    """The recorded bytes of each of its datagrams."""
    return (data for row in conversation.rows if (data := store.payload(row)))


def _name(store: Store, row: int, reads: bool) -> str:
    """The two ends; those of the datagram itself where the socket has not got two."""
    descriptor = int(store.descriptor[row])
    if descriptor == NONE:
        return "unknown"
    table = store.descriptors
    client, server = table.client[descriptor], table.server[descriptor]
    if client is not None and server is not None:
        return f"{_end(client)}->{_end(server)}"
    ends = store.message_tuple(row)
    if ends is None:
        return table.name[descriptor] or f"descriptor {int(store.fd[row])}"
    source, destination = ends
    return f"{_end(source)}->{_end(destination)}" if reads else f"{_end(destination)}->{_end(source)}"


def _end(end: End) -> str:
    """Address and port; an IPv4 address within an IPv6 one is the IPv4 address."""
    address, port = normal(end)
    return f"{address_text(address)}:{port}"
