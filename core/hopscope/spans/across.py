"""From process to process: which received request is the one that was sent.

On streams both ends count the same bytes, so the request at an offset of one end is the request at that
offset of the other. Datagrams are told apart by the client's address, the transaction's number and the
question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import cached_property

import numpy as np

from hopscope.conversation.addresses import known
from hopscope.conversation.endpoints import BEFORE
from hopscope.conversation.streams import Indexes
from hopscope.conversation.transfers import RECEIVE, SEND, UDP
from hopscope.spans.spans import RECEIVED, SENT, Spans
from hopscope.store.tables import NONE
from hopscope.trail.candidate import Evidence
from hopscope.trail.index import TrailIndex, index_of
from hopscope.trail.peers import LEAST_JOINED, message_peers
from hopscope.trail.streams import Flow, find_shift
from hopscope.trail.unix_pairs import partners_of

MOST_ENDS = 3
"""So many other ends of a connection are looked at."""

SAME_QUESTION = 0.85
SAME_NUMBER = 0.6
UNSURE = 0.8
"""Scores of datagrams whose client, number and question are equal, or only the last two; a doubt's factor."""

CLOCKS_APART = 1_000_000
"""ns by which something may seem to be received before it was sent, where two machines have recorded it."""

Pair = tuple[int, int, float]
"""A sent span, the received one, and the score."""


