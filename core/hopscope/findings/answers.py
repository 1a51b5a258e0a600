"""Failed answers: who counts as having got them, and the finding that several make."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np

from hopscope.findings.case import Case
from hopscope.findings.finding import Finding
from hopscope.findings.spans import spans_of
from hopscope.store.tables import NONE

MOST_CITED = 8

Identity = Callable[[int], Hashable]
"""What the two ends of an answer have in common, by the number of a message."""


def grouped_answers(
    case: Case, failed: Iterable[int], identity: Identity, alike: Identity
) -> list[list[int]]:
    """Failed answers of one process that are alike; an answer counts once.

    What a server says counts only where nobody is seen to hear it.

    Args:
        case: under examination.
        failed: messages.
        identity: what a server said and its client heard.
        alike: what answers of one finding have in common beside the process.
    """
    answers = list(failed)
    heard = {identity(one) for one in answers if not case.sent(one)}
    groups: dict[Hashable, list[int]] = {}
    for one in answers:
        if not case.sent(one) or identity(one) not in heard:
            groups.setdefault((case.process(case.messages.row(one)), alike(one)), []).append(one)
    return list(groups.values())


def answers_finding(case: Case, sentence: str, answers: list[int], evidence: Iterable[int] = ()) -> Finding:
    """The finding that answers make: the process waited from each request to its answer.

    Args:
        case: under examination.
        sentence: in one line.
        answers: messages of one process.
        evidence: further event rows.
    """
    rows = [case.messages.row(one) for one in answers]
    asked = [case.asked_at(one) for one in answers]
    waited = [
        (case.time(begun), case.time(row))
        for begun, row, one in zip(asked, rows, answers, strict=True)
        if begun != NONE and not case.sent(one)
    ]
    more = list(evidence)[: MOST_CITED // 2]
    return Finding(
        sentence,
        rows[0],
        (*rows[: MOST_CITED - len(more)], *more),
        rows=np.array(rows + [row for row in asked if row != NONE] + more, np.int64),
        spans=spans_of(waited),
    )
