"""``hopscope chisels``: which command answers each chisel of sysdig."""

from __future__ import annotations

from hopscope.cli.chisel_table import Chisel, chisels
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table

HEADINGS = (Heading("CHISEL"), Heading("ANSWER"), Heading("WHAT ONE ASKS IT"))


def run(request: Request) -> int:
    """Print the table."""
    if request.arguments.json:
        request.output.lines(json_array(map(_object, chisels().values())))
    else:
        rows = ([one.usage, one.line, one.does] for one in chisels().values())
        print_table(request.output, HEADINGS, rows)
    return 0


def _object(one: Chisel) -> dict[str, object]:
    return {
        "chisel": one.name,
        "arguments": [{"name": each.name, "optional": each.optional} for each in one.arguments],
        "answer": one.line if one.answer else None,
        "does": one.does,
        "reason": one.reason or None,
    }
