"""A message in full among the details of an event: sections of binary ones, bodies of others, folded."""

from __future__ import annotations

from textual.content import Content

from hopscope.protocols import Part, parts
from hopscope.protocols.part import folded
from hopscope.text import visible
from hopscope_tui.byte_lines import is_binary
from hopscope_tui.hanging import hanging

UNFOLDED = 1
"""Levels of an outline that are shown; what lies deeper is counted."""

MOST_LINES = 200

_REWRITTEN = "Body, "
"""Begins the title of a body that was put together, unpacked or made an outline of."""


def message_parts(data: bytes, width: int) -> list[Content]:
    """The lines about a message that its bytes as text do not show.

    Args:
        data: what was recorded of it.
        width: cells there are.
    """
    found = parts(data)
    if not is_binary(data):
        found = [part for part in found if part.title.startswith(_REWRITTEN) or _is_outline(part)]
    lines: list[Content] = []
    for part in found:
        lines.append(Content.styled(f"  {visible(part.title)}", "$text-accent"))
        shown = folded(part.lines, UNFOLDED)
        lines += [hanging("", visible(line.text), 4 + 2 * line.depth, width) for line in shown[:MOST_LINES]]
        if len(shown) > MOST_LINES:
            lines.append(Content(f"    … {len(shown) - MOST_LINES:,} more lines"))
    return lines


def _is_outline(part: Part) -> bool:
    return any(line.depth for line in part.lines)
