"""HTTP answers with a status of 4xx or 5xx, by who got them from whom, and where they came from first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from hopscope.findings.answers import answers_finding, grouped_answers
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.origins import MOST_MESSAGES, Origin, origin_of
from hopscope.findings.words import several, times
from hopscope.store.tables import NONE

PROTOCOLS = ("http", "http2")
FIRST_FAILURE = 400
MOST_OFTEN = 2
"""Requests that are named in the sentence."""

MOST_TRACED = 50
"""So many answers of one finding are followed to where they came from."""


def _find(case: Case) -> Iterator[Finding]:
    messages = case.messages
    failed = [
        one
        for protocol in PROTOCOLS
        for one in case.of_protocol(protocol)
        if messages.status[one] >= FIRST_FAILURE and not case.is_request(one)
    ]

    def alike(one: int) -> Hashable:
        return messages.texts[one].outcome, case.server_of(one)

    for answers in grouped_answers(case, failed, lambda one: _said(case, one), alike):
        yield _finding(case, answers)


def _said(case: Case, response: int) -> tuple[str, str]:
    """Request and status of a response."""
    messages = case.messages
    request = int(messages.partner[response])
    return messages.texts[request].subject if request != NONE else "", messages.texts[response].outcome


def _finding(case: Case, answers: list[int]) -> Finding:
    subjects = several(
        (_said(case, one)[0].partition("?")[0] or "an unseen request" for one in answers), MOST_OFTEN
    )
    server = case.server_of(answers[0])
    which = "said" if case.sent(answers[0]) else f"{server} said"
    sentence = f"{which} {case.messages.texts[answers[0]].outcome} {times(len(answers))}, to {subjects}"
    origins = [
        one for one in (origin_of(case, answer) for answer in answers[:MOST_TRACED]) if one is not None
    ]
    common = Counter(one.words for one in origins).most_common(2)
    if common:
        words, count = common[0]
        sentence += f"; {words}" + (f" ({times(count)})" if len(common) > 1 else "")
    return answers_finding(case, sentence, answers, _rows(origins, common[0][0]) if common else ())


def _rows(origins: list[Origin], words: str) -> tuple[int, ...]:
    """The events of the first answer that came from there."""
    return next(one.rows for one in origins if one.words == words)


RULE = Rule(
    name="http-failed",
    title="HTTP answers 4xx and 5xx, and the upstream that they came from",
    evidence=(
        "the answers with the server that gave them, as the process that had asked received them; where that "
        "server is in the capture too, what it had heard from the servers behind it, up to the last one, but "
        f"not in captures of more than {MOST_MESSAGES:,} messages"
    ),
    lost="from each request to its answer",
    find=_find,
)
