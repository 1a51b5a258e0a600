"""``hopscope events``: the events as sysdig prints them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.command import Request
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
