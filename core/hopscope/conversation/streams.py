"""The bytes of connections, pipes and files put together from the events that moved them.

All transfers that moved bytes one way at one end lie behind each other: the offset of a byte counts what
was moved, whether the capture holds it or not. What it does not hold, because the recording was cut at
the snap length or the call is one whose data is never recorded (``sendfile``, ``splice``), is a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.endpoints import Endpoints, collect
from hopscope.conversation.inferred import infer_descriptors
from hopscope.conversation.keeping import kept_for_store
from hopscope.conversation.transfers import FILE, Transfers, families, gather
from hopscope.store.store import Store
from hopscope.store.tables import NONE

Indexes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """All bytes that moved one way at one end.

    Attributes:
        transfer: indexes of the transfers, ascending.
        start: int64, offset of the first byte of each, counted from the first one recorded.
        size: int64, bytes of each.
        row, begin: int64, event rows of exit and enter.
    """

    transfer: Indexes
    start: Indexes
    size: Indexes
    row: Indexes
    begin: Indexes

    @classmethod
    def of(cls, transfer: Indexes, size: Indexes, row: Indexes, begin: Indexes) -> Side:
        """The side of these transfers, given in the order in which the bytes moved."""
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)[:-1]]) if len(size) else size
        return cls(transfer, start, size, row, begin)

    @property
    def stop(self) -> int:
        """Offset behind the last byte."""
        return int(self.start[-1] + self.size[-1]) if len(self.start) else 0

    def place(self, transfer: int) -> int:
        """Position of a transfer, -1 when it is not here."""
        at = int(np.searchsorted(self.transfer, transfer))
        return at if at < len(self.transfer) and self.transfer[at] == transfer else -1

    def place_of_byte(self, offset: int) -> int:
        """Position of the transfer that moved the byte at an offset, the last one for what lies behind."""
        return max(0, int(np.searchsorted(self.start, offset, side="right")) - 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a stream that lie together.

    Attributes:
        start: offset of the first one in the stream.
        size: how many there are.
        data: the bytes, None where the capture does not hold them.
        transfer: the transfer that moved them.
    """

    start: int
    size: int
    data: bytes | None
    transfer: int


