"""The documentation of the rules, made from them."""

from __future__ import annotations

from collections.abc import Iterator

from hopscope.findings.engine import RULES, SEVERITIES
from hopscope.views.text import format_duration

_HEADER = """\
# Findings

{note}

`hopscope findings CAPTURE [FILTER]` prints what rules find wrong in a capture, worst first by the time
lost, each with the process, its pod or container, and the numbers of the events that prove it. `--json`
gives all events (the first thousand of each finding), the steps of a finding, and two times: `elapsed_ns`,
how long the process waited for it, and `lost_ns`, the same without what an earlier rule of this page has
counted for the same process already. So a name that was looked up through a search list does not count again
the seconds that a query without an answer took.

`severity` follows from the time lost: {severities}.
What costs no time that the capture shows, such as a process that was killed, stands at the end. With a filter
only findings that one of the events which pass it, or the other half of its call, belongs to are printed;
events of those who waited for it belong to a finding too.
"""


def findings_page(note: str) -> str:
    """The page on all rules, in Markdown."""
    return "\n".join([_HEADER.format(note=note, severities=_severities()), *_rules()])


def _severities() -> str:
    return ", ".join(
        f"`{word}` from {format_duration(least)} on" if least else f"`{word}` below"
        for least, word in SEVERITIES
    )


def _rules() -> Iterator[str]:
    for rule in RULES:
        yield f"## {rule.title}\n"
        yield f"Rule `{rule.name}`.\n"
        yield f"- Evidence: {rule.evidence}."
        yield f"- Time lost: {rule.lost}.\n"
    yield "## Adding one\n"
    yield (
        "A rule is a file in `core/hopscope/findings/rules/` with a `RULE` and a function that gives its\n"
        "findings, named in `RULES` of `core/hopscope/findings/engine.py` at the place where it may claim\n"
        "time. `make docs` takes it into this page."
    )
    yield ""
