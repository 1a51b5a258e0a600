"""``hopscope info``: what a capture is and what is missing in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_document


def run(request: Request) -> int:
    """Print the facts about a capture."""
    info = open_capture(request.arguments.capture).info()
    if request.arguments.json:
        request.output.text(json_document(info))
    else:
        request.output.lines(_listing(info))
    return 0


def _listing(facts: dict[str, Any], indent: str = "") -> Iterator[str]:
    width = max((len(str(name)) for name in facts), default=0)
    for name, value in facts.items():
        label = str(name).replace("_", " ")
        if isinstance(value, dict) and value:
            yield f"{indent}{label}"
            yield from _listing(value, indent + "  ")
        elif isinstance(value, list | tuple) and value:
            yield f"{indent}{label}"
            yield from (f"{indent}  {one}" for one in value)
        else:
            yield f"{indent}{label:<{width}}  {_shown(value)}"


def _shown(value: Any) -> str:
    if value is None or value in ({}, [], ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
