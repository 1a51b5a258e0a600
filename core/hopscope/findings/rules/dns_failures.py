"""DNS answers that tell a failure, by name."""

from __future__ import annotations

from collections.abc import Iterator

from hopscope.findings.answers import answers_finding, grouped_answers
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import listed, times


def _find(case: Case) -> Iterator[Finding]:
    texts = case.messages.texts
    failed = [
        one for one in case.of_protocol("dns") if case.messages.failed[one] and not case.is_request(one)
    ]

    def said(one: int) -> tuple[str, str]:
        return texts[one].subject.split(" ", 2)[2], texts[one].outcome

    for answers in grouped_answers(case, failed, said, said):
        name, outcome = said(answers[0])
        kinds = listed(sorted({texts[one].subject.split(" ", 2)[1] for one in answers}))
        servers = listed(sorted({case.server_of(one) for one in answers} - {""}))
        who = "answered" if case.sent(answers[0]) else f"{servers} answered"
        yield answers_finding(case, f"{who} {outcome} to DNS {kinds} {name} {times(len(answers))}", answers)


RULE = Rule(
    name="dns-failed",
    title="NXDOMAIN, SERVFAIL and other failures by name",
    evidence="the answers, as the process that had asked received them",
    lost="from each query to its answer",
    find=_find,
)
