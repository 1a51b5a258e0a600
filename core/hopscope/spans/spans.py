"""Spans as columns: each is one request as one process saw it.

A request that was received here and answered from here, or sent from here and answered to here; what nobody
answered is one as well. Requests are messages that a decoder knows, or where none does, the turns that the
two ends of a connection take. Each end has its span, so a request within the capture has two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.exchange import Owner, owner_at
from hopscope.conversation.keeping import kept_for_store
from hopscope.conversation.messages import PROTOCOLS, Messages, messages_of
from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import RECEIVE, SEND
from hopscope.spans.asked import Asked, together
from hopscope.spans.closings import end_of_waiting
from hopscope.spans.gathering import gather_asked
from hopscope.spans.mirrored import with_mirrored
from hopscope.spans.pipes import jobs_of
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.trail.index import index_of

RECEIVED, SENT = RECEIVE, SEND
"""``kind`` of a span: received here and answered, or sent from here. It is the direction of its request."""


@dataclass(eq=False)
class Spans:
    """Columns, one entry a span, in the order of their beginnings.

    Attributes:
        store: the events.
        messages: the messages of the capture.
        kind: int8, RECEIVED or SENT.
        request, response: int32, messages; NONE where no decoder read one, or nothing was recorded of it at
            either end. Where only the other end recorded it, it is that end's message.
        channel, answer_channel: int32, channels of :class:`~hopscope.conversation.streams.Streams` on which
            the request and the answer moved: the same, but for pipes.
        asked, asked_last: int64, transfers that moved the first and the last byte of the request, NONE where
            the capture does not tell which did.
        answered, answered_last: int64, the same of the answer, NONE without one.
        begin, end: int64, offsets of the request's first byte and behind its last one, in the request's
            direction of the channel, or in its datagram.
        size, answer_size: int64, bytes of both, -1 unknown.
        one_way: bool, whether no answer can come on its channel.
        first, last: int64, event rows of its first and its last event; of what nobody answered the last one
            is the close with which it was given up, if there is one.
        start, stop: int64, ns. What was sent begins when its first call was made, what was received when its
            first bytes were there. Without an answer it lasts until the connection was closed, the process
            ended, or the capture.
        process, thread: int32, lives of the process and of the thread that moved the request's first byte.
        answerer: int32, life of the thread that moved the answer's first byte, NONE.
    """

    store: Store
    messages: Messages
    kind: NDArray[np.int8]
    request: NDArray[np.int32]
    response: NDArray[np.int32]
    channel: NDArray[np.int32]
    asked: Indexes
    asked_last: Indexes
    answered: Indexes
    answered_last: Indexes
    begin: Indexes
    end: Indexes
    size: Indexes
    answer_size: Indexes
    answer_channel: NDArray[np.int32]
    one_way: NDArray[np.bool_]
    first: Indexes
    last: Indexes
    start: Indexes
    stop: Indexes
    process: NDArray[np.int32]
    thread: NDArray[np.int32]
    answerer: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def streams(self) -> Streams:
        """The bytes of all connections."""
        return self.messages.streams

    @cached_property
    def _by_process(self) -> tuple[Indexes, Indexes]:
        order = np.argsort(self.process, kind="stable")
        return self.process[order].astype(np.int64), order

    def of_process(self, process: int) -> Indexes:
        """The spans of a process (life of its main thread), ascending."""
        key, order = self._by_process
        found: Indexes = order[slice(*np.searchsorted(key, (process, process + 1)).tolist())]
        return found

    @cached_property
    def _by_channel(self) -> tuple[Indexes, Indexes]:
        other = np.flatnonzero(self.answer_channel != self.channel)
        channel = np.concatenate([self.channel, self.answer_channel[other]])
        members = np.concatenate([np.arange(len(self)), other])
        order = np.lexsort((members, channel))
        return channel[order].astype(np.int64), members[order]

    def of_channel(self, channel: int) -> Indexes:
        """The spans whose request or answer moved on a channel, ascending."""
        key, order = self._by_channel
        found: Indexes = order[slice(*np.searchsorted(key, (channel, channel + 1)).tolist())]
        return found

    def of_row(self, row: int) -> list[int]:
        """The spans that an event moved bytes of, ascending; an enter event stands for its exit."""
        twin = int(self.store.twin[row])
        found: set[int] = set()
        for transfer in self.streams.transfers.of_row(twin if twin > row else row):
            channel = int(self.streams.channel[transfer])
            own = self.of_channel(channel)
            direction = int(self.streams.transfers.direction[transfer])
            asks = (self.kind[own] == direction) & (self.channel[own] == channel)
            asks &= (self.asked[own] <= transfer) & (self.asked_last[own] >= transfer)
            answers = (self.kind[own] != direction) & (self.answer_channel[own] == channel)
            answers &= (self.answered[own] <= transfer) & (self.answered_last[own] >= transfer)
            answers &= self.answered[own] != NONE
            found.update(own[asks | answers].tolist())
        return sorted(found)

    def near_row(self, row: int) -> int:
        """The span to which an event that moved no bytes of one belongs by its descriptor, NONE.

        A connect or accept belongs to the first request over it, anything else to the one before it.
        """
        descriptor = int(self.store.descriptor[row])
        if descriptor < 0:
            twin = int(self.store.twin[row])
            descriptor = int(self.store.descriptor[twin]) if twin >= 0 else NONE
        if descriptor < 0:
            return NONE
        channel = int(self.streams.endpoint_of(np.array([descriptor], np.int32))[0])
        own = self.of_channel(channel) if channel >= 0 else np.zeros(0, np.int64)
        own = own[self.process[own] == self.store.process[row]]
        if not len(own):
            return NONE
        before = own[self.first[own] <= row]
        return int(before[-1]) if len(before) else int(own[0])

    def rows(self, span: int) -> Indexes:
        """Event rows that moved its bytes, ascending, those that opened its connection for it first."""
        columns, streams = self.streams.transfers, self.streams
        kind = int(self.kind[span])
        found: list[Indexes] = [np.array([self.first[span], self.last[span]], np.int64)]
        for first, last, channel, side in (
            (self.asked[span], self.asked_last[span], self.channel[span], kind),
            (self.answered[span], self.answered_last[span], self.answer_channel[span], 1 - kind),
        ):
            if first == NONE:
                continue
            moved = streams.of_channel(int(channel), side)
            found.append(columns.row[moved[slice(*np.searchsorted(moved, (first, last + 1)).tolist())]])
        return np.unique(np.concatenate(found)).astype(np.int64)

    # --- in words --------------------------------------------------------------------------------

    def protocol(self, span: int) -> str:
        """Name of the protocol, empty where no decoder knows it."""
        message = self.message(span)
        return PROTOCOLS[self.messages.protocol[message]] if message != NONE else ""

    def message(self, span: int) -> int:
        """The message that tells most of it: its request, else its response, else NONE."""
        return int(self.request[span]) if self.request[span] != NONE else int(self.response[span])

    def owner(self, span: int) -> Owner:
        """Whose span it is: process, thread, container, pod, as of its first event."""
        return owner_at(self.store, int(self.first[span]))

    def descriptor(self, span: int) -> str:
        """Name of the connection, pipe or socket."""
        transfer = int(self.asked[span]) if self.asked[span] != NONE else int(self.answered[span])
        if transfer == NONE:
            return ""
        descriptor = int(self.streams.transfers.descriptor[transfer])
        return self.store.descriptors.name[descriptor] if descriptor >= 0 else ""

    def is_answered(self, span: int) -> bool:
        """Whether an answer was seen."""
        return bool(self.answered[span] != NONE)

    def failed(self, span: int) -> bool:
        """Whether its answer tells a failure."""
        response = int(self.response[span])
        return response != NONE and bool(self.messages.failed[response])


@kept_for_store
def spans_of(store: Store, report: Callable[[float], None] | None = None) -> Spans:
    """The spans of a store, put together on the first call; any thread may ask.

    Args:
        store: the events.
        report: told now and then how much of the work is done, 0 to 1.
    """
    messages = messages_of(store, report)
    found = together([gather_asked(messages), jobs_of(messages)])
    return _columns(messages, with_mirrored(found, messages, index_of(store)))


def _columns(messages: Messages, found: Asked) -> Spans:
    store, columns = messages.store, messages.streams.transfers
    some = np.where(found.asked != NONE, found.asked, found.answered)
    answered = found.answered != NONE
    sent = found.kind == SENT
    first = columns.row[some].copy()
    begun = np.where(sent, columns.start[some], columns.row[some])
    # What was asked by a call of which the capture tells nothing began with that call at the latest.
    last = np.where(answered, columns.row[found.answered_last], columns.row[some])
    asked = found.asked_last != NONE
    last[asked & ~answered] = columns.row[found.asked_last[asked & ~answered]]
    start = store.time[begun]
    stop = store.time[last].copy()
    waiting = np.flatnonzero(~answered & ~found.one_way)
    until, last[waiting] = end_of_waiting(messages.streams, found.channel[waiting], last[waiting])
    stop[waiting] = store.time[until]
    values: dict[str, NDArray[Any]] = {
        "kind": found.kind, "request": found.request, "response": found.response, "channel": found.channel,
        "asked": found.asked, "asked_last": found.asked_last, "answered": found.answered,
        "answered_last": found.answered_last, "begin": found.begin, "end": found.end, "size": found.size,
        "answer_size": found.answer_size, "answer_channel": found.answer_channel, "one_way": found.one_way,
        "first": first, "last": last, "start": start, "stop": stop,
        "process": columns.process[some], "thread": columns.thread[some],
        "answerer": np.where(answered, columns.thread[found.answered], NONE).astype(np.int32),
    }  # fmt: skip
    order = np.lexsort((first, start))
    assert {one.name for one in fields(Spans)} == {*values, "store", "messages"}
    return Spans(store, messages, **{name: value[order] for name, value in values.items()})
