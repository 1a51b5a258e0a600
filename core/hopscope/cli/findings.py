"""``hopscope findings``: what is wrong, worst first by the time lost, with the events that prove it."""

from __future__ import annotations

from typing import Any

from hopscope.cli.capture import Progress, matching, open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.conversation.exchange import owner_at
from hopscope.errors import UsageError
from hopscope.findings import Finding, findings_of
from hopscope.findings.case import where
from hopscope.findings.engine import RULES, severity
from hopscope.store.store import Store
from hopscope.views.text import format_duration

HEADINGS = (
    Heading("LOST", right=True), Heading("RULE"), Heading("PROCESS"), Heading("POD OR CONTAINER"),
    Heading("EVENTS"), Heading("FINDING"),
)  # fmt: skip

MOST_CITED = 8
"""Events of one finding in the table."""

MOST_LISTED = 1_000
"""Events of one finding in JSON."""


def run(request: Request) -> int:
    """Print the findings that events which pass the filter belong to."""
    arguments = request.arguments
    rule = _rule_named(arguments.rule)
    store = open_capture(arguments)
    mask = matching(store, arguments.filter) if arguments.filter else None
    with Progress() as progress:
        found = findings_of(store, mask, lambda share: progress.report("reading messages", share))
    found = [one for one in found if rule in (None, one.rule)][: arguments.limit]
    if arguments.json:
        request.output.lines(json_array(finding_object(store, one) for one in found))
    else:
        print_table(request.output, HEADINGS, (_cells(store, one) for one in found))
    return 0


def _rule_named(name: str | None) -> str | None:
    """The name if it is that of a rule. Raises UsageError where it is not."""
    known = [rule.name for rule in RULES]
    if name is not None and name not in known:
        raise UsageError(f"there is no rule {name!r}, only {', '.join(known)}")
    return name


def _cells(store: Store, finding: Finding) -> list[str]:
    owner = owner_at(store, finding.row)
    cited = [str(number) for number in store.number[list(finding.evidence[:MOST_CITED])].tolist()]
    return [
        format_duration(finding.lost) if finding.lost else "",
        finding.rule,
        f"{owner.process} {owner.pid}" if owner.process else str(owner.tid),
        where(owner),
        " ".join(cited) + (" …" if len(finding.all_rows()) > len(cited) else ""),
        finding.sentence,
    ]


def finding_object(store: Store, finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    owner = owner_at(store, finding.row)
    rows = finding.all_rows()
    return {
        "rule": finding.rule,
        "severity": severity(finding.lost),
        "lost_ns": finding.lost,
        "elapsed_ns": finding.elapsed,
        "sentence": finding.sentence,
        "process": owner.process,
        "pid": owner.pid if owner.pid >= 0 else None,
        "container": owner.container.name or owner.container.id if owner.container is not None else None,
        "pod": owner.pod or None,
        "namespace": owner.namespace or None,
        "host": owner.machine or None,
        "time": int(store.time[rows[0]]),
        "evidence": store.number[list(finding.evidence)].tolist(),
        "count": len(rows),
        "events": store.number[rows[:MOST_LISTED]].tolist(),
        "parts": [
            {"lost_ns": part.lost, "events": store.number[list(part.rows)].tolist()} for part in finding.parts
        ],
    }
