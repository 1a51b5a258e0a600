"""DNS answers that tell a failure, by name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.spans import spans_of
from hopscope.findings.words import listed, times
from hopscope.store.tables import NONE

MOST_CITED = 8


def _find(case: Case) -> Iterator[Finding]:
    messages = case.messages
    groups: dict[tuple[int, str, str], list[int]] = {}
    heard: set[tuple[str, str]] = set()
    failed = [one for one in case.of_protocol("dns") if messages.failed[one] and not case.is_request(one)]
    for one in failed:
        name = messages.texts[one].subject.split(" ", 2)[2]
        if not case.sent(one):
            heard.add((name, messages.texts[one].outcome))
    for one in failed:
        key = messages.texts[one].subject.split(" ", 2)[2], messages.texts[one].outcome
        # What a server says counts only where nobody is seen to hear it.
        if not case.sent(one) or key not in heard:
            groups.setdefault((case.process(messages.row(one)), *key), []).append(one)
    for (_, name, outcome), answers in groups.items():
        yield _finding(case, name, outcome, answers)


def _finding(case: Case, name: str, outcome: str, answers: list[int]) -> Finding:
    messages = case.messages
    kinds = listed(sorted({messages.texts[one].subject.split(" ", 2)[1] for one in answers}))
    servers = listed(sorted({case.server_of(one) for one in answers} - {""}))
    said = "answered" if case.sent(answers[0]) else f"{servers} answered"
    rows = [messages.row(one) for one in answers]
    asked = [case.asked_at(one) if not case.sent(one) else NONE for one in answers]
    pairs = [(case.time(a), case.time(row)) for a, row in zip(asked, rows, strict=True) if a != NONE]
    return Finding(
        f"{said} {outcome} to DNS {kinds} {name} {times(len(answers))}",
        rows[0],
        tuple(rows[:MOST_CITED]),
        rows=np.array(rows + [row for row in asked if row != NONE], np.int64),
        spans=spans_of(pairs),
    )


RULE = Rule(
    name="dns-failed",
    title="NXDOMAIN, SERVFAIL and other failures by name",
    evidence="the answers, as the process that had asked received them",
    lost="from each query to its answer",
    find=_find,
)
