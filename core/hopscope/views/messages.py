"""Who a datagram came from or went to, for sockets that talk to many.

A datagram socket without a peer of its own (a DNS server's ``:::53``) has one descriptor and one
name, but each message carries an address. The reference renames the descriptor to the last peer;
here every message that tells its peer counts for the pair of socket and peer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.lookup import look_up
from hopscope.store.store import Rows, Store
from hopscope.views.memo import once_per_store

Endpoint = tuple[bytes, int]

_AT_ONCE = 1 << 9
"""Messages between which pages of the capture are not given back."""

WRITES = np.array([bool(event.flags & EventFlag.WRITES_TO_FD) for event in EVENTS])
"""By type code: True for calls that send."""


@dataclass(frozen=True)
class DatagramPeers:
    """Messages with a peer of their own.

    Attributes:
        rows: event rows, ascending: the exits that moved bytes and their enters.
        codes: position in ``ends`` of each row.
        ends: ``(own address, address of the peer)``.
    """

    rows: Rows
    codes: NDArray[np.int32]
    ends: list[tuple[Endpoint, Endpoint]]


@once_per_store
def datagram_peers(store: Store) -> DatagramPeers:
    """The messages on sockets that are not connected, which only datagrams can be, with their peers."""
    exits = _exits_on_open_sockets(store)
    known: dict[tuple[Endpoint, Endpoint], int] = {}
    rows: list[int] = []
    codes: list[int] = []
    sends = WRITES[store.code[exits]]
    # One call a message: only datagrams of unconnected sockets come here.
    told = zip(exits.tolist(), sends.tolist(), store.twin[exits].tolist(), strict=True)
    for count, (row, send, enter) in enumerate(told, 1):
        if not count % _AT_ONCE:
            store.source.release()
        pair = store.message_tuple(row)
        if pair is None:
            continue
        own, peer = pair if send else (pair[1], pair[0])
        if peer[1] == 0:
            # Newer probes write 0.0.0.0:0 where the kernel was not asked for the peer.
            continue
        code = known.setdefault((own, peer), len(known))
        rows.append(row)
        codes.append(code)
        if enter >= 0:
            rows.append(enter)
            codes.append(code)
    at = np.array(rows, dtype=np.int64)
    order = np.argsort(at, kind="stable")
    return DatagramPeers(at[order], np.array(codes, dtype=np.int32)[order], list(known))


def _exits_on_open_sockets(store: Store) -> Rows:
    """Exits that moved bytes on inet descriptors without a peer of their own."""
    table = store.descriptors
    unconnected = [
        kind in ("ipv4", "ipv6") and (client is None or server is None)
        for kind, client, server in zip(table.kind, table.client, table.server, strict=True)
    ]
    if not any(unconnected):
        return np.empty(0, dtype=np.int64)
    wanted = np.append(np.array(unconnected, dtype=np.bool_), False)
    return np.flatnonzero(look_up(wanted, store.descriptor) & (store.size >= 0)).astype(np.int64, copy=False)
