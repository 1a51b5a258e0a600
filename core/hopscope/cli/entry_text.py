"""Values of entries and lists as cells and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hopscope.decode.clock import date_and_time
from hopscope.reports.entries import Part
from hopscope.views.names import short_name
from hopscope.views.text import format_bytes, format_duration


def cell(part: Part, value: Any) -> str:
    """One value in a few characters, empty for a missing one."""
    if value is None:
        return ""
    if part.unit == "time":
        return date_and_time(value)[:23]
    if part.unit == "ns":
        return format_duration(round(value))
    if part.unit == "bytes":
        return format_bytes(value)
    return short_name(value) if part.name == "container" else str(value)


def entry_object(parts: Sequence[Part], entry: Sequence[Any]) -> dict[str, Any]:
    """An entry under the names of its values."""
    return {part.name: value for part, value in zip(parts, entry, strict=True)}
