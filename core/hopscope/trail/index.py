"""What hops look things up in: messages, endpoints and who belongs to whom, built once for a store."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hopscope import protocols
from hopscope.conversation.addresses import Address, normal
from hopscope.conversation.endpoints import SERVER, Endpoint, Endpoints
from hopscope.conversation.keeping import kept_for_store
from hopscope.conversation.streams import streams_of
from hopscope.conversation.transfers import CLOSINGS, RECEIVE, Transfers, exit_codes
from hopscope.protocols import Message
from hopscope.protocols.message import NOTE
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.trail.joining import Joiner

LONGEST_PAYLOAD = 8192
"""So many bytes of a payload are compared."""

Indexes = NDArray[np.int64]


class TrailIndex:
    """Columns and look-ups for hops over one store.

    Attributes:
        store: the events.
        streams: the bytes that moved at each end.
        transfers: columns, one entry a message: what one event sent or received.
        endpoint: int32, endpoint of each message, NONE.
        endpoints: the endpoints.
        joiner: finds the other ends of an endpoint.
        run: int16, run of a machine of each message.
    """

    def __init__(self, store: Store) -> None:
        self.streams = streams_of(store)
        self.store = store
        self.family_of = self.streams.family_of
        self.transfers: Transfers = self.streams.transfers
        self.endpoints: Endpoints = self.streams.endpoints
        self.endpoint = self.streams.endpoint
        self.of_endpoint = self.streams.of_channel
        self.side = self.streams.side
        self.joiner = Joiner(self.endpoints.rows, store.kubernetes, [host.name for host in store.hosts])
        self.run = store.run[self.transfers.row]
        process = self.transfers.process.astype(np.int64)
        self._by_process = np.argsort(process, kind="stable")
        self._process_key = process[self._by_process]
        thread = self.transfers.thread.astype(np.int64)
        self._by_thread = np.argsort(thread, kind="stable")
        self._thread_key = thread[self._by_thread]
        self._closing_rows, self._closing_endpoints = self._closings()
        self.payload = lru_cache(maxsize=16384)(self._payload)
        self.decoded = lru_cache(maxsize=16384)(self._decoded)
        self.ends = lru_cache(maxsize=65536)(self._ends)
        self.unix_ends = lru_cache(maxsize=16384)(self._unix_ends)

    # --- messages of something -------------------------------------------------------------------

    def of_process(self, process: int) -> Indexes:
        """Indexes of the messages of a process, ascending."""
        return _slice(self._by_process, self._process_key, process)

    def of_thread(self, thread: int) -> Indexes:
        """Indexes of the messages of a thread's life, ascending."""
        return _slice(self._by_thread, self._thread_key, thread)

    def of_family(self, family: int, direction: int) -> Indexes:
        """Indexes of the messages of a family and direction, ascending."""
        return np.flatnonzero((self.transfers.family == family) & (self.transfers.direction == direction))

    def closings(self, endpoint: int) -> Rows:
        """Event rows of the successful close and shutdown calls on an endpoint, ascending."""
        rows: Rows = self._closing_rows[self._closing_endpoints == endpoint]
        return rows

    def closings_between(self, before: int, since: int) -> Rows:
        """Event rows of closings before an event row and not before a time in ns, ascending."""
        rows = self._closing_rows[: np.searchsorted(self._closing_rows, before)]
        found: Rows = rows[np.searchsorted(self.store.time[rows], since) :]
        return found

    # --- one message -----------------------------------------------------------------------------

    def exit_row(self, row: int) -> int:
        """The exit of a call whose enter is given; the row itself otherwise."""
        twin = int(self.store.twin[row])
        return twin if twin > row else row

    def endpoint_at(self, descriptor: int) -> int:
        """The endpoint to which a row of the descriptor table leads, NONE."""
        return (
            int(self.endpoints.of_life[self.store.descriptors.life[descriptor]]) if descriptor >= 0 else NONE
        )

    def endpoint_of(self, message: int) -> Endpoint | None:
        """The endpoint of a message, None for files and unknown descriptors."""
        number = int(self.endpoint[message])
        return self.endpoints.rows[number] if number != NONE else None

    def time(self, message: int) -> int:
        """When it was over, ns."""
        return int(self.store.time[self.transfers.row[message]])

    def start_time(self, message: int) -> int:
        """When it most likely began, ns."""
        return int(self.store.time[self.transfers.start[message]])

    def number(self, message: int) -> int:
        """``evt.num``."""
        return int(self.store.number[self.transfers.row[message]])

    def _payload(self, message: int) -> bytes:
        """Recorded bytes, cut at :data:`LONGEST_PAYLOAD`; empty where there are none."""
        return self.streams.payload(message, LONGEST_PAYLOAD)

    def _decoded(self, message: int) -> Message | None:
        """What the payload asks or answers, None when no decoder knows it; notes lead nowhere."""
        said = protocols.decode(self.payload(message))
        return said if said is not None and said.kind != NOTE else None

    def _ends(self, message: int) -> tuple[Address, Address] | None:
        """``(sender, receiver)`` of an internet message, from its own tuple or else its endpoint."""
        found = self.store.message_tuple(int(self.transfers.row[message]))
        if found is not None:
            return normal(found[0]), normal(found[1])
        return self.ends_of_endpoint(self.endpoint_of(message), int(self.transfers.direction[message]))

    def ends_of_endpoint(self, endpoint: Endpoint | None, direction: int) -> tuple[Address, Address] | None:
        """``(sender, receiver)`` as the endpoint's own addresses tell it; unknown parts are wildcards."""
        if endpoint is None:
            return None
        nowhere: Address = (b"", 0)
        if endpoint.client is not None and endpoint.server is not None:
            server_here = endpoint.side == SERVER
            mine, yours = (
                (endpoint.server, endpoint.client) if server_here else (endpoint.client, endpoint.server)
            )
        elif endpoint.local is not None:
            mine, yours = endpoint.local, nowhere
        else:
            return None
        return (yours, mine) if direction == RECEIVE else (mine, yours)

    def _unix_ends(self, message: int) -> tuple[int, int, bytes] | None:
        """``(source, destination, path)`` of a unix message's own tuple, None without."""
        row = int(self.transfers.row[message])
        for at in (row, int(self.store.twin[row])):
            raw = self.store.raw_param(at, "tuple") if at >= 0 else None
            if raw is not None and len(raw) >= 17 and raw[0] == 1:
                source = int.from_bytes(raw[1:9], "little")
                target = int.from_bytes(raw[9:17], "little")
                return source, target, raw[17:].rstrip(b"\0")
        return None

    # --- building --------------------------------------------------------------------------------

    def _closings(self) -> tuple[Rows, NDArray[np.int32]]:
        rows = self.store.rows_of_codes(exit_codes(*CLOSINGS))
        rows = rows[self.store.result[rows] == 0]
        endpoint = self.streams.endpoint_of(self.store.descriptor[rows])
        kept = endpoint != NONE
        return rows[kept].astype(np.int64), endpoint[kept]


def _slice(order: NDArray[np.int64], key: NDArray[np.int64], wanted: int) -> Indexes:
    first, stop = np.searchsorted(key, (wanted, wanted + 1))
    found: Indexes = order[first:stop]
    return found


index_of = kept_for_store(TrailIndex)
"""The index of a store, built on the first call; any thread may ask."""
