"""What was asked in a capture: the requests that decoders read, and the turns that others take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.endpoints import CLIENT, EITHER, SERVER
from hopscope.conversation.messages import KINDS, ONE_WAY, PROTOCOLS, Messages
from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import FILE, RECEIVE, SEND, TCP, UDP, UNIX
from hopscope.protocols.message import REQUEST, RESPONSE
from hopscope.spans.asked import Asked, chosen, nothing_asked, together
from hopscope.spans.datagrams import datagrams_of
from hopscope.store.tables import NONE

TALKING = (TCP, UNIX)
"""Families on which ends take turns."""


def gather_asked(messages: Messages) -> Asked:
    """All that was asked in a capture, unordered."""
    told = _of_messages(messages)
    silent = _without_request(messages)
    spoken = np.zeros(len(messages.streams.endpoints.rows) + 1, np.bool_)
    ends = messages.channel < len(messages.streams.endpoints.rows)
    encrypted = messages.protocol == PROTOCOLS.index("tls")
    spoken[messages.channel[ends & ~encrypted]] = True
    told = chosen(told, ~encrypted[told.request])
    datagrams = datagrams_of(messages.streams, spoken)
    turns = turns_of(messages.streams, spoken)
    _name_hellos(turns, messages)
    opaque = _opaque(messages.streams, spoken, silent)
    return together([told, silent, turns, datagrams, opaque])


def _of_messages(messages: Messages) -> Asked:
    """Requests that a decoder read, with the responses to them."""
    request = np.flatnonzero(messages.kind == KINDS.index(REQUEST))
    family = messages.streams.transfers.family[messages.first[request]]
    request = request[family != FILE]
    response = messages.partner[request]
    there = response != NONE
    return Asked(
        kind=messages.direction[request],
        request=request.astype(np.int32),
        response=response,
        channel=messages.channel[request],
        asked=messages.first[request],
        asked_last=messages.last[request],
        answered=np.where(there, messages.first[response], NONE),
        answered_last=np.where(there, messages.last[response], NONE),
        begin=messages.start[request],
        end=messages.stop[request],
        size=messages.stop[request] - messages.start[request],
        answer_size=np.where(there, messages.stop[response] - messages.start[response], NONE),
        answer_begin=np.where(there, messages.start[response], NONE),
        answer_channel=messages.channel[request],
        one_way=np.isin(messages.streams.transfers.family[messages.first[request]], ONE_WAY),
    )


def _without_request(messages: Messages) -> Asked:
    """Responses to what was not recorded: the last call before them on the channel may have asked."""
    response = np.flatnonzero((messages.kind == KINDS.index(RESPONSE)) & (messages.partner == NONE))
    response = response[messages.protocol[response] != PROTOCOLS.index("tls")]
    streams = messages.streams
    asked = np.full(len(response), NONE, np.int64)
    for i, one in enumerate(response.tolist()):
        other = streams.of_channel(int(messages.channel[one]), 1 - int(messages.direction[one]))
        place = int(np.searchsorted(other, messages.first[one]))
        if place and (streams.recorded[other[place - 1]] == 0):
            asked[i] = other[place - 1]
    return Asked(
        kind=(1 - messages.direction[response]).astype(np.int8),
        request=np.full(len(response), NONE, np.int32),
        response=response.astype(np.int32),
        channel=messages.channel[response],
        asked=asked,
        asked_last=asked,
        answered=messages.first[response],
        answered_last=messages.last[response],
        begin=np.full(len(response), NONE, np.int64),
        end=np.full(len(response), NONE, np.int64),
        size=np.full(len(response), NONE, np.int64),
        answer_size=messages.stop[response] - messages.start[response],
        answer_begin=messages.start[response],
        answer_channel=messages.channel[response],
        one_way=np.zeros(len(response), np.bool_),
    )


def turns_of(streams: Streams, spoken: NDArray[np.bool_]) -> Asked:
    """Turns on connections whose protocol no decoder knows: all that one end said until the other one did.

    Args:
        streams: of the capture.
        spoken: bool, for each endpoint whether its messages are known; these are left out.
    """
    columns = streams.transfers
    usable = (streams.endpoint >= 0) & np.isin(columns.family, TALKING) & (columns.direction <= SEND)
    usable &= columns.size > 0
    usable[usable] = ~spoken[streams.endpoint[usable]]
    moved = np.flatnonzero(usable)
    moved = moved[np.argsort(streams.endpoint[moved], kind="stable")]
    if not len(moved):
        return nothing_asked()
    channel, direction = streams.endpoint[moved], columns.direction[moved]
    size = columns.size[moved]
    new = np.append(True, (channel[1:] != channel[:-1]) | (direction[1:] != direction[:-1]))
    begin = np.flatnonzero(new)
    stop = np.append(begin[1:], len(moved))
    own, side = channel[begin], direction[begin]
    moved_before = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
    total = moved_before[stop] - moved_before[begin]
    asks = side == _asking_side(streams)[own]
    # Whoever speaks first where nothing tells who asks.
    unknown = _asking_side(streams)[own] == EITHER
    starts = np.append(True, own[1:] != own[:-1])
    leader = side[np.maximum.accumulate(np.where(starts, np.arange(len(own)), 0))]
    asks |= unknown & (side == leader)
    offset = _offsets_of_turns(own, side, total)
    ask = np.flatnonzero(asks)
    after = np.minimum(ask + 1, len(own) - 1)
    there = (ask + 1 < len(own)) & (own[after] == own[ask])
    return Asked(
        kind=side[ask].astype(np.int8),
        request=np.full(len(ask), NONE, np.int32),
        response=np.full(len(ask), NONE, np.int32),
        channel=own[ask].astype(np.int32),
        asked=moved[begin[ask]],
        asked_last=moved[stop[ask] - 1],
        answered=np.where(there, moved[begin[after]], NONE),
        answered_last=np.where(there, moved[stop[after] - 1], NONE),
        begin=offset[ask],
        end=offset[ask] + total[ask],
        size=total[ask],
        answer_size=np.where(there, total[after], NONE),
        answer_begin=np.where(there, offset[after], NONE),
        answer_channel=own[ask].astype(np.int32),
        one_way=np.zeros(len(ask), np.bool_),
    )


def _offsets_of_turns(own: NDArray[np.int32], side: NDArray[np.int8], total: Indexes) -> Indexes:
    """Where each turn begins in its direction of its channel."""
    key = own.astype(np.int64) * 2 + side
    order = np.argsort(key, kind="stable")
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(total[order])[:-1]])
    first = np.append(True, key[order][1:] != key[order][:-1])
    base = before[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    out = np.empty(len(order), np.int64)
    out[order] = before - base
    return out


def _asking_side(streams: Streams) -> NDArray[np.int8]:
    """For each endpoint the direction in which requests move at it, EITHER where that is not known."""
    ways = {CLIENT: SEND, SERVER: RECEIVE}
    sides = [ways.get(end.side, EITHER) for end in streams.endpoints.rows]
    return np.array([*sides, EITHER], np.int8)


def _two_ended(streams: Streams) -> NDArray[np.bool_]:
    """For each endpoint whether it talks to one other end only."""
    return np.array([*(end.client is not None for end in streams.endpoints.rows), False], np.bool_)


def _name_hellos(turns: Asked, messages: Messages) -> None:
    """Give turns of encrypted connections the messages of the handshake that they begin with."""
    encrypted = np.flatnonzero(messages.protocol == PROTOCOLS.index("tls"))
    for column, kind, first in (
        (turns.request, REQUEST, turns.asked),
        (turns.response, RESPONSE, turns.answered),
    ):
        hellos = encrypted[messages.kind[encrypted] == KINDS.index(kind)]
        hellos = hellos[np.argsort(messages.first[hellos], kind="stable")]
        if not len(hellos) or not len(first):
            continue
        place = np.minimum(np.searchsorted(messages.first[hellos], first), len(hellos) - 1)
        fits = messages.first[hellos[place]] == first
        column[fits] = hellos[place[fits]]


def _opaque(streams: Streams, spoken: NDArray[np.bool_], silent: Asked) -> Asked:
    """Datagrams of which nothing is recorded, sent to one other end, to which no answer is known."""
    columns = streams.transfers
    usable = (streams.endpoint >= 0) & (columns.family == UDP) & (columns.direction == SEND)
    usable &= (streams.recorded == 0) & (columns.size != 0)
    usable[usable] = _two_ended(streams)[streams.endpoint[usable]]
    # Turns have those of a known size where no decoder knows the channel.
    known = columns.size > 0
    usable[usable] = spoken[streams.endpoint[usable]] | ~known[usable]
    usable[silent.asked[silent.asked != NONE]] = False
    sent = np.flatnonzero(usable)
    none = np.full(len(sent), NONE, np.int64)
    return Asked(
        kind=np.full(len(sent), SEND, np.int8),
        request=none.astype(np.int32),
        response=none.astype(np.int32),
        channel=streams.endpoint[sent],
        asked=sent,
        asked_last=sent,
        answered=none,
        answered_last=none,
        begin=none,
        end=none,
        size=columns.size[sent],
        answer_size=none,
        answer_begin=none,
        answer_channel=streams.endpoint[sent],
        one_way=np.zeros(len(sent), np.bool_),
    )