class Across:
    """Links between processes.

    Attributes:
        received: int32, for each sent span the received one at the other end, NONE.
        sent: int32, for each received span the sent one at the other end, NONE.
        score: float32, of the link of each span, 0 without.
    """

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self.index: TrailIndex = index_of(spans.store)
        self.received = np.full(len(spans), NONE, np.int32)
        self.sent = np.full(len(spans), NONE, np.int32)
        self.score = np.zeros(len(spans), np.float32)
        family = self.index.transfers.family[np.where(spans.asked != NONE, spans.asked, spans.answered)]
        self._datagrams(np.flatnonzero(family == UDP))
        self._streams(np.flatnonzero(family != UDP))

    def _join(self, pairs: list[Pair]) -> None:
        """Accept pairs, best first; each span has one other end."""
        for sent, received, score in sorted(pairs, key=lambda one: -one[2]):
            if self.received[sent] == NONE and self.sent[received] == NONE:
                self.received[sent], self.sent[received] = received, sent
                self.score[sent] = self.score[received] = score

    @cached_property
    def _received_for(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for span in np.flatnonzero(self.sent != NONE).tolist():
            found.setdefault(int(self.sent[span]), []).append(span)
        return found

    def received_for(self, sent: int) -> list[int]:
        """The received spans at the other end of a sent one; one call may have sent several datagrams."""
        return self._received_for.get(sent, [])

    # --- streams ---------------------------------------------------------------------------------

    def _streams(self, members: Indexes) -> None:
        spans = self.spans
        received = members[spans.kind[members] == RECEIVED]
        there = set(np.unique(spans.channel[received]).tolist())
        pairs: list[Pair] = []
        for channel in np.unique(spans.channel[members[spans.kind[members] == SENT]]).tolist():
            if channel >= len(self.index.endpoints.rows):
                continue
            mine = spans.of_channel(channel)
            mine = mine[spans.kind[mine] == SENT]
            for partner, joined in partners_of(self.index, channel)[:MOST_ENDS]:
                if partner not in there:
                    continue
                yours = spans.of_channel(partner)
                yours = yours[spans.kind[yours] == RECEIVED]
                if len(yours):
                    pairs.extend(self._same_bytes(mine, yours, channel, partner, joined))
        self._join(pairs)

    def _possible(self, sent: int, received: int) -> bool:
        """Whether one span can be what another process sent: in the order of time."""
        spans = self.spans
        one, other = int(spans.process[sent]), int(spans.process[received])
        if one == other and one != NONE:
            return False
        hosts = spans.store.process_host
        apart = min(one, other) >= 0 and hosts[one] != hosts[other]
        asked = int(spans.asked[sent])
        # Where only the ends of calls are recorded, one may be received before the other is recorded.
        columns = self.index.transfers
        begun = spans.store.time[columns.begin[asked]] if asked != NONE else spans.start[sent]
        return bool(spans.start[received] + (CLOCKS_APART if apart else 0) >= begun)

    def _same_bytes(
        self, mine: Indexes, yours: Indexes, channel: int, partner: int, joined: Evidence
    ) -> list[Pair]:
        """Requests at both ends of a connection that are the same bytes of it."""
        spans, ends = self.spans, self.index.endpoints.rows
        score, shift = 1 - 0.5 * (1 - joined.score), 0
        if BEFORE in (ends[channel].first, ends[partner].first) and channel != partner:
            flow = Flow(self.index.side(channel, SEND), self.index.side(partner, RECEIVE), self.index.payload)
            asked = spans.asked[mine]
            row = int(self.index.transfers.row[asked[asked != NONE][0]]) if (asked != NONE).any() else 0
            found = find_shift(flow, row, certain=False)
            shift = found.value
            score *= 1 if found.sure else UNSURE
        equal = joined.score >= LEAST_JOINED
        begin = spans.begin[yours] + shift
        order = np.argsort(begin, kind="stable")
        begin, yours = begin[order], yours[order]
        end = spans.end[yours] + shift
        pairs: list[Pair] = []
        for one in mine[spans.begin[mine] != NONE].tolist():
            place = int(np.searchsorted(begin, spans.end[one], side="left")) - 1
            if place < 0 or end[place] <= spans.begin[one]:
                continue
            other = int(yours[place])
            exact = begin[place] == spans.begin[one]
            if not exact and place and end[place - 1] > spans.begin[one]:
                other = int(yours[place - 1])
            if not self._possible(one, other) or not (equal or self._alike(one, other)):
                continue
            pairs.append((one, other, score if exact else score * UNSURE))
        return pairs

    def _alike(self, one: int, other: int) -> bool:
        """Whether the recorded bytes of two requests are the same as far as both have any."""
        first, second = (self.index.payload(int(self.spans.asked[span])) for span in (one, other))
        both = min(len(first), len(second))
        return both > 0 and first[:both] == second[:both]

    # --- datagrams -------------------------------------------------------------------------------

    def _datagrams(self, members: Indexes) -> None:
        """First by all that identifies a datagram, then where addresses were translated without them."""
        self._by_key(members, True, SAME_QUESTION)
        other = np.where(self.spans.kind[members] == SENT, self.received[members], self.sent[members])
        left = members[other == NONE]
        self._by_key(left, False, SAME_NUMBER)
        self._unseen(members)

    def _unseen(self, members: Indexes) -> None:
        """What was received from calls of which nothing is recorded; one may have sent several datagrams."""
        spans = self.spans
        unseen: defaultdict[Hashable, list[int]] = defaultdict(list)
        for span in members[(spans.kind[members] == SENT) & (spans.request[members] == NONE)].tolist():
            if spans.asked[span] != NONE and not self.index.payload(int(spans.asked[span])):
                unseen[self._client(span)].append(span)
        if not unseen:
            return
        for other in members[(spans.kind[members] == RECEIVED) & (self.sent[members] == NONE)].tolist():
            calls = unseen.get(self._client(other), [])
            before = [one for one in calls if self._possible(one, other)]
            if before:
                self.sent[other] = before[-1]
                self.score[other] = SAME_NUMBER
                if self.received[before[-1]] == NONE:
                    self.received[before[-1]] = other
                    self.score[before[-1]] = SAME_NUMBER

    def _by_key(self, members: Indexes, with_client: bool, score: float) -> None:
        spans = self.spans
        sides: tuple[defaultdict[Hashable, list[int]], ...] = (defaultdict(list), defaultdict(list))
        for span in members.tolist():
            key = self._key(span, with_client)
            if key is not None:
                sides[spans.kind[span]][key].append(span)
        pairs: list[Pair] = []
        for key, sent in sides[SENT].items():
            received = sides[RECEIVED].get(key, [])
            if received:
                pairs.extend(self._in_order(sent, received, score))
        self._join(pairs)

    def _in_order(self, sent: list[int], received: list[int], score: float) -> list[Pair]:
        """Equal datagrams: each sent one and the first that was received after it and before the next."""
        spans, pairs = self.spans, []
        left = list(received)
        for place, one in enumerate(sent):
            until = spans.start[sent[place + 1]] if place + 1 < len(sent) else None
            for other in left:
                if not self._possible(one, other):
                    continue
                if until is not None and spans.start[other] > until and len(left) < len(sent) - place:
                    break
                pairs.append((one, other, score))
                left.remove(other)
                break
        return pairs

    def _key(self, span: int, with_client: bool) -> Hashable:
        """What a datagram has in common at both ends; None where nothing tells it apart."""
        spans, messages = self.spans, self.spans.messages
        message = spans.message(span)
        if message != NONE and messages.identifier[message] >= 0:
            told = messages.texts[message]
            what: Hashable = (
                int(messages.protocol[message]),
                int(messages.identifier[message]),
                told.subject,
            )
        elif with_client and spans.asked[span] != NONE and spans.size[span] > 0:
            what = self.index.payload(int(spans.asked[span]))[:64], int(spans.size[span])
        else:
            return None
        if not with_client:
            return what
        client = self._client(span)
        return None if client is None else (client, what)

    def _client(self, span: int) -> Hashable:
        spans = self.spans
        transfer = int(spans.asked[span]) if spans.asked[span] != NONE else int(spans.answered[span])
        ends = self.index.ends(transfer)
        if ends is None:
            return None
        asks = transfer == spans.asked[span]
        client = ends[0] if asks else ends[1]
        return client if known(client) and client[1] else None

    # --- evidence --------------------------------------------------------------------------------

    def evidence(self, sent: int, received: int) -> tuple[str, ...]:
        """In words why two spans are the two ends of one request."""
        spans = self.spans
        columns = self.index.transfers
        for mine, yours in (
            (int(spans.asked[sent]), spans.rows(received)),
            (int(spans.answered[sent]), spans.rows(received)),
        ):
            if mine == NONE:
                continue
            for row, evidence in message_peers(self.index, mine):
                if row in yours:
                    return evidence.words()
        number = spans.store.number
        asked = columns.row[spans.asked[received]] if spans.asked[received] != NONE else spans.first[received]
        return (f"the same request is received by event {number[asked]}",)
