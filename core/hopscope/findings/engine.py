"""All rules over a capture; what was lost is counted once, by the first rule that explains it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.rules import (
    connections,
    dns_failures,
    failed_paths,
    http_failures,
    late_looks,
    listen_queues,
    process_ends,
    retries,
    search_list,
    shellshock,
    slow_calls,
    translations,
    unanswered_dns,
)
from hopscope.findings.spans import Spans, shared, union
from hopscope.store.store import Store
from hopscope.store.tables import NONE

RULES: tuple[Rule, ...] = (
    unanswered_dns.RULE,
    search_list.RULE,
    dns_failures.RULE,
    late_looks.RULE,
    retries.RULE,
    connections.RULE,
    http_failures.RULE,
    failed_paths.RULE,
    process_ends.RULE,
    listen_queues.RULE,
    translations.RULE,
    shellshock.RULE,
    slow_calls.RULE,
)
"""In the order in which they may claim time: what explains most comes first."""

SEVERITIES = ((1_000_000_000, "high"), (100_000_000, "medium"), (0, "low"))
"""Words for the time lost, from so many ns on."""


def severity(lost: int) -> str:
    """The word for a time lost in ns."""
    return next(word for least, word in SEVERITIES if lost >= least)


def findings_of(
    store: Store,
    mask: NDArray[np.bool_] | None = None,
    report: Callable[[float], None] | None = None,
    rules: Sequence[Rule] = RULES,
) -> list[Finding]:
    """What is wrong, worst first by the time lost.

    Args:
        store: the events.
        mask: bool, one an event; only findings that one of these events, or its twin, belongs to.
        report: told now and then how much of the messages is read, 0 to 1.
        rules: in the order in which they may claim time.
    """
    if not len(store):
        return []
    case = Case(store, report)
    counted: dict[int, Spans] = {}
    found: list[Finding] = []
    for rule in rules:
        own = list(rule.find(case))
        claims: dict[int, list[Spans]] = {}
        for one in own:
            one.settle(rule.name)
            process = case.process(one.row)
            if process in counted:
                one.lost -= shared(one.spans, counted[process])
            for waiting in one.waiting | {process}:
                if waiting != NONE and len(one.spans):
                    claims.setdefault(waiting, []).append(one.spans)
        for process, spans in claims.items():
            before = [counted[process]] if process in counted else []
            counted[process] = union(np.concatenate([*before, *spans]))
        found += [one for one in own if one.lost or not rule.only_lost]
    if mask is not None:
        found = [one for one in found if _touches(store, one, mask)]
    return sorted(found, key=lambda one: (-one.lost, -one.elapsed, one.row))


def _touches(store: Store, finding: Finding, mask: NDArray[np.bool_]) -> bool:
    rows = finding.all_rows()
    twins = store.twin[rows]
    return bool(mask[rows].any() or mask[twins[twins >= 0]].any())
