"""Where a failed answer came from: the server behind the server, as far as the capture shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hopscope.findings.case import Case
from hopscope.findings.rules.connections import Broken, broken_connections
from hopscope.spans import RECEIVED, SENT, links_of, spans_of
from hopscope.store.tables import NONE

FARTHEST = 8
"""So many servers behind each other are followed."""

MOST_MESSAGES = 40_000
"""In captures with more, and of processes with more requests than half of it, nobody looks for what was asked
for the sake of what: it would take longer than all else."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a failed answer came from.

    Attributes:
        words: who said it first, or what kept a server from answering.
        rows: event rows to look at.
    """

    words: str
    rows: tuple[int, ...]


def origin_of(case: Case, response: int) -> Origin | None:
    """Where the failure came from that a response tells, None where the server is not in the capture."""
    if len(case.messages) > MOST_MESSAGES:
        return None
    spans = spans_of(case.store)
    same = np.flatnonzero(spans.response == response)
    if not len(same):
        return None
    links = links_of(case.store)
    span = int(same[0])
    served = span if spans.kind[span] == RECEIVED else int(links.across.received[span])
    origin = None
    for _ in range(FARTHEST):
        if served == NONE or len(spans.of_process(int(spans.process[served]))) > MOST_MESSAGES // 2:
            return origin
        failed = [one for one in links.effects(served) if _failed(case, one)]
        who = case.who(int(spans.first[served]))
        if not failed:
            return _unreachable(case, served, who) or origin or Origin(f"it came from {who} itself", ())
        last = failed[-1]
        origin = _heard(case, last, who)
        served = int(links.across.received[last])
    return origin


def for_the_same(case: Case, one: int, other: int) -> bool:
    """Whether two requests, by their event rows, were not sent for the sake of different ones.

    Those of a proxy may be alike and yet for two clients.
    """
    if len(case.messages) > MOST_MESSAGES:
        return True
    spans, links = spans_of(case.store), links_of(case.store)
    sent = [next((s for s in spans.of_row(row) if spans.kind[s] == SENT), NONE) for row in (one, other)]
    if NONE in sent or len(spans.of_process(int(spans.process[sent[0]]))) > MOST_MESSAGES // 2:
        return True
    return links.cause(sent[0]) == links.cause(sent[1])


def _failed(case: Case, span: int) -> bool:
    """Whether a request that was sent for the sake of another one failed, or was not answered."""
    spans = spans_of(case.store)
    response = int(spans.response[span])
    if spans.kind[span] != SENT or int(spans.request[span]) == NONE:
        return False
    return bool(case.messages.failed[response]) if response != NONE else int(spans.answered[span]) == NONE


def _heard(case: Case, span: int, who: str) -> Origin:
    """What a server had heard from the one behind it."""
    spans = spans_of(case.store)
    request, response = int(spans.request[span]), int(spans.response[span])
    server = case.server_of(request)
    rows = tuple(dict.fromkeys((int(spans.first[span]), int(spans.last[span]))))
    asked, answered = case.store.number[rows[0]], case.store.number[rows[-1]]
    if response == NONE:
        return Origin(f"{who} had got no answer from {server} (event {asked})", rows)
    outcome = case.messages.texts[response].outcome
    return Origin(f"{who} had heard {outcome} from {server} (event {answered})", rows)


def _unreachable(case: Case, served: int, who: str) -> Origin | None:
    """The last connection of the server that failed while it worked on a request."""
    spans = spans_of(case.store)
    first, last = int(spans.first[served]), int(spans.last[served])
    own = [
        one
        for one in broken_connections(case)
        if first < one.row < last and case.process(one.row) == spans.process[served]
    ]
    return _words(case, own[-1], who) if own else None


def _words(case: Case, broken: Broken, who: str) -> Origin:
    number = case.store.number[broken.row]
    place = f" to {broken.where}" if broken.where else ""
    words = f"a connection of {who}{place} was {broken.what} (event {number})"
    return Origin(words, tuple(dict.fromkeys((broken.begun, broken.row))))
