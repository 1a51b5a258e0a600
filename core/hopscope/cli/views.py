"""``hopscope views``: which views there are."""

from __future__ import annotations

from hopscope.cli.command import Request
from hopscope.cli.output import json_document
from hopscope.cli.table import Heading, print_table
from hopscope.views import VIEWS


def run(request: Request) -> int:
    """Print the names of the views and what each shows."""
    if request.arguments.json:
        listed = [{"name": name, "description": one.description} for name, one in VIEWS.items()]
        request.output.text(json_document(listed))
    else:
        rows = [(name, one.description) for name, one in VIEWS.items()]
        print_table(request.output, (Heading("VIEW"), Heading("SHOWS")), rows)
    return 0
