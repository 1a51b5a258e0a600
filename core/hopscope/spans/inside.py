"""Inside a process: for the sake of which received request was another one sent.

The moments of the process are gone through twice. Backwards, to know what each thread answered next after it
sent something or got an answer. Then forwards, with what each thread is working on: what it received last, or
what the answer that it got last belongs to; threads that it wakes or starts take that over. Each request that
is sent is compared with all that were being worked on, and the evidence decides.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from hopscope.spans.content import Words, rarity
from hopscope.spans.moments import (
    ASKED,
    CALLED,
    CAME,
    HEARD,
    OPENED,
    STARTED,
    WENT,
    WOKEN,
    Moment,
    moments_of,
)
from hopscope.spans.reasons import Case, best
from hopscope.spans.spans import Spans
from hopscope.store.tables import NONE
from hopscope.trail.candidate import duration
from hopscope.trail.index import TrailIndex
from hopscope.trail.timing import soon

LEAST_SCORE = 0.40
"""A request whose best cause has less was sent for no received one."""

MOST_OPEN = 48
"""So many requests being worked on are compared with each one that is sent, the latest first."""

MOST_KEPT = 6
LEAST_OF_BEST = 0.2
"""So many candidates are kept for each, with at least this part of the best one's score."""

MOST_CALLS = 64
"""So many calls to waiting threads are remembered for each futex, eventfd or pipe."""

LINGERING = 64
"""So many answered requests are still candidates."""

TELLING = frozenset((
    "received last", "went on", "handed over", "answered next", "answer led to", "content", "some content",
    "answers alike", "asked again", "started", "opened for it",
))  # fmt: skip
"""Evidence that is more than being at the same time in the same process."""

ENOUGH_RARE = 3.0
"""Rarity of words in common that is worth all of their weight."""


@dataclass(slots=True)
class Work:
    """What a thread is at.

    Attributes:
        span: the received request.
        row: event row since which.
        how: ``received last``, ``went on`` or ``handed over``.
        through: the sent request whose answer led there, NONE.
    """

    span: int
    row: int
    how: str
    through: int = NONE


@dataclass(slots=True)
class Batch:
    """What a thread received since it last sent something, and how much it sent since."""

    works: list[Work] = field(default_factory=list)
    sent: int = 0


