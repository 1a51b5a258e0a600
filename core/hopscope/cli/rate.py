"""``hopscope rate``: bytes read and written in each interval."""

from __future__ import annotations

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.decode.clock import date_and_time
from hopscope.reports.kinds import KINDS, passing
from hopscope.reports.rates import rates

HEADINGS = (
    Heading("TIME"), Heading("READ", True), Heading("WRITTEN", True), Heading("BOTH", True),
    Heading("CALLS", True),
)  # fmt: skip


def run(request: Request) -> int:
    """Print what the events that pass the filter moved, interval by interval."""
    arguments = request.arguments
    store = open_capture(arguments)
    found = rates(store, passing(store, KINDS.get(arguments.only, ""), *arguments.filter), arguments.every)
    lines = zip(*(column.tolist() for column in found), strict=True)
    if arguments.json:
        names = ("time", "read", "written", "calls")
        request.output.lines(json_array(dict(zip(names, line, strict=True)) for line in lines))
        return 0
    digits = 19 if arguments.every % 1_000_000_000 == 0 else 23
    cells = (
        [date_and_time(time)[:digits], f"{read}", f"{written}", f"{read + written}", f"{calls}"]
        for time, read, written, calls in lines
    )
    print_table(request.output, HEADINGS, cells)
    return 0
