"""What links a message that a process received to one that it sent afterwards.

Every link is rated from both sides with the same function, so that going forward and going back
agree.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import fits, known
from hopscope.conversation.endpoints import CLIENT
from hopscope.conversation.transfers import CONNECT, EVENTFD, FILE, NO_FAMILY, PIPE, RECEIVE, SEND, UDP, UNIX
from hopscope.protocols import Message
from hopscope.protocols.message import REQUEST, RESPONSE
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.content import Common, address_answered, in_common
from hopscope.trail.files import names_address, weigh_file
from hopscope.trail.handover import woke_up
from hopscope.trail.index import Indexes, TrailIndex
from hopscope.trail.timing import soon
from hopscope.trail.unix_pairs import partners_of

MOST_NEAR = 200
"""So many messages of the process are rated in each direction."""

MOST_FILES = 20
MOST_CONNECTION = 6
MOST_SCANNED = 256

LONGEST_WAKE = 8
"""A message inside a process of at most so many bytes says only that there is work."""


class Linker:
    """Rates links inside processes.

    Attributes:
        index: of the store.
    """

    def __init__(self, index: TrailIndex) -> None:
        self.index = index
        self.link = lru_cache(maxsize=32768)(self._link)
        self._received = lru_cache(maxsize=512)(self._received_of)
        self._woke = lru_cache(maxsize=4096)(self._woke_up)

    # --- candidates ------------------------------------------------------------------------------

    def sends_after(self, receive: int) -> list[int]:
        """Messages that the process sent, and connections it asked for, after it received one."""
        columns = self.index.transfers
        row = int(columns.row[receive])
        own = self.index.of_process(int(columns.process[receive]))
        direction = columns.direction[own]
        own = own[(direction == SEND) | (direction == CONNECT)]
        own = own[columns.start[own] > row]
        own = own[(columns.size[own] != 0) | (columns.direction[own] == CONNECT)]
        near = _mixed(own, columns.family[own])
        connection = self.index.of_endpoint(int(self.index.endpoint[receive]), SEND)
        connection = connection[columns.start[connection] > row][:MOST_SCANNED]
        same = [one for one in connection.tolist() if self.same_partner(receive, one)]
        return sorted({*near, *same[:MOST_CONNECTION]})

    def receives_before(self, send: int) -> list[int]:
        """Messages that the process received before it sent one, latest first."""
        columns = self.index.transfers
        begin = int(columns.start[send])
        own = self._received(int(columns.process[send]), True)
        own = own[columns.row[own] < begin][::-1]
        near = _mixed(own, columns.family[own])
        connection = self.index.of_endpoint(int(self.index.endpoint[send]), RECEIVE)
        connection = connection[columns.row[connection] < begin][::-1][:MOST_SCANNED]
        same = [one for one in connection.tolist() if self.same_partner(one, send)]
        found = {*near, *same[:MOST_CONNECTION]}
        return sorted((one for one in found if columns.size[one] != 0), reverse=True)

    # --- rating ----------------------------------------------------------------------------------

    def _link(self, receive: int, send: int) -> Evidence:
        """What speaks for a received message having led to a sent one of the same process."""
        columns = self.index.transfers
        evidence = Evidence()
        apart = max(0, self.index.start_time(send) - self.index.time(receive))
        self._threads(evidence, receive, send, apart)
        self._process(evidence, receive, send)
        evidence.add("soon", "", soon(apart))
        self._connection(evidence, receive, send)
        content = self._content(evidence, receive, send)
        if not content and columns.family[receive] == FILE:
            weigh_file(evidence, self.index, receive, send, self._nearest_read(receive, send))
        elif not content and columns.family[send] == FILE:
            evidence.doubt("file", "one of the two is a file")
        if columns.direction[send] == CONNECT and columns.family[send] == UDP:
            evidence.doubt("sends nothing", "connecting a datagram socket sends nothing")
        elif columns.direction[send] == CONNECT and not content:
            evidence.doubt("only opens", "it only opens a connection")
        elif not content and self._wakes(send):
            evidence.doubt("only wakes", "it only wakes another thread of the process")
        return evidence

    def _threads(self, evidence: Evidence, receive: int, send: int, apart: int) -> None:
        columns = self.index.transfers
        later = f"{duration(apart)} later"
        thread = int(columns.thread[send])
        if columns.thread[receive] != thread:
            evidence.add("same process", f"same process, {later}")
            if self._woke(send) > columns.row[receive]:
                evidence.add("thread woke up", "the other thread woke up after it", soon(apart))
            return
        received = self._received(thread, False)
        latest = received[columns.row[received] < columns.start[send]][-1:]
        if (len(latest) and int(latest[0]) == receive) or columns.family[receive] == FILE:
            own = self.index.of_thread(thread)
            since = own[(own > receive) & (own < send) & (columns.direction[own] == SEND)]
            nth = int(np.count_nonzero(columns.family[since] != FILE))
            words = f"same thread, {later}, nothing else received in between"
            if nth:
                words += f", but {nth} other message{'s' if nth > 1 else ''} sent"
            evidence.add("thread's next", words, 1 / (1 + 0.25 * nth))
        elif self.gathered(receive, send):
            after = received[(received > receive) & (received < send)]
            words = f"same thread, {later}, only received in between"
            evidence.add("thread's next", words, 1 / (1 + len(after)))
        else:
            evidence.add("same thread", f"same thread, {later}")

    def gathered(self, receive: int, send: int) -> bool:
        """Whether a thread sent nothing between receiving one message and sending another."""
        columns = self.index.transfers
        if columns.thread[receive] != columns.thread[send]:
            return False
        own = self.index.of_thread(int(columns.thread[send]))
        since = own[(own > receive) & (own < send) & (columns.direction[own] == SEND)]
        return not np.isin(columns.family[since], (FILE, EVENTFD), invert=True).any()

    def _wakes(self, send: int) -> bool:
        """Whether a few bytes went to the process itself, over a pipe or a pair of sockets."""
        index, columns = self.index, self.index.transfers
        if columns.family[send] not in (PIPE, UNIX) or not 0 < columns.size[send] <= LONGEST_WAKE:
            return False
        for partner, _ in partners_of(index, int(index.endpoint[send]))[:1]:
            reads = index.of_endpoint(partner, RECEIVE)
            return len(reads) > 0 and bool((columns.process[reads] == columns.process[send]).all())
        return False

    def _nearest_read(self, receive: int, send: int) -> bool:
        """Whether a thread moved nothing else between reading a file and sending a message."""
        columns = self.index.transfers
        if columns.thread[receive] != columns.thread[send]:
            return False
        own = self.index.of_thread(int(columns.thread[send]))
        between = own[(own > receive) & (own < send) & (columns.size[own] != 0)]
        return bool((columns.family[between] == EVENTFD).all())

    def _process(self, evidence: Evidence, receive: int, send: int) -> None:
        columns = self.index.transfers
        received = self._received(int(columns.process[send]), True)
        received = received[columns.family[received] != FILE]
        latest = received[(columns.row[received] < columns.start[send]) & (columns.size[received] != 0)][-1:]
        if len(latest) and int(latest[0]) == receive:
            evidence.add("process's next", "the process received nothing else in between")

    def _connection(self, evidence: Evidence, receive: int, send: int) -> None:
        """The answer on the connection on which the request came, or the next request."""
        index, columns = self.index, self.index.transfers
        if index.endpoint[receive] != index.endpoint[send] or index.endpoint[send] < 0:
            return
        if columns.direction[send] != SEND or not self.same_partner(receive, send):
            return
        kind = self._kind(receive, send)
        sends = index.of_endpoint(int(index.endpoint[send]), SEND)
        between = sends[(columns.start[sends] > columns.row[receive]) & (sends < send)]
        nth = sum(self.same_partner(receive, one) for one in between[:MOST_CONNECTION].tolist())
        if kind == REQUEST and self._same_turn(receive, send):
            evidence.add("response on the connection", "sent back on the same connection", 1 / (1 + nth))
        else:
            evidence.add("next on the connection", "sent on the same connection", 1 / (1 + nth))

    def _kind(self, receive: int, send: int) -> str:
        """Whether the received message is a request or a response, from its text or its end's side."""
        said = self.index.decoded(receive)
        if said is not None:
            return said.kind
        endpoint = self.index.endpoint_of(send)
        return RESPONSE if endpoint is not None and endpoint.side == CLIENT else REQUEST

    def _content(self, evidence: Evidence, receive: int, send: int) -> bool:
        """Add what the two texts have in common; True when there is something."""
        index = self.index
        first, second = index.decoded(receive), index.decoded(send)
        if index.transfers.direction[send] == CONNECT:
            ends = index.ends(send)
            common = address_answered(first, ends[1][0]) if ends is not None else None
            found = [common] if common is not None else []
        else:
            found = in_common(index.payload(receive), index.payload(send), first, second)
        if index.transfers.family[receive] == FILE and not found:
            named = names_address(index, receive, send)
            found = [Common("address in text", named)] if named else []
        for one in found:
            evidence.add(one.weight, one.words, one.strength)
        if _other_transaction(first, second):
            evidence.doubt("other transaction", "it answers another query")
        return bool(found)

    def answers(self, receive: int, send: int) -> bool:
        """Whether the sent message can be the answer to the received one, on the way on which it came."""
        index, columns = self.index, self.index.transfers
        if index.endpoint[receive] != index.endpoint[send] or index.endpoint[send] < 0:
            return False
        if columns.direction[send] != SEND or not self.same_partner(receive, send):
            return False
        if self._kind(receive, send) != REQUEST:
            return False
        if not self._same_turn(receive, send):
            return False
        return not _other_transaction(index.decoded(receive), index.decoded(send))

    def _same_turn(self, receive: int, send: int) -> bool:
        """On a stream, whether the sent message belongs to what was received and not to a later request.

        It does as long as the two ends have not taken turns in between.
        """
        index, columns = self.index, self.index.transfers
        if columns.family[send] == UDP:
            return True
        endpoint = int(index.endpoint[send])
        received = index.of_endpoint(endpoint, RECEIVE)
        before = received[(columns.row[received] < columns.start[send]) & (columns.size[received] != 0)]
        if not len(before):
            return True
        sent = columns.start[index.of_endpoint(endpoint, SEND)]
        latest = int(columns.row[before[-1]])
        return not ((sent > columns.row[receive]) & (sent < latest)).any()

    def same_partner(self, receive: int, send: int) -> bool:
        """On a datagram socket, whether a message goes to where the other one came from."""
        if int(self.index.transfers.family[send]) != UDP:
            return True
        got, sent = self.index.ends(receive), self.index.ends(send)
        if got is None or sent is None:
            return True
        if known(got[0]) and known(sent[1]):
            return got[0] == sent[1]
        first, second = self.index.decoded(receive), self.index.decoded(send)
        if first is not None and second is not None:
            return first.identifier == second.identifier
        return fits(got[0], sent[1])

    # --- look-ups --------------------------------------------------------------------------------

    def _received_of(self, number: int, of_process: bool) -> Indexes:
        """What a process or a thread received, eventfds aside, ascending."""
        index, columns = self.index, self.index.transfers
        own = index.of_process(number) if of_process else index.of_thread(number)
        kept = (columns.direction[own] == RECEIVE) & (columns.family[own] != EVENTFD)
        kept &= (columns.family[own] != NO_FAMILY) | columns.inferred[own]
        kept &= (of_process | (columns.family[own] != FILE)) & (columns.size[own] != 0)
        found: Indexes = own[kept]
        return found

    def _woke_up(self, send: int) -> int:
        columns = self.index.transfers
        rows = self.index.store.rows_of_thread_life(int(columns.thread[send]))
        return woke_up(self.index.store, rows, int(columns.start[send]))


def _other_transaction(first: Message | None, second: Message | None) -> bool:
    """A response whose number or question is not that of the request."""
    if first is None or second is None or first.protocol != second.protocol:
        return False
    return (first.kind, second.kind) == (REQUEST, RESPONSE) and first.identifier != second.identifier


def _mixed(own: Indexes, family: NDArray[np.int8]) -> list[int]:
    """The nearest messages, of which only a few are of files; eventfds only pass work on."""
    own, family = own[family != EVENTFD], family[family != EVENTFD]
    files = own[family == FILE][:MOST_FILES]
    others = own[family != FILE][:MOST_NEAR]
    return [*others.tolist(), *files.tolist()]
