"""What a capture is and what is missing in it, as ``hopscope info`` knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content

from hopscope.text import visible
from hopscope.views.text import format_duration, format_time
from hopscope_tui.hanging import hanging

_TEXT_COLUMN = 18


def capture_facts(facts: Mapping[str, object], width: int) -> Content:
    """One line a fact, wrapped in so many cells."""
    lines = [
        hanging(fact_name(name), fact_text(name, value), _TEXT_COLUMN, width) for name, value in facts.items()
    ]
    return Content("\n").join(lines)


def fact_name(name: str) -> str:
    """The name of a fact as a person reads it."""
    return name.removesuffix("_ns").replace("_", " ")


def fact_text(name: str, value: object) -> str:
    """A fact as a person reads it."""
    if value is None or value in ("", [], {}, ()):
        return "none"
    if name == "lost_bytes" and value == -1:
        return "nobody knows how many"
    if name == "duration_ns" and isinstance(value, int):
        return format_duration(value)
    if name.endswith("_ns") and isinstance(value, int):
        return format_time(value, 0)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return visible(", ".join(f"{key}: {count}" for key, count in value.items()))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "\n".join(visible(str(one)) for one in value)
    return visible(str(value))
