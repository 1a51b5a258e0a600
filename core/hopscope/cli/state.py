"""``hopscope state``: what there was at a moment."""

from __future__ import annotations

from itertools import islice

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.entry_text import cell, entry_object
from hopscope.cli.moments import row_at
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.filters import compile_filter
from hopscope.reports.state import LISTINGS
from hopscope.reports.state.listing import Moment


def run(request: Request) -> int:
    """Print a list of what there was.

    Raises:
        UsageError: there is no such list or moment.
        FilterError: the filter cannot be understood.
    """
    arguments, output = request.arguments, request.output
    if arguments.list not in LISTINGS:
        raise UsageError(f"there is no list {arguments.list!r}, only {', '.join(LISTINGS)}")
    listing = LISTINGS[arguments.list]
    condition = " ".join(arguments.filter).strip()
    if condition:
        compile_filter(condition)
    store = open_capture(arguments)
    moment = Moment(row_at(store, arguments.at), condition, arguments.threads)
    rows = islice(listing.read(store, moment), arguments.limit)
    if arguments.json:
        output.lines(json_array(entry_object(listing.parts, row) for row in rows))
        return 0
    several = store.members is not None and store.members.runs > 1
    places = [i for i, part in enumerate(listing.parts) if part.name != "host" or several]
    parts = [listing.parts[i] for i in places]
    headings = [Heading(part.title, part.is_right) for part in parts]
    cells = ([cell(listing.parts[i], row[i]) for i in places] for row in rows)
    print_table(output, headings, cells)
    return 0
