"""``hopscope gaps``: when nothing of a selection happened, and what was waited for meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.cli.waits import part_object
from hopscope.conversation.exchange import owner_at
from hopscope.findings.case import who
from hopscope.store.store import Store
from hopscope.views.text import format_duration
from hopscope.waits import Gap, gaps_of
from hopscope.waits.calls import call_name
from hopscope.waits.gaps import Meanwhile

HEADINGS = (
    Heading("GAP", right=True), Heading("BEFORE"), Heading("AFTER"), Heading("PROCESS"),
    Heading("WAITED MEANWHILE FOR"),
)  # fmt: skip

MOST_NAMED = 3
"""Parts of a gap in the table, the longest ones."""

LEAST_SHARE = 100
"""What took less than this part of a gap is left out of the table."""


def run(request: Request) -> int:
    """Print the gaps between events that pass the filter."""
    arguments = request.arguments
    store = open_capture(arguments)
    mask = matching(store, arguments.filter) if arguments.filter else None
    found = gaps_of(store, mask, arguments.longer)[: arguments.limit]
    if arguments.json:
        request.output.lines(json_array(gap_object(store, one) for one in found))
    else:
        print_table(request.output, HEADINGS, (row for one in found for row in _rows(store, one)))
    return 0


def _rows(store: Store, gap: Gap) -> list[Sequence[str]]:
    """A line for each of the processes; only the first one tells the gap."""
    edges = [_event(store, gap.before), _event(store, gap.after)]
    lines: list[Sequence[str]] = []
    for one in gap.meanwhile(store):
        top = [format_duration(gap.length), *edges] if not lines else ["", "", ""]
        lines.append([*top, who(owner_at(store, one.row)), _meanwhile(one)])
    return lines or [[format_duration(gap.length), *edges, "", ""]]


def _event(store: Store, row: int) -> str:
    return f"{store.number[row]} {store.event_type(row).direction} {call_name(store, row)}"


def _meanwhile(one: Meanwhile) -> str:
    parts = [part for part in one.breakdown.parts if part.elapsed * LEAST_SHARE >= one.breakdown.elapsed][
        :MOST_NAMED
    ]
    return ", ".join(f"{part.what} {format_duration(part.elapsed)}" for part in parts)


def gap_object(store: Store, gap: Gap) -> dict[str, Any]:
    """A gap as plain data."""
    return {
        "length_ns": gap.length,
        "start": gap.start,
        "stop": gap.stop,
        "before": int(store.number[gap.before]),
        "after": int(store.number[gap.after]),
        "meanwhile": [_process(store, one) for one in gap.meanwhile(store)],
    }


def _process(store: Store, one: Meanwhile) -> dict[str, Any]:
    owner = owner_at(store, one.row)
    return {
        "process": owner.process or None,
        "pid": owner.pid if owner.pid >= 0 else None,
        "pod": owner.pod or None,
        "parts": [part_object(store, one.breakdown, part) for part in one.breakdown.parts],
    }
