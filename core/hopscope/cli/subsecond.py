"""``hopscope subsecond``: when within each second calls began."""

from __future__ import annotations

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.heat_map import LABEL, print_json, print_map
from hopscope.cli.table import window_width
from hopscope.reports.heat import subsecond
from hopscope.reports.kinds import KINDS, passing, shown

_PARTS = 10
"""Parts of the interval that are named above the map."""


def run(request: Request) -> int:
    """Print where in each interval the calls began that the filter lets through."""
    arguments, output = request.arguments, request.output
    store = open_capture(arguments)
    columns = arguments.columns or max(_PARTS, min(window_width(), 200) - LABEL)
    mask = shown(store, passing(store, KINDS.get(arguments.only, ""), *arguments.filter))
    heat = subsecond(store, mask, arguments.every, columns)
    if arguments.json:
        print_json(output, store, heat, arguments.events)
    else:
        part = arguments.every / _PARTS / 1e6
        marks = [(-(-place * columns // _PARTS), f"{place * part:g}ms") for place in range(_PARTS)]
        print_map(output, store, heat, marks)
    return 0