class Inside:
    """Links inside one process.

    Attributes:
        cases: for each sent span its candidates, best first; the first one is its cause if it scores enough.
    """

    def __init__(self, spans: Spans, index: TrailIndex, process: int) -> None:
        self.spans = spans
        self.index = index
        self.cases: dict[int, list[Case]] = {}
        self._words = Words(spans, index, spans.of_process(process))
        self._moments = moments_of(spans, index, process)
        self._then_answered: dict[int, tuple[int, int]] = {}
        self._answer_led: dict[int, tuple[int, int]] = {}
        self._look_ahead()
        self._open: OrderedDict[int, int] = OrderedDict()
        self._lingering: OrderedDict[int, int] = OrderedDict()
        self._batches: dict[int, Batch] = {}
        self._called: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=MOST_CALLS))
        self._opened: dict[int, tuple[int, list[int]]] = {}
        self._of_connection: dict[int, int] = {}
        self._given_up: dict[Hashable, int] = {}
        self._seen: Counter[bytes] = Counter()
        self._anyhow: defaultdict[Hashable, list[int]] = defaultdict(lambda: [0, 0])
        self._count_anyhow()
        self._replay()
        self._forget()

    def _forget(self) -> None:
        """Give back what only finding the links needed."""
        self._moments.clear()
        self._words.forget()
        for one in (self._then_answered, self._answer_led, self._lingering, self._batches, self._called):
            one.clear()

    def cause(self, span: int) -> Case | None:
        """Why a span was sent; None where nothing received was."""
        cases = self.cases.get(span)
        return cases[0] if cases and cases[0].score >= LEAST_SCORE else None

    # --- backwards -------------------------------------------------------------------------------

    def _look_ahead(self) -> None:
        """What each thread answered next after it sent a request, and after it got an answer.

        Between getting an answer and answering, a thread may send further requests: these then have the same
        cause.
        """
        following: dict[int, tuple[int, int]] = {}
        waiting: defaultdict[int, int] = defaultdict(int)
        for one in reversed(self._moments):
            if one.what == WENT:
                following[one.thread] = one.subject, one.row
                waiting[one.thread] = 0
            elif one.what == CAME:
                following.pop(one.thread, None)
            elif one.what == HEARD:
                if one.subject not in self._answer_led and one.thread in following:
                    self._answer_led[one.subject] = following[one.thread]
            elif one.what == ASKED and one.subject in self._answer_led:
                # Whatever led to this request led to what its answer leads to.
                following[one.thread] = self._answer_led[one.subject]
            elif one.what == ASKED and one.thread in following:
                self._then_answered[one.subject] = following[one.thread]

    def _count_anyhow(self) -> None:
        """How often each question is asked, and how often while nothing is being worked on."""
        open_: set[int] = set()
        for one in self._moments:
            if one.what == CAME:
                open_.add(one.subject)
            elif one.what == WENT and one.final:
                open_.discard(one.subject)
            elif one.what == ASKED:
                counts = self._anyhow[self._question(one.subject)]
                counts[0] += 1
                counts[1] += not open_

    # --- forwards --------------------------------------------------------------------------------

    def _replay(self) -> None:
        for one in self._moments:
            match one.what:
                case x if x == CAME:
                    self._came(one)
                case x if x == WENT:
                    self._went(one)
                case x if x == OPENED:
                    self._opened[one.subject] = one.row, [work.span for work in self._works(one.thread)]
                case x if x == ASKED:
                    self._asked(one)
                case x if x == HEARD:
                    self._heard(one)
                case x if x == CALLED:
                    self._called[one.subject].append(self._latest(one.thread))
                case x if x == WOKEN:
                    self._woken(one.thread, one.subject, one.row)
                case x if x == STARTED:
                    self._take_over(one.subject, self._latest(one.thread), one.row)

    def _works(self, thread: int) -> list[Work]:
        batch = self._batches.get(thread)
        return batch.works if batch is not None else []

    def _latest(self, thread: int) -> int:
        """The received request that a thread turned to last, NONE."""
        works = self._works(thread)
        return works[-1].span if works else NONE

    def _came(self, one: Moment) -> None:
        self._open[one.subject] = one.row
        self._seen.update(self._words.asked(one.subject))
        self._get(one.thread, Work(one.subject, one.row, "received last"))

    def _heard(self, one: Moment) -> None:
        cause = self.cause(one.subject)
        if cause is not None and one.final:
            self._get(one.thread, Work(cause.span, one.row, "went on", through=one.subject))

    def _get(self, thread: int, work: Work) -> None:
        """A thread received something: the next of several at once, or what it turns to now."""
        batch = self._batches.get(thread)
        if batch is None or batch.sent or (batch.works and batch.works[0].how == "handed over"):
            batch = self._batches[thread] = Batch()
        batch.works.append(work)

    def _went(self, one: Moment) -> None:
        self._sent(one.thread)
        if one.final and one.subject in self._open:
            del self._open[one.subject]
            self._seen.subtract(self._words.asked(one.subject))
            self._lingering[one.subject] = one.row
            if len(self._lingering) > LINGERING:
                self._lingering.popitem(last=False)

    def _sent(self, thread: int) -> None:
        batch = self._batches.get(thread)
        if batch is not None:
            batch.sent += 1

    def _woken(self, thread: int, key: int, row: int) -> None:
        """A thread woke up: by the first call whose request is still being worked on, as queues have it."""
        called = self._called.get(key)
        while called:
            span = called.popleft()
            if span in self._open:
                self._take_over(thread, span, row)
                return

    def _take_over(self, thread: int, span: int, row: int) -> None:
        """A thread goes on with what another one was at when it called."""
        if span != NONE:
            self._batches[thread] = Batch([Work(span, row, "handed over")])

    # --- one request -----------------------------------------------------------------------------

    def _asked(self, one: Moment) -> None:
        span, spans = one.subject, self.spans
        before = self._repeated(span)
        cases = {other: Case(other, []) for other in self._candidates(span, one.thread, before)}
        for case in cases.values():
            self._weigh(case, one, before)
        self._weigh_content(span, list(cases.values()))
        for case in cases.values():
            if not TELLING.intersection(name for name, _, _ in case.found):
                case.found.append(("only time", 1.0, ()))
        ranked = best(cases.values())[:MOST_KEPT]
        self.cases[span] = [one for one in ranked if one.score >= LEAST_OF_BEST * ranked[0].score]
        self._sent(one.thread)
        cause = self.cause(span)
        if cause is not None:
            self._of_connection[int(spans.channel[span])] = cause.span
        if spans.answered[span] == NONE:
            self._given_up[self._question(span)] = span

    def _candidates(self, span: int, thread: int, before: int) -> list[int]:
        """Received requests that can be the cause."""
        chosen = list(self._open)[-MOST_OPEN:]
        near = [work.span for work in self._works(thread)]
        near += self._opened.get(span, (NONE, []))[1]
        near += [
            found[0]
            for found in (self._then_answered.get(before), self._answer_led.get(before))
            if found is not None
        ]
        cause = self.cause(before) if before != NONE else None
        if cause is not None:
            near.append(cause.span)
        return list(dict.fromkeys([*chosen, *near]))

    def _weigh(self, case: Case, one: Moment, before: int) -> None:
        """Everything but content."""
        span, spans, found = one.subject, self.spans, case.found
        other = case.span
        columns = self.index.transfers
        asked = int(spans.asked[other])
        came = int(spans.store.time[columns.row[asked]]) if asked != NONE else int(spans.start[other])
        apart = max(0, int(spans.start[span]) - came)
        self._weigh_thread(case, one)
        found.append(("soon", soon(apart), (duration(apart),)))
        if len(self._open) == 1 and other in self._open:
            found.append(("only one", soon(apart), ()))
        led = self._answer_led.get(span)
        if led is not None:
            if led[0] == other:
                found.append(("answer led to", 1.0, ()))
        else:
            then = self._then_answered.get(span)
            if then is not None and then[0] == other:
                found.append(("answered next", 1.0, ()))
        if before != NONE:
            cause = self.cause(before)
            if cause is not None and cause.span == other:
                number = spans.store.number[spans.first[before]]
                found.append(("asked again", 1.0, (number,)))
        if self._of_connection.get(int(spans.channel[span])) == other:
            found.append(("connection kept", 1.0, ()))
        asked_in_all, anyhow = self._anyhow[self._question(span)]
        if anyhow and before == NONE:
            strength = max(anyhow / asked_in_all, min(1.0, (anyhow - 1) / 2))
            found.append(("asked anyhow", strength, (anyhow, asked_in_all)))
        if other not in self._open:
            found.append(("answered before", 1.0, ()))
        elif (
            spans.answered[span] != NONE
            and spans.answered[other] != NONE
            and (columns.row[spans.answered_last[other]] < columns.row[spans.answered[span]])
        ):
            found.append(("outlasts", 1.0, ()))

    def _weigh_thread(self, case: Case, one: Moment) -> None:
        """What the thread that sends it was at, and the one that opened the connection for it."""
        opened, works_then = self._opened.get(one.subject, (NONE, []))
        if case.span in works_then:
            came = int(self.spans.start[case.span])
            apart = max(0, int(self.spans.store.time[opened]) - came)
            case.found.append(("opened for it", soon(apart) / len(works_then), (duration(apart),)))
        batch = self._batches.get(one.thread)
        works = batch.works if batch is not None else []
        time = self.spans.store.time
        for place, work in enumerate(works):
            if work.span != case.span:
                continue
            apart = max(0, int(self.spans.start[one.subject]) - int(time[work.row]))
            sent = batch.sent if batch is not None else 0
            strength = 1 / (1 + 0.2 * sent) if len(works) == 1 else (0.8 if place == sent else 0.3)
            strength *= 0.5 + 0.5 * soon(apart)
            if work.how == "went on":
                number = self.spans.store.number[self.spans.first[work.through]]
                case.found.append(("went on", strength, (duration(apart), number)))
            elif work.how == "handed over":
                case.found.append(("handed over", strength, ()))
            else:
                case.found.append(("received last", strength, (duration(apart),)))
            return
        if case.span not in works_then and any(work.span in self._open for work in works):
            busy = [work for work in works if work.how != "handed over"]
            if busy:
                case.found.append(("thread busy", 1.0, ()))

    def _weigh_content(self, span: int, cases: list[Case]) -> None:
        """Words that a request and its cause have in common, and their answers."""
        if not cases:
            return
        asked = self._words.asked(span)
        among = max(1, len(self._open))
        rated = []
        for case in cases:
            shared = asked & self._words.asked(case.span)
            rated.append((rarity(shared, self._seen, among, self._words.usual) if shared else 0.0, shared))
        most = max(weight for weight, _ in rated)
        for case, (weight, shared) in zip(cases, rated, strict=True):
            if weight <= 0:
                if most > 1:
                    case.found.append(("nothing in common", 1.0, ()))
                continue
            alone = weight >= most and sum(other >= most for other, _ in rated) == 1
            name = "content" if alone else "some content"
            case.found.append(
                (name, min(1.0, weight / ENOUGH_RARE), (self._words.named(shared, span, case.span),))
            )
            if most > 1 and weight < most / 2:
                case.found.append(("nothing in common", 1 - weight / most, ()))
        self._weigh_answers(span, cases)

    def _weigh_answers(self, span: int, cases: list[Case]) -> None:
        """Where several are being worked on, what came back and went out again."""
        told = self._words.told(span) - self._words.usual_told
        if len(cases) < 2 or not told:
            return
        others = [self._words.told(case.span) for case in cases]
        seen = Counter(word for words in others for word in words)
        rated = [rarity(told & words, seen, len(cases), frozenset()) for words in others]
        most = max(rated)
        for case, weight, words in zip(cases, rated, others, strict=True):
            if weight > 1 and weight >= most:
                case.found.append(
                    (
                        "answers alike",
                        min(1.0, weight / ENOUGH_RARE),
                        (self._words.named(told & words, span, case.span),),
                    )
                )

    # --- repeated requests -----------------------------------------------------------------------

    def _question(self, span: int) -> Hashable:
        """What two requests of which one repeats the other have in common."""
        spans, message = self.spans, self.spans.message(span)
        if message != NONE:
            told = spans.messages.texts[message]
            return int(spans.messages.protocol[message]), told.subject
        transfer = int(spans.asked[span])
        return self.index.payload(transfer)[:64] if transfer != NONE else b"", int(spans.size[span])

    def _repeated(self, span: int) -> int:
        """The request without an answer that this one asks again, NONE."""
        message = int(self.spans.request[span])
        before = self._given_up.get(self._question(span), NONE)
        if before == NONE and message != NONE and self.spans.messages.repeats[message] != NONE:
            return NONE
        return before
