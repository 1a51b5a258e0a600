"""``hopscope events``: the events as sysdig prints them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.command import CAPTURE, FILTER, Argument, Command, Example, Request
from hopscope.cli.output import json_line
from hopscope.decode.render import render_info, render_line
from hopscope.fields import field_value
from hopscope.store.store import Rows, Store


def run(request: Request) -> int:
    """Print the events that pass the filter."""
    arguments = request.arguments
    store = open_capture(arguments.capture)
    rows = np.flatnonzero(matching(store, arguments.filter) & ~store.hidden)
    if arguments.limit is not None:
        rows = rows[: arguments.limit]
    lines = _objects(store, rows) if arguments.json else (render_line(store, row) for row in rows.tolist())
    request.output.lines(lines)
    return 0


JSON_FIELDS = ("evt.cpu", "evt.dir", "evt.num", "evt.time", "evt.type", "proc.name", "thread.tid")
"""Fields of an object beside ``evt.info`` and ``evt.outputtime``; the names are the reference's."""


def _objects(store: Store, rows: Rows) -> Iterator[str]:
    for row in rows.tolist():
        values = {name: field_value(store, row, name) for name in JSON_FIELDS}
        values["evt.info"] = render_info(store, row)
        values["evt.outputtime"] = int(store.time[row])
        yield json_line(dict(sorted(values.items())))


def count(text: str) -> int:
    """A number of rows from the command line. Raises ValueError for anything below 0."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


COMMAND = Command(
    name="events",
    summary="print events as sysdig does",
    description=(
        "Print the events of a capture, one a line, exactly as `sysdig -r CAPTURE FILTER` prints them:\n"
        "number, local time, CPU, process (thread), direction, type, arguments."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(("--json",), "print one JSON object a line", {"action": "store_true"}),
        Argument(("--limit",), "print the first N events only", {"metavar": "N", "type": count}),
    ),
    examples=(
        Example("hopscope events capture.scap", "print all events"),
        Example(
            "hopscope events capture.scap 'proc.name=curl and evt.type=connect'",
            "print what curl connects to",
        ),
        Example("hopscope events capture.scap fd.type=ipv4 --json", "print one JSON object an event"),
    ),
    run=run,
)
