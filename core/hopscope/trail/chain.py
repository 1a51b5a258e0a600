"""Following links through a process: questions that were asked for an answer, and threads that were woken."""

from __future__ import annotations

from functools import lru_cache

from hopscope.conversation.transfers import SEND
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.files import tells_resolver
from hopscope.trail.handover import informed_threads
from hopscope.trail.index import TrailIndex
from hopscope.trail.links import Linker
from hopscope.trail.replies import answers_to, requests_of
from hopscope.trail.timing import soon
from hopscope.trail.unanswered import answered_after, first_asked, given_up_before

Found = list[tuple[int, Evidence]]
"""Event rows and what speaks for them."""

CONVINCING = 0.5
"""A link of this score is followed further."""

CLEARLY_BETTER = 0.6
"""A link with less than this part of another one's doubt is clearly better."""

MOST_NESTED = 40
"""So many candidates are tried as answers to inner questions."""

MOST_FOLLOWED = 8
"""So many of the best candidates are looked at for what lies between."""


class Chain:
    """Follows links through a process.

    Attributes:
        index: of the store.
        linker: rates single links.
    """

    def __init__(self, index: TrailIndex) -> None:
        self.index = index
        self.linker = Linker(index)
        self.request_of = lru_cache(maxsize=8192)(self._request_of)
        self.answer_to = lru_cache(maxsize=8192)(self._answer_to)
        self.best_cause = lru_cache(maxsize=4096)(self._best_cause)
        self.askers = lru_cache(maxsize=4096)(self._askers)

    def sent_because_of(self, receive: int) -> Found:
        """What was sent because of a received message, in event rows."""
        rated = self._rated([(receive, send) for send in self.linker.sends_after(receive)])
        return self._rows([(send, evidence) for (_, send), evidence in rated])

    def received_before(self, send: int) -> Found:
        """What was received and can be why a message was sent, in event rows."""
        rated = self._rated([(receive, send) for receive in self.linker.receives_before(send)])
        return self._rows([(receive, evidence) for (receive, _), evidence in rated])

    def told_after(self, row: int) -> Found:
        """After a request was given up by a close: answers to those for whom it had been made."""
        index = self.index
        found: Found = []
        for send in answered_after(index, row):
            for asked in given_up_before(index, send):
                for asker in self.askers(first_asked(index, asked)):
                    if self.linker.answers(asker, send):
                        evidence = Evidence()
                        words = f"answers {index.number(asker)}, for which it had asked in vain"
                        evidence.add("nested answer", words)
                        apart = index.start_time(send) - int(index.store.time[row])
                        evidence.add("soon", f"{duration(apart)} later", soon(apart))
                        found.append((int(index.transfers.row[send]), evidence))
        return found

    def _rows(self, found: list[tuple[int, Evidence]]) -> Found:
        return [(int(self.index.transfers.row[other]), evidence) for other, evidence in found]

    def _rated(self, pairs: list[tuple[int, int]]) -> list[tuple[tuple[int, int], Evidence]]:
        """Links with what lies between them taken into account."""
        rated: list[tuple[tuple[int, int], Evidence]] = []
        nested: set[tuple[int, int]] = set()
        for pair in pairs:
            evidence = Evidence()
            evidence.merge(self.linker.link(*pair))
            rated.append((pair, evidence))
        rated.sort(key=lambda one: -one[1].score)
        for pair, evidence in rated[:MOST_NESTED]:
            if self._nested(evidence, *pair):
                nested.add(pair)
        rated.sort(key=lambda one: -one[1].score)
        for pair, evidence in rated[:MOST_FOLLOWED]:
            self._handed_over(evidence, *pair)
            self._by_way_of(evidence, *pair)
            if pair not in nested:
                self._better_explained(evidence, *pair)
        return rated

    def _nested(self, evidence: Evidence, receive: int, send: int) -> bool:
        """Whether the received message answers a question asked in order to answer what is now answered."""
        if self._after_giving_up(evidence, receive, send):
            return True
        request = self.request_of(receive)
        if request < 0:
            return False
        for asker in self.askers(request):
            if self.linker.answers(asker, send):
                evidence.add(
                    "nested answer",
                    f"answers {self.index.number(asker)}, for which {self.index.number(request)} had asked",
                )
                return True
        return False

    def _after_giving_up(self, evidence: Evidence, receive: int, send: int) -> bool:
        """Whether the sent message follows on giving up what was asked for the received one."""
        if not self.linker.answers(receive, send):
            return False
        number = self.index.number
        longer: list[int] = []
        for asked in given_up_before(self.index, send):
            origin = first_asked(self.index, asked)
            waiting = [asker for asker in self.askers(origin) if self.linker.answers(asker, send)]
            if receive in waiting:
                evidence.add("nested answer", f"{number(asked)}, asked for its sake, was just given up")
                evidence.doubt("by way of another answer", f"by way of the question {number(origin)}")
                return True
            longer.extend(waiting[:1])
        if longer:
            evidence.doubt("better explained", f"{number(longer[0])} had waited for it longer")
        return False

    def _by_way_of(self, evidence: Evidence, receive: int, send: int) -> None:
        """Between the two lies a question that the received message led to, and its answer."""
        for asked in self._asked_for(receive, send):
            answer = self.answer_to(asked)
            if answer >= 0 and self.index.transfers.row[answer] < self.index.transfers.start[send]:
                number = self.index.number
                evidence.doubt(
                    "by way of another answer",
                    f"by way of the question {number(asked)} and its answer {number(answer)}",
                )
                return

    def _better_explained(self, evidence: Evidence, receive: int, send: int) -> None:
        """Another received message explains the sent one clearly better."""
        doubt = 1 - self.linker.link(receive, send).score
        best, other = self.best_cause(send)
        if other == receive or 1 - best >= CLEARLY_BETTER * doubt:
            return
        request = self.request_of(other)
        columns, number = self.index.transfers, self.index.number
        asked_since = request >= 0 and columns.start[request] > columns.row[receive]
        if self._together(receive, other) and self.linker.gathered(receive, send):
            return
        evidence.doubt("better explained", f"{number(other)} explains it better")
        if asked_since:
            evidence.doubt("by way of another answer", f"by way of the question {number(request)}")

    def _together(self, receive: int, other: int) -> bool:
        """Whether a message came right after another on a connection, before anything was sent over it.

        They are parts of one message or answers to questions asked together, for all of which a thread waits.
        """
        index, columns = self.index, self.index.transfers
        number = int(index.endpoint[receive])
        if number < 0 or number != index.endpoint[other] or other < receive:
            return False
        sends = columns.start[index.of_endpoint(number, SEND)]
        return not ((sends > columns.row[receive]) & (sends < columns.row[other])).any()

    def _best_cause(self, send: int) -> tuple[float, int]:
        """Score and message of the best single link to a sent message."""
        near = self.linker.receives_before(send)[:32]
        near = [one for one in near if not tells_resolver(self.index, one)]
        return max(((self.linker.link(one, send).score, one) for one in near), default=(0.0, -1))

    def _asked_for(self, receive: int, send: int) -> list[int]:
        """Questions to others between the two that the received message led to."""
        index, columns = self.index, self.index.transfers
        asked = []
        for other in self.linker.sends_after(receive)[:64]:
            if other >= send or columns.direction[other] != SEND:
                continue
            if index.endpoint[other] in (index.endpoint[receive], index.endpoint[send]):
                continue
            if self.linker.link(receive, other).score >= CONVINCING:
                asked.append(other)
        return asked[:MOST_FOLLOWED]

    def _handed_over(self, evidence: Evidence, receive: int, send: int) -> None:
        """The sending thread was woken by the receiving one, directly or in a chain."""
        columns = self.index.transfers
        if columns.thread[receive] == columns.thread[send]:
            return
        store = self.index.store
        after, before = int(columns.row[receive]), int(columns.start[send])
        informed = informed_threads(
            self.index, int(columns.process[send]), int(store.tid[after]), after, before
        )
        if int(store.tid[columns.row[send]]) in informed:
            evidence.add("thread woken", "its thread was woken by the one that received")

    def _request_of(self, receive: int) -> int:
        """The request that a received message answers, -1 when none convinces."""
        return _best(requests_of(self.index, receive, 8))

    def _answer_to(self, send: int) -> int:
        """What came back on a request, -1 when nothing convinces."""
        return _best(answers_to(self.index, send, 8))

    def _askers(self, request: int) -> tuple[int, ...]:
        """The received messages for which a request was probably sent, best first."""
        found = [
            (self.linker.link(receive, request).score, receive)
            for receive in self.linker.receives_before(request)[:32]
        ]
        return tuple(receive for score, receive in sorted(found, reverse=True) if score >= CONVINCING)[:4]


def _best(found: list[tuple[int, Evidence]]) -> int:
    message, evidence = max(found, key=lambda one: one[1].score, default=(-1, Evidence()))
    return message if evidence.score >= CONVINCING else -1


@lru_cache(maxsize=2)
def chain_of(index: TrailIndex) -> Chain:
    """The chain of an index, one each."""
    return Chain(index)
