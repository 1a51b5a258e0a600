"""``hopscope fields``: what filters can ask for."""

from __future__ import annotations

from hopscope.cli.command import Request
from hopscope.cli.output import json_document
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.fields import FIELDS


def run(request: Request) -> int:
    """Print the fields, or those whose name or help contains a word.

    Raises:
        UsageError: there is no such field, and a person is to read the answer.
    """
    word = request.arguments.word.lower()
    found = [one for one in FIELDS.values() if word in one.name or word in one.help.lower()]
    if request.arguments.json:
        listed = [{"name": one.name, "type": one.type.value, "help": one.help} for one in found]
        request.output.text(json_document(listed))
    elif not found:
        raise UsageError(f"no field has {word!r} in its name or meaning; hopscope fields lists all")
    else:
        rows = [(one.name, one.type.value, one.help) for one in found]
        print_table(request.output, (Heading("FIELD"), Heading("TYPE"), Heading("MEANING")), rows)
    return 0
