"""``hopscope info``: what a capture is and what is missing in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_document
from hopscope.store.members import readable_facts

NUMBERS = frozenset({"first_event", "last_event"})
"""Facts that are names of events rather than amounts."""


def run(request: Request) -> int:
    """Print the facts about a capture."""
    info = open_capture(request.arguments).info()
    if request.arguments.json:
        request.output.text(json_document(info))
    else:
        request.output.lines(_listing(readable_facts(info)))
    return 0


def _listing(facts: dict[str, Any]) -> Iterator[str]:
    labels = {name: name.removesuffix("_ns").replace("_", " ") for name in facts}
    width = max(map(len, labels.values()))
    for name, value in facts.items():
        first, *rest = _shown(name, value)
        yield f"{labels[name]:<{width}}  {first}"
        yield from (f"{'':<{width}}  {one}" for one in rest)


def _shown(name: str, value: Any) -> list[str]:
    if value is None or value in ({}, [], ""):
        return ["none"]
    if isinstance(value, dict):
        return [f"type {code}: {count:,}" for code, count in value.items()]
    if isinstance(value, list):
        return [str(one) for one in value]
    if not isinstance(value, int) or name in NUMBERS:
        return [str(value)]
    if name.endswith("_ns"):
        return [f"{value / 1e9:,.3f} s" if name.startswith("duration") else _moment(value)]
    return ["unknown" if value < 0 else f"{value:,}"]


def _moment(time_ns: int) -> str:
    seconds, fraction = divmod(time_ns, 1_000_000_000)
    try:
        return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}.{fraction:09d}"
    except (OverflowError, OSError, ValueError):
        return f"{time_ns} ns"