class Streams:
    """Transfers and the ends they belong to, as columns, and the bytes of each end.

    A *channel* is what its transfers have in common: a connection's end or a pipe (an endpoint), or a file
    as it was opened once. Endpoints come first, so the channel of an endpoint is its number.

    Attributes:
        store: the events.
        family_of: int8, family of each row of the descriptor table.
        transfers: columns, one entry a transfer.
        endpoints: the ends of connections and pipes.
        endpoint: int32, endpoint of each transfer, NONE.
        channel: int32, channel of each transfer, NONE for unknown descriptors.
        recorded_at: int64, where in ``store.data`` the recorded bytes of each transfer begin.
        recorded: int64, how many of them there are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.family_of = families(store)
        self.transfers: Transfers = gather(store, self.family_of)
        infer_descriptors(store, self.transfers, self.family_of)
        self.endpoints: Endpoints = collect(store, self.family_of)
        self.endpoint = self.endpoint_of(self.transfers.descriptor)
        self.channel = self._channels()
        self.recorded_at, self.recorded = self._recordings()
        key = self.channel.astype(np.int64) * 4 + self.transfers.direction
        self._order = np.argsort(key, kind="stable")
        self._key = key[self._order]
        self._data = memoryview(store.data)  # type: ignore[arg-type]  # arrays are buffers
        self.side = lru_cache(maxsize=512)(self._side)

    def endpoint_of(self, descriptor: NDArray[np.int32]) -> NDArray[np.int32]:
        """The endpoints to which rows of the descriptor table lead, NONE."""
        out = np.full(len(descriptor), NONE, np.int32)
        known = np.flatnonzero(descriptor >= 0)
        if len(known):
            out[known] = self.endpoints.of_life[self.store.descriptors.life[descriptor[known]]]
        return out

    def of_channel(self, channel: int, direction: int) -> Indexes:
        """Indexes of the transfers that moved one way in a channel, ascending; none for NONE."""
        if channel < 0:
            return self._order[:0]
        first, stop = np.searchsorted(self._key, (channel * 4 + direction, channel * 4 + direction + 1))
        found: Indexes = self._order[first:stop]
        return found

    @cached_property
    def places(self) -> tuple[Indexes, Indexes]:
        """Transfers ordered by channel and direction: the place of each, and the transfer at each place."""
        place = np.empty(len(self._order), np.int64)
        place[self._order] = np.arange(len(self._order))
        return place, self._order

    @cached_property
    def _offsets(self) -> tuple[Indexes, Indexes]:
        """Bytes moved before each place of :attr:`places`, and the key of channel and direction there."""
        size = np.maximum(self.transfers.size[self._order], 0)
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(size)]), self._key

    def transfers_of_bytes(self, channel: Indexes, direction: Indexes, offset: Indexes) -> Indexes:
        """The transfers that moved the bytes at offsets of streams; all arrays are of the same length."""
        moved, keys = self._offsets
        group = np.searchsorted(keys, channel * 4 + direction)
        place = np.searchsorted(moved, moved[group] + offset, side="right") - 1
        found: Indexes = self._order[np.minimum(place, len(self._order) - 1)]
        return found

    def bytes_moved(self, channel: Indexes, direction: Indexes) -> Indexes:
        """How many bytes the streams of these channels and directions moved."""
        moved, keys = self._offsets
        wanted = channel * 4 + direction
        total: Indexes = moved[np.searchsorted(keys, wanted + 1)] - moved[np.searchsorted(keys, wanted)]
        return total

    def _side(self, channel: int, direction: int) -> Side:
        """The bytes that moved one way in a channel."""
        found = self.of_channel(channel, direction)
        columns = self.transfers
        found = found[columns.size[found] > 0]
        return Side.of(found, columns.size[found], columns.row[found], columns.begin[found])

    def payload(self, transfer: int, most: int | None = None) -> bytes:
        """The recorded bytes of a transfer, the first ``most`` of them; empty where there are none."""
        start, size = self.recorded_at.item(transfer), self.recorded.item(transfer)
        return bytes(self._data[start : start + (size if most is None else min(size, most))])

    def pieces(self, channel: int, direction: int, start: int, stop: int) -> Iterator[Piece]:
        """The bytes ``[start, stop)`` of a stream in order, with the gaps in it."""
        side = self.side(channel, direction)
        if not len(side.start) or stop <= start:
            return
        for place in range(side.place_of_byte(start), len(side.start)):
            at, size = int(side.start[place]), int(side.size[place])
            if at >= stop:
                return
            transfer = int(side.transfer[place])
            held = min(int(self.recorded[transfer]), size)
            known_from, known_to = max(start, at), min(stop, at + held)
            if known_from < known_to:
                begin = int(self.recorded_at[transfer]) + known_from - at
                data = self.store.data[begin : begin + known_to - known_from].tobytes()
                yield Piece(known_from, len(data), data, transfer)
            gap_from, gap_to = max(start, at + held), min(stop, at + size)
            if gap_from < gap_to:
                yield Piece(gap_from, gap_to - gap_from, None, transfer)

    # --- building --------------------------------------------------------------------------------

    def _channels(self) -> NDArray[np.int32]:
        channel = self.endpoint.copy()
        columns = self.transfers
        files = np.flatnonzero((columns.family == FILE) & (columns.descriptor >= 0))
        if len(files):
            life = self.store.descriptors.life[columns.descriptor[files]]
            channel[files] = len(self.endpoints.rows) + self.endpoints.roots[life]
        return channel

    def _recordings(self) -> tuple[Indexes, Indexes]:
        rows, start, stop = self.store.payload_spans()
        at, size = np.zeros(len(self.transfers), np.int64), np.zeros(len(self.transfers), np.int64)
        if len(rows):
            place = np.minimum(np.searchsorted(rows, self.transfers.row), len(rows) - 1)
            found = np.flatnonzero(rows[place] == self.transfers.row)
            at[found], size[found] = start[place[found]], (stop - start)[place[found]]
        return at, size


streams_of = kept_for_store(Streams)
"""The streams of a store, put together on the first call; any thread may ask."""
