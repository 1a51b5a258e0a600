"""Requests that were read at one end of a connection only, put where the other end moved the same bytes.

Where several requests were read at once only the first may have been recorded, and some calls record nothing.
Both ends count the same bytes, so what is known of one end tells which calls of the other moved them.
"""

from __future__ import annotations

import numpy as np

from hopscope.conversation.endpoints import BEFORE
from hopscope.conversation.messages import PROTOCOLS, Messages
from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import SEND, STREAMS
from hopscope.spans.asked import Asked, chosen, together
from hopscope.store.tables import NONE
from hopscope.trail.index import TrailIndex
from hopscope.trail.peers import LEAST_JOINED
from hopscope.trail.streams import Flow, find_shift
from hopscope.trail.unix_pairs import partners_of


def with_mirrored(asked: Asked, messages: Messages, index: TrailIndex) -> Asked:
    """The requests, and those that only the other ends of their connections tell of."""
    told = np.where(asked.request != NONE, asked.request, asked.response)
    # Where nothing was read of a turn there may be no messages at all.
    protocol = np.append(messages.protocol, NONE)[told]
    known = (told != NONE) & (protocol != PROTOCOLS.index("tls"))
    known &= asked.channel < len(index.endpoints.rows)
    members = np.flatnonzero(known)
    family = index.transfers.family[np.where(asked.asked != NONE, asked.asked, asked.answered)[members]]
    members = members[np.isin(family, STREAMS)]
    order = members[np.lexsort((asked.begin[members], asked.channel[members]))]
    channels = asked.channel[order]
    groups = {
        int(asked.channel[part[0]]): part
        for part in np.split(order, np.flatnonzero(np.diff(channels)) + 1)
        if len(part)
    }
    gone: list[Indexes] = []
    parts: list[Asked] = []
    for channel, own in groups.items():
        partner = _partner(index, channel)
        if partner is not None:
            made, replaced = _missing(asked, own, groups.get(partner), index, channel, partner)
            if made is not None:
                parts.append(made)
                gone.append(replaced)
    if not parts:
        return asked
    kept = np.ones(len(asked), np.bool_)
    kept[np.concatenate(gone)] = False
    return _trimmed(together([chosen(asked, np.flatnonzero(kept)), *parts]), index.streams)


def _partner(index: TrailIndex, channel: int) -> int | None:
    """The other end of a connection, None without one that is sure."""
    for partner, joined in partners_of(index, channel)[:1]:
        if partner != channel and joined.score >= LEAST_JOINED:
            return partner
    return None


def _missing(
    asked: Asked, own: Indexes, others: Indexes | None, index: TrailIndex, channel: int, partner: int
) -> tuple[Asked | None, Indexes]:
    """What one end alone tells, as the other end saw it; and what that takes the place of."""
    nothing = np.zeros(0, np.int64)
    own = own[asked.begin[own] != NONE]
    if not len(own):
        return None, nothing
    kind = int(asked.kind[own[0]])
    shifts = _shifts(index, channel, partner, kind)
    if shifts is None:
        return None, nothing
    begin = asked.begin[own] + shifts[0]
    yours = others if others is not None else nothing
    there = yours[asked.begin[yours] != NONE]
    seen = set(asked.begin[there].tolist())
    lost = own[[one not in seen for one in begin.tolist()]]
    if not len(lost):
        return None, nothing
    made = _moved(asked, lost, shifts, index.streams, partner)
    if made is None:
        return None, nothing
    # Answers whose questions were not seen there are those of the ones that are put in now.
    alone = yours[(asked.begin[yours] == NONE) & np.isin(asked.answer_begin[yours], made.answer_begin)]
    return made, alone


def _shifts(index: TrailIndex, channel: int, partner: int, kind: int) -> tuple[int, int] | None:
    """What offsets of requests and of answers differ by at the two ends; None where that is unsure."""
    ends = index.endpoints.rows
    if BEFORE not in (ends[channel].first, ends[partner].first):
        return 0, 0
    found = []
    for direction in (kind, 1 - kind):
        mine, yours = index.side(channel, direction), index.side(partner, 1 - direction)
        if not len(mine.row) or not len(yours.row):
            found.append(0)
            continue
        sends, receives = (mine, yours) if direction == SEND else (yours, mine)
        shift = find_shift(Flow(sends, receives, index.payload), int(mine.row[0]), certain=False)
        if not shift.sure:
            return None
        found.append(-shift.value if direction == SEND else shift.value)
    return found[0], found[1]


def _moved(
    asked: Asked, lost: Indexes, shifts: tuple[int, int], streams: Streams, partner: int
) -> Asked | None:
    """Requests of one end with the transfers of the other end; None where that did not move them."""
    kind = 1 - asked.kind[lost]
    begin, end = asked.begin[lost] + shifts[0], asked.end[lost] + shifts[0]
    to = np.full(len(lost), partner, np.int64)
    moved = (begin >= 0) & (begin < streams.bytes_moved(to, kind.astype(np.int64)))
    lost, kind, begin, end, to = lost[moved], kind[moved], begin[moved], end[moved], to[moved]
    if not len(lost):
        return None
    at, way = streams.transfers_of_bytes, kind.astype(np.int64)
    first = at(to, way, begin)
    last = at(to, way, np.maximum(begin, end - 1))
    answered = asked.answer_begin[lost] != NONE
    answer = np.where(answered, asked.answer_begin[lost] + shifts[1], NONE)
    answered &= (answer >= 0) & (answer < streams.bytes_moved(to, 1 - way))
    place = np.where(answered, answer, 0)
    stop = place + np.maximum(asked.answer_size[lost] - 1, 0)
    answer_first, answer_last = at(to, 1 - way, place), at(to, 1 - way, stop)
    none = np.full(len(lost), NONE, np.int64)
    return Asked(
        kind=kind.astype(np.int8),
        request=asked.request[lost],
        response=np.where(answered, asked.response[lost], NONE).astype(np.int32),
        channel=to.astype(np.int32),
        asked=first,
        asked_last=np.maximum(first, last),
        answered=np.where(answered, answer_first, none),
        answered_last=np.where(answered, np.maximum(answer_first, answer_last), none),
        begin=begin,
        end=end,
        size=asked.size[lost],
        answer_size=np.where(answered, asked.answer_size[lost], none),
        answer_begin=np.where(answered, answer, none),
        answer_channel=to.astype(np.int32),
        one_way=asked.one_way[lost],
    )


def _trimmed(asked: Asked, streams: Streams) -> Asked:
    """Requests whose end was not seen reach to the next one at most."""
    order = np.lexsort((asked.begin, asked.kind, asked.channel))
    order = order[asked.begin[order] != NONE]
    here, following = order[:-1], order[1:]
    same = (asked.channel[here] == asked.channel[following]) & (asked.kind[here] == asked.kind[following])
    same &= (asked.end[here] > asked.begin[following]) & (asked.begin[following] > asked.begin[here])
    here, following = here[same], following[same]
    if len(here):
        asked.end[here] = asked.begin[following]
        asked.size[here] = asked.end[here] - asked.begin[here]
        asked.asked_last[here] = streams.transfers_of_bytes(
            asked.channel[here].astype(np.int64), asked.kind[here].astype(np.int64), asked.end[here] - 1
        )
    return asked
