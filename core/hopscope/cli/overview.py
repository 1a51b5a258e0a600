"""``hopscope overview``: what happened, at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hopscope.bars import spark
from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.overview import overview_of
from hopscope.overview.overview import Counted
from hopscope.store.store import Store
from hopscope.views import Selection
from hopscope.views.text import format_bytes

STRETCHES = 40
"""Bars of each thing."""

MOST_EVENTS = 1_000
"""Events of one thing that are named in JSON."""

HEADINGS = (Heading("GROUP"), Heading("WHAT"), Heading("VALUE", True), Heading("OVER TIME"))


def run(request: Request) -> int:
    """Print one line for each thing that one looks for first."""
    arguments = request.arguments
    store = open_capture(arguments)
    text = " ".join(arguments.filter).strip()
    counted = overview_of(store, Selection().with_filter(text) if text else Selection(), STRETCHES)
    if arguments.json:
        request.output.lines(json_array(counted_objects(store, counted)))
        return 0
    rows = (
        [one.tile.group, one.tile.title, value_text(one), spark(one.over_time.tolist())]
        for one in counted
        if one.value or arguments.all
    )
    print_table(request.output, HEADINGS, rows)
    return 0


def value_text(counted: Counted) -> str:
    """The number of a thing for a person."""
    return format_bytes(counted.value) if counted.tile.adds == "bytes" else f"{counted.value:,}"


def counted_objects(store: Store, counted: Iterable[Counted]) -> Iterator[dict[str, Any]]:
    """What was counted as plain data."""
    for one in counted:
        yield {
            "name": one.tile.name,
            "title": one.tile.title,
            "group": one.tile.group,
            "unit": one.tile.adds,
            "value": one.value,
            "over_time": one.over_time.tolist(),
            "filter": "" if one.tile.rows else one.tile.filter,
            "events": store.number[one.rows[:MOST_EVENTS]].tolist(),
        }
