"""Datagrams whose protocol no decoder knows: each that a client sends is a request of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import Address, normal
from hopscope.conversation.endpoints import SERVER
from hopscope.conversation.streams import Streams
from hopscope.conversation.transfers import RECEIVE, SEND, UDP
from hopscope.spans.asked import Asked, nothing_asked
from hopscope.store.tables import NONE

MOST_WAITING = 256
"""So many datagrams of one partner wait for an answer."""


def datagrams_of(streams: Streams, spoken: NDArray[np.bool_]) -> Asked:
    """What was asked by datagrams; the next one to where a request came from is its answer.

    Where nothing ever comes back to a partner, nobody waits for an answer.

    Args:
        streams: of the capture.
        spoken: bool, for each endpoint whether its messages are known; these are left out.
    """
    columns = streams.transfers
    usable = (streams.endpoint >= 0) & (columns.family == UDP) & (columns.direction <= SEND)
    usable &= columns.size > 0
    usable[usable] = ~spoken[streams.endpoint[usable]]
    found = np.flatnonzero(usable)
    if not len(found):
        return nothing_asked()
    asked, answer = _pairs(streams, found.tolist())
    one = np.array(asked, np.int64)
    other = np.array(answer, np.int64)
    answered = other != NONE
    none = np.full(len(one), NONE, np.int32)
    channel = streams.endpoint[one]
    talks = np.zeros(len(streams.endpoints.rows), np.bool_)
    talks[channel[answered]] = True
    zero = np.zeros(len(one), np.int64)
    return Asked(
        kind=columns.direction[one],
        request=none,
        response=none,
        channel=channel,
        asked=one,
        asked_last=one,
        answered=other,
        answered_last=other,
        begin=zero,
        end=columns.size[one],
        size=columns.size[one],
        answer_size=np.where(answered, columns.size[other], NONE),
        answer_begin=np.where(answered, zero, NONE),
        answer_channel=channel,
        one_way=~talks[channel],
    )


def _pairs(streams: Streams, transfers: list[int]) -> tuple[list[int], list[int]]:
    """Requests and the answers to them, NONE without."""
    ends = streams.endpoints.rows
    asking: dict[Hashable, int] = {}
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(lambda: deque(maxlen=MOST_WAITING))
    asked: list[int] = []
    answer: list[int] = []
    for transfer in transfers:
        number, direction = int(streams.endpoint[transfer]), int(streams.transfers.direction[transfer])
        end = ends[number]
        partner = (number, None) if end.client is not None else (number, _other(streams, transfer, direction))
        # Whoever sends first asks, where the socket does not tell.
        first = RECEIVE if end.side == SERVER and end.client is not None else direction
        if asking.setdefault(partner, first) == direction:
            waiting[partner].append(len(asked))
            asked.append(transfer)
            answer.append(NONE)
        elif waiting[partner]:
            answer[waiting[partner].popleft()] = transfer
    return asked, answer


def _other(streams: Streams, transfer: int, direction: int) -> Address | None:
    """Where a datagram came from or went to."""
    ends = streams.store.message_tuple(int(streams.transfers.row[transfer]))
    return None if ends is None else normal(ends[0] if direction == RECEIVE else ends[1])
