"""Processes that were started while a request was worked on, and for its sake."""

from __future__ import annotations

import numpy as np

from hopscope.spans.inside import LEAST_SCORE, MOST_OPEN
from hopscope.spans.reasons import Case, best
from hopscope.spans.spans import RECEIVED, Spans
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.trail.candidate import duration
from hopscope.trail.timing import soon


class Starts:
    """Which processes of a capture were started in it, by whom, and for which received request.

    Attributes:
        born: life of a process to the event row that started it.
        causes: life of a process to the case for the received span for which it was started.
        by_span: received span to the processes that were started for it.
        by_process: life of a process to those that it started for no received request.
    """

    def __init__(self, spans: Spans) -> None:
        self.born = _births(spans.store)
        self.causes: dict[int, Case] = {}
        self.by_span: dict[int, list[int]] = {}
        self.by_process: dict[int, list[int]] = {}
        # A process matters that asked somebody, or of whose children one did.
        telling = set(np.unique(spans.process).tolist())
        for process in sorted(self.born, reverse=True):
            if process not in telling:
                continue
            row = self.born[process]
            parent = int(spans.store.process[row])
            if parent in (NONE, process):
                continue
            telling.add(parent)
            case = _cause(spans, row, parent)
            if case is None:
                self.by_process.setdefault(parent, []).insert(0, process)
            else:
                self.causes[process] = case
                self.by_span.setdefault(case.span, []).insert(0, process)


def _births(store: Store) -> dict[int, int]:
    """Each process that was started within the capture, and the event row of the call that did it."""
    threads = store.threads
    main = np.flatnonzero((threads.born != NONE) & (threads.process == threads.life))
    found: dict[int, int] = {}
    for state in main.tolist():
        found.setdefault(int(threads.life[state]), int(threads.born[state]))
    return found


def _cause(spans: Spans, row: int, parent: int) -> Case | None:
    """The received request of a process for whose sake it made the call that started another one."""
    store = spans.store
    own = spans.of_process(parent)
    received = own[(spans.kind[own] == RECEIVED) & (spans.first[own] <= row)]
    open_ = received[(spans.answered[received] == NONE) | (spans.last[received] >= row)]
    thread = int(store.thread_life[row])
    cases = []
    for span in open_.tolist()[-MOST_OPEN:]:
        apart = int(store.time[row]) - int(spans.start[span])
        case = Case(span, [("started", 1.0, ()), ("soon", soon(apart), (duration(apart),))])
        if int(spans.thread[span]) != thread:
            case.found.append(("thread busy", 1.0, ()))
        cases.append(case)
    ranked = best(cases)
    return ranked[0] if ranked and ranked[0].score >= LEAST_SCORE else None
