"""Links between spans: what each was asked for, with the other candidates, and what it led to.

Links across processes are found for all spans at once; those inside a process when one of its spans is first
asked about. Everything is kept with the store; any thread may ask.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hopscope.conversation.keeping import kept_for_store
from hopscope.spans.across import Across
from hopscope.spans.inside import Inside
from hopscope.spans.reasons import Case
from hopscope.spans.spans import RECEIVED, SENT, Spans, spans_of
from hopscope.spans.starts import Starts
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.trail.index import index_of

SURE = 0.60
"""A link with less is doubtful."""

CLOSE = 0.12
"""So is one whose next candidate has nearly as much."""


UNKNOWN = -2
"""Stands for a cause that was not looked for yet."""


@dataclass(frozen=True, slots=True)
class Link:
    """Why a span is there.

    Attributes:
        cause: the span for whose sake it was sent, or the sent span that is the other end of a received one.
        score: how well the evidence supports it, 0 to 1.
        evidence: in words, strongest first.
        doubtful: whether little speaks for it, or nearly as much for another one.
        across: whether it leads from process to process.
    """

    cause: int
    score: float
    evidence: tuple[str, ...]
    doubtful: bool
    across: bool


class Links:
    """Causes and effects of the spans of a store.

    Attributes:
        store: the events.
        spans: the spans.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.spans: Spans = spans_of(store)
        self._inside: dict[int, Inside] = {}
        self._cause = [UNKNOWN] * len(self.spans)
        self._effects: dict[int, dict[int, list[int]]] = {}
        self._working = threading.RLock()

    @cached_property
    def across(self) -> Across:
        """Links between processes."""
        return Across(self.spans)

    @cached_property
    def starts(self) -> Starts:
        """Processes that were started in the capture."""
        return Starts(self.spans)

    def inside(self, process: int) -> Inside:
        """Links inside a process (life of its main thread)."""
        with self._working:
            found = self._inside.get(process)
            if found is None:
                found = Inside(self.spans, index_of(self.store), process)
                self._note_causes(process, found)
                self._inside[process] = found
            return found

    def _note_causes(self, process: int, inside: Inside) -> None:
        """Write down the causes of the spans of a process."""
        for span in self.spans.of_process(process).tolist():
            if self.spans.kind[span] == RECEIVED:
                self._cause[span] = int(self.across.sent[span])
            else:
                case = inside.cause(span)
                self._cause[span] = case.span if case is not None else NONE

    def prepare(self, report: Callable[[float], None] | None = None) -> None:
        """Find the links inside all processes, so that every trail is at hand.

        Args:
            report: told now and then how much of it is done, 0 to 1.
        """
        done = 0
        for process, count in zip(*np.unique(self.spans.process, return_counts=True), strict=True):
            self.inside(int(process))
            self._effects_in(int(process))
            done += int(count)
            if report is not None:
                report(done / len(self.spans))
        _ = self.starts

    # --- what is asked ---------------------------------------------------------------------------

    def cause(self, span: int) -> int:
        """The span because of which this one is there, NONE."""
        if self._cause[span] == UNKNOWN:
            self.inside(int(self.spans.process[span]))
        return self._cause[span]

    def link(self, span: int) -> Link | None:
        """The link to its cause with the evidence, None where nothing is known to have caused it."""
        if self.cause(span) == NONE:
            return None
        return self.candidates(span)[0]

    def score(self, span: int) -> float:
        """Score of the link to its cause, 0 without one."""
        if self.spans.kind[span] == RECEIVED:
            return float(self.across.score[span])
        found = self.inside(int(self.spans.process[span])).cause(span)
        return found.score if found is not None else 0.0

    def doubtful(self, span: int) -> bool:
        """Whether the link to its cause is doubtful; False without one."""
        if self.cause(span) == NONE:
            return False
        if self.spans.kind[span] == RECEIVED:
            return bool(self.across.score[span] < SURE)
        return _doubtful(self.inside(int(self.spans.process[span])).cases[span])

    def candidates(self, span: int) -> list[Link]:
        """All that may have caused a span, best first, each with its evidence; empty where nothing may have.

        The first one need not be its cause: :meth:`cause` tells whether it scores enough.
        """
        if self.spans.kind[span] == RECEIVED:
            sent = int(self.across.sent[span])
            if sent == NONE:
                return []
            score = float(self.across.score[span])
            return [Link(sent, round(score, 4), self.across.evidence(sent, span), score < SURE, across=True)]
        cases = self.inside(int(self.spans.process[span])).cases.get(span, [])
        return [
            Link(one.span, round(one.score, 4), one.words(), place > 0 or _doubtful(cases), across=False)
            for place, one in enumerate(cases)
        ]

    def effects(self, span: int) -> list[int]:
        """The spans that a span is the cause of, in the order of their beginnings."""
        if self.spans.kind[span] == SENT:
            return self.across.received_for(span)
        return self._effects_in(int(self.spans.process[span])).get(span, [])

    def without_cause(self, process: int) -> list[int]:
        """Spans of a process that nothing inside it caused: all received ones, and what it sent by itself."""
        return self._effects_in(process).get(NONE, [])

    def _effects_in(self, process: int) -> dict[int, list[int]]:
        """For each received span of a process what it sent for its sake; what has no cause under NONE."""
        found = self._effects.get(process)
        if found is not None:
            return found
        self.inside(process)
        with self._working:
            found = {}
            for span in self.spans.of_process(process).tolist():
                cause = self._cause[span] if self.spans.kind[span] == SENT else NONE
                found.setdefault(cause, []).append(span)
            self._effects[process] = found
            return found


def _doubtful(cases: list[Case]) -> bool:
    first = cases[0].score
    return first < SURE or (len(cases) > 1 and cases[1].score > first - CLOSE)


links_of = kept_for_store(Links)
"""The links of a store; made on the first call, and worked out as they are asked for."""
