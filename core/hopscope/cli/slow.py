"""``hopscope slow``: calls that took longest, or longer than a limit."""

from __future__ import annotations

from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.conversation.exchange import owner_at
from hopscope.decode.clock import date_and_time
from hopscope.decode.render import render_args
from hopscope.fields.values import field_text, field_value
from hopscope.reports.kinds import KINDS, passing
from hopscope.reports.slow import slower, slowest
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.names import container_label
from hopscope.views.text import format_duration

HEADINGS = (
    Heading("TIME"), Heading("TOOK", True), Heading("EVENT", True), Heading("PROCESS"), Heading("CONTAINER"),
    Heading("CALL"), Heading("ON"), Heading("ARGUMENTS"),
)  # fmt: skip

SHOWN = 10
"""Calls without a limit of time and without ``-n``."""


def run(request: Request) -> int:
    """Print the calls that the filter lets through and that took long."""
    arguments = request.arguments
    store = open_capture(arguments)
    mask = passing(store, KINDS.get(arguments.only, ""), *arguments.filter)
    if arguments.over is not None:
        rows = slower(store, mask, arguments.over)[: arguments.limit]
    else:
        rows = slowest(store, mask, SHOWN if arguments.limit is None else arguments.limit)
    if arguments.json:
        request.output.lines(json_array(_object(store, row) for row in rows.tolist()))
    else:
        print_table(request.output, HEADINGS, (_cells(store, row) for row in rows.tolist()))
    return 0


def _object(store: Store, row: int) -> dict[str, Any]:
    owner = owner_at(store, row)
    twin = int(store.twin[row])
    name = field_value(store, row, "fd.name")
    return {
        "time": int(store.time[row]),
        "latency_ns": field_value(store, row, "evt.latency"),
        "events": store.number[[row] if twin == NONE else [twin, row]].tolist(),
        "process": owner.process or None,
        "pid": owner.pid if owner.pid != NONE else None,
        "tid": owner.tid,
        "container": container_label(owner.container) if owner.container is not None else None,
        "call": field_text(store, row, "evt.type"),
        "descriptor": name if isinstance(name, str) else None,
        "arguments": _arguments(store, row),
    }


def _cells(store: Store, row: int) -> list[str]:
    one = _object(store, row)
    process = f"{one['process']} {one['pid']}" if one["process"] else ""
    thread = f" ({one['tid']})" if one["pid"] not in (None, one["tid"]) else ""
    return [
        date_and_time(one["time"])[:23],
        format_duration(one["latency_ns"]),
        str(one["events"][-1]),
        process + thread or str(one["tid"]),
        one["container"] or "",
        one["call"],
        one["descriptor"] or "",
        one["arguments"],
    ]


def _arguments(store: Store, row: int) -> str:
    """What the call was given and what it returned."""
    twin = int(store.twin[row])
    parts = [render_args(store, one).strip() for one in (twin, row) if one != NONE]
    return " ".join(part for part in parts if part)
