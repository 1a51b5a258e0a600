"""JSON as lines that can be folded: one for each value, indented by how deep it lies."""

from __future__ import annotations

from typing import Any

import orjson

from hopscope.protocols.part import LONGEST_VALUE, Line

MOST_LINES = 5000


def outline(data: bytes) -> list[Line] | None:
    """The lines of a JSON text, None for what is none (or nests deeper than the parser goes)."""
    try:
        value = orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        return None
    lines: list[Line] = []
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting and len(lines) < MOST_LINES:
        name, one, depth = waiting.pop()
        label = f"{name}: " if name else ""
        if isinstance(one, dict) and one:
            lines.append(Line(f"{label}{{{len(one)}}}", depth))
            inside = [(str(key)[:LONGEST_VALUE], item, depth + 1) for key, item in one.items()]
            waiting.extend(reversed(inside))
        elif isinstance(one, list) and one:
            lines.append(Line(f"{label}[{len(one)}]", depth))
            waiting.extend((str(i), item, depth + 1) for i, item in reversed(list(enumerate(one))))
        else:
            lines.append(Line(f"{label}{_scalar(one)}", depth))
    if waiting:
        lines.append(Line(f"… {len(waiting)} more values"))
    return lines


def _scalar(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()[:LONGEST_VALUE]
    except orjson.JSONEncodeError:
        return repr(value)[:LONGEST_VALUE]
