"""``hopscope around``: what happened shortly before and after the events that a filter finds."""

from __future__ import annotations

from argparse import Namespace

import numpy as np

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.command import Request
from hopscope.cli.events import Layout
from hopscope.cli.writing import write_chosen
from hopscope.errors import UsageError
from hopscope.fields.column import Mask
from hopscope.reports.around import around
from hopscope.store.store import Store


def run(request: Request) -> int:
    """Print or write the events around those that pass the filter.

    Raises:
        UsageError: there is no filter, or options do not go together.
        FormatError, FilterError: what to print or which events cannot be understood.
        ExtractError: the file cannot be written.
    """
    arguments, output = request.arguments, request.output
    if not " ".join(arguments.filter).strip():
        raise UsageError("around needs a filter that says around which events, for instance evt.failed=true")
    if arguments.write is not None:
        printing = {
            "-p": arguments.format is not None, "-A, -x, -X and -b": arguments.buffers,
            "--json": arguments.json, "--limit": arguments.limit is not None,
        }  # fmt: skip
        return write_chosen(arguments, printing, lambda store: _near(store, arguments))
    if arguments.force:
        raise UsageError("--force goes with -w")
    layout = Layout.of(arguments, output.is_terminal)
    store = open_capture(arguments)
    rows = np.flatnonzero(_near(store, arguments) & ~store.hidden)[: arguments.limit]
    output.lines(layout.of_rows(store, rows), made_safe=not arguments.json)
    return 0


def _near(store: Store, arguments: Namespace) -> Mask:
    chosen = matching(store, arguments.filter) & ~store.hidden
    return around(store, chosen, arguments.ms, arguments.every_thread)
