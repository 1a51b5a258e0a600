"""``hopscope top``: what moved most bytes, took longest, failed most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.reports.kinds import KINDS, passing, shown
from hopscope.reports.top import Group, Measure, Top, measure_named, top
from hopscope.views.text import format_bytes, format_duration

SHOWN = 30
"""Lines without ``-n``."""


def run(request: Request) -> int:
    """Print the largest groups.

    Raises:
        UsageError: there is no such field or measure.
    """
    arguments = request.arguments
    measure = measure_named(arguments.of)
    keys = [key.strip() for key in arguments.by.split(",") if key.strip()]
    if not keys:
        raise UsageError("--by needs the name of a field, for instance proc.name")
    store = open_capture(arguments)
    mask = passing(store, KINDS.get(arguments.only, ""), *arguments.filter)
    if measure.name != "cpu":  # the recorder's samples are internal events
        mask = shown(store, mask)
    found = top(store, mask, keys, measure)
    limit = SHOWN if arguments.limit is None else arguments.limit or None
    groups = found.groups[:limit]
    if arguments.json:
        request.output.lines(json_array(_objects(keys, measure, groups)))
        return 0
    headings = [Heading(measure.title, True), Heading("%", True), *(Heading(key.upper()) for key in keys)]
    print_table(request.output, headings, ([*_amount(measure, found, one), *one.keys] for one in groups))
    return 0


def _amount(measure: Measure, found: Top, one: Group) -> tuple[str, str]:
    whole = found.span if measure.name in ("cpu", "run") else found.total
    share = f"{one.value / whole * 100:.2f}" if whole else ""
    if measure.unit == "bytes":
        return format_bytes(one.value), share
    return format_duration(one.value) if measure.unit == "ns" else str(one.value), share


def _objects(keys: list[str], measure: Measure, groups: list[Group]) -> Iterator[dict[str, Any]]:
    name = measure.name + (f"_{measure.unit}" if measure.unit == "ns" else "")
    for one in groups:
        yield {**dict(zip(keys, one.keys, strict=True)), name: one.value, "counted_events": one.events}
