"""Matching the bytes of a stream: the n-th byte written at one end is the n-th byte read at the other.

A connection that was open before the capture began, or of which events were lost, starts at an
unknown offset. The shift between what was counted as sent and as received is then found from
neighbours whose recorded bytes are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hopscope.conversation.streams import Side

Payload = Callable[[int], bytes]
"""Recorded bytes of a message by its index; empty where there are none."""

NEIGHBOURS = 8
"""Messages on each side of the asked one that vote on the shift."""

LOOK_BACK, LOOK_AHEAD = 24, 8
MOST_SHIFTS = 8

CERTAIN_PRIOR = 200
"""Votes for shift 0 when both ends were opened in the capture: as much as three long equal payloads."""

LOOSE_PRIOR = 3
LONGEST_VOTE = 64
SAME_SIZE_VOTE = 2
IMPOSSIBLE = -100
"""Votes lost for a message that would be received before it was sent."""

SHORTEST_INSIDE = 8
"""Fewer bytes than this are not looked for inside of another message."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The bytes that move from one end to the other, as both ends recorded them."""

    sends: Side
    receives: Side
    payload: Payload


@dataclass(frozen=True, slots=True)
class Overlap:
    """Bytes that two messages have in common.

    Attributes:
        send, receive: positions on their sides.
        length: bytes in common.
        equal: recorded bytes that are the same, 0 when none are recorded on both sides.
    """

    send: int
    receive: int
    length: int
    equal: int


@dataclass(frozen=True, slots=True)
class Shift:
    """``offset sent - offset received`` of the same byte.

    Attributes:
        value: bytes.
        sure: whether more than the absence of anything better speaks for it.
    """

    value: int
    sure: bool


def find_shift(flow: Flow, row: int, certain: bool) -> Shift:
    """The shift near an event row; ``certain`` when both ends were opened in the capture."""
    receives = flow.receives
    votes: Counter[int] = Counter({0: CERTAIN_PRIOR if certain else LOOSE_PRIOR})
    centre = int(np.searchsorted(receives.row, row))
    window = range(max(0, centre - NEIGHBOURS), min(len(receives.transfer), centre + NEIGHBOURS + 1))
    for j in window:
        _vote(votes, flow, j)
    best, most = 0, -(10**9)
    for value, count in sorted(votes.most_common(MOST_SHIFTS), key=lambda vote: (-vote[1], abs(vote[0]))):
        total = count + _impossible(flow, window, value)
        if total > most:
            best, most = value, total
    return Shift(best, (certain and best == 0) or most >= LONGEST_VOTE // 4)


def overlaps_of_receive(flow: Flow, j: int, shift: int) -> list[Overlap]:
    """The sends whose bytes the j-th receive got."""
    sends, receives = flow.sends, flow.receives
    start = int(receives.start[j]) + shift
    stop = start + int(receives.size[j])
    first = int(np.searchsorted(sends.start + sends.size, start, side="right"))
    last = int(np.searchsorted(sends.start, stop, side="left"))
    found = [_overlap(flow, i, j, shift) for i in range(first, last)]
    return [one for one in found if one is not None]


def overlaps_of_send(flow: Flow, i: int, shift: int) -> list[Overlap]:
    """The receives that got bytes of the i-th send."""
    sends, receives = flow.sends, flow.receives
    start = int(sends.start[i]) - shift
    stop = start + int(sends.size[i])
    first = int(np.searchsorted(receives.start + receives.size, start, side="right"))
    last = int(np.searchsorted(receives.start, stop, side="left"))
    found = [_overlap(flow, i, j, shift) for j in range(first, last)]
    return [one for one in found if one is not None]


def nearest_equal(flow: Flow, place: int, sending: bool) -> list[Overlap]:
    """Messages of the other end near in time that begin with the same bytes, where offsets tell nothing.

    Args:
        flow: the stream.
        place: position of the asked message on its side.
        sending: whether that is the side of the sends.
    """
    mine, yours = (flow.sends, flow.receives) if sending else (flow.receives, flow.sends)
    wanted = flow.payload(int(mine.transfer[place]))
    centre = int(np.searchsorted(yours.row, mine.row[place]))
    found = []
    for k in range(max(0, centre - LOOK_BACK), min(len(yours.transfer), centre + LOOK_BACK)):
        i, j = (place, k) if sending else (k, place)
        got = flow.payload(int(yours.transfer[k]))
        both = min(len(wanted), len(got))
        in_order = flow.sends.begin[i] <= flow.receives.row[j]
        whole = both == mine.size[place] == yours.size[k]
        if in_order and (both >= SHORTEST_INSIDE or whole) and wanted[:both] == got[:both]:
            length = int(min(mine.size[place], yours.size[k]))
            found.append((abs(int(yours.row[k] - mine.row[place])), Overlap(i, j, length, both)))
    return [one for _, one in sorted(found, key=lambda near: near[0])[:1]]


def _overlap(flow: Flow, i: int, j: int, shift: int) -> Overlap | None:
    """The bytes in common; None without any, out of order, or where the recorded ones differ."""
    sends, receives = flow.sends, flow.receives
    if sends.begin[i] > receives.row[j]:
        return None
    sent_at = int(sends.start[i])
    got_at = int(receives.start[j]) + shift
    start = max(sent_at, got_at)
    length = min(sent_at + int(sends.size[i]), got_at + int(receives.size[j])) - start
    if length <= 0:
        return None
    one = flow.payload(int(sends.transfer[i]))[start - sent_at : start - sent_at + length]
    two = flow.payload(int(receives.transfer[j]))[start - got_at : start - got_at + length]
    both = min(len(one), len(two))
    return Overlap(i, j, length, both) if one[:both] == two[:both] else None


def _vote(votes: Counter[int], flow: Flow, j: int) -> None:
    """Add what the j-th receive, compared with the sends before it, says about the shift."""
    sends, receives = flow.sends, flow.receives
    row = int(receives.row[j])
    near = int(np.searchsorted(sends.row, row))
    got = flow.payload(int(receives.transfer[j]))
    for i in range(max(0, near - LOOK_BACK), min(len(sends.transfer), near + LOOK_AHEAD)):
        if sends.begin[i] > row:
            continue
        shift = int(sends.start[i] - receives.start[j])
        sent = flow.payload(int(sends.transfer[i]))
        both = min(len(sent), len(got))
        if not both:
            if sends.size[i] == receives.size[j]:
                votes[shift] += SAME_SIZE_VOTE
        elif sent[:both] == got[:both]:
            votes[shift] += min(both, LONGEST_VOTE)
        elif both >= SHORTEST_INSIDE:
            inside = sent.find(got[:LONGEST_VOTE])
            if inside > 0:
                votes[shift + inside] += min(len(got), len(sent) - inside, LONGEST_VOTE)
            inside = got.find(sent[:LONGEST_VOTE])
            if inside > 0:
                votes[shift - inside] += min(len(sent), len(got) - inside, LONGEST_VOTE)


def _impossible(flow: Flow, window: range, shift: int) -> int:
    """Votes lost because some receives would have got bytes before they were sent."""
    sends, receives = flow.sends, flow.receives
    lost = 0
    for j in window:
        start = int(receives.start[j]) + shift
        i = int(np.searchsorted(sends.start + sends.size, start, side="right"))
        if i < len(sends.transfer) and sends.start[i] <= start and sends.begin[i] > receives.row[j]:
            lost += IMPOSSIBLE
    return lost
