"""HTTP answers with a status of 4xx or 5xx, by who got them from whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.spans import spans_of
from hopscope.findings.words import several, times
from hopscope.store.tables import NONE

PROTOCOLS = ("http", "http2")
FIRST_FAILURE = 400
MOST_CITED = 8
MOST_OFTEN = 2
"""Requests that are named in the sentence."""


def _find(case: Case) -> Iterator[Finding]:
    messages = case.messages
    failed = [
        one
        for protocol in PROTOCOLS
        for one in case.of_protocol(protocol)
        if messages.status[one] >= FIRST_FAILURE and not case.is_request(one)
    ]
    heard = {_said(case, one) for one in failed if not case.sent(one)}
    groups: dict[tuple[int, str, str], list[int]] = {}
    for one in failed:
        # What a server says counts only where nobody is seen to hear it.
        if not case.sent(one) or _said(case, one) not in heard:
            key = case.process(messages.row(one)), messages.texts[one].outcome, case.server_of(one)
            groups.setdefault(key, []).append(one)
    for (_, outcome, server), answers in groups.items():
        yield _finding(case, outcome, server, answers)


def _said(case: Case, response: int) -> tuple[str, str]:
    """Request and status of a response."""
    messages = case.messages
    request = int(messages.partner[response])
    return messages.texts[request].subject if request != NONE else "", messages.texts[response].outcome


def _finding(case: Case, outcome: str, server: str, answers: list[int]) -> Finding:
    messages = case.messages
    rows = [messages.row(one) for one in answers]
    asked = [case.asked_at(one) for one in answers]
    subjects = several(
        (_said(case, one)[0].partition("?")[0] or "an unseen request" for one in answers), MOST_OFTEN
    )
    which = "said" if case.sent(answers[0]) else f"{server} said"
    pairs = [
        (case.time(a), case.time(row))
        for a, row, one in zip(asked, rows, answers, strict=True)
        if a != NONE and not case.sent(one)
    ]
    return Finding(
        f"{which} {outcome} {times(len(answers))}, to {subjects}",
        rows[0],
        tuple(rows[:MOST_CITED]),
        rows=np.array(rows + [row for row in asked if row != NONE], np.int64),
        spans=spans_of(pairs),
    )


RULE = Rule(
    name="http-failed",
    title="HTTP answers 4xx and 5xx",
    evidence="the answers with the server that gave them, as the process that had asked received them",
    lost="from each request to its answer",
    find=_find,
)
