"""Labels with texts that wrap beside them and not below."""

from __future__ import annotations

from textual.content import Content

_NARROWEST = 16
MOST_CHARACTERS = 8 * 1024
"""Characters of a text that are wrapped, which takes the longer the more there are."""


def hanging(
    label: str, text: str | Content, indent: int, width: int, *, style: str = "$text-primary"
) -> Content:
    """A label and, from a column on, its text wrapped within that column.

    Args:
        label: without control characters.
        text: what is wrapped; a very long one is cut, and says so.
        indent: column in which the text begins.
        width: cells of the whole.
        style: of the label.
    """
    content = Content(text) if isinstance(text, str) else text
    if len(content) > MOST_CHARACTERS:
        more = f" … {len(content) - MOST_CHARACTERS:,} more characters"
        content = content[:MOST_CHARACTERS] + Content.styled(more, "$tone-quiet")
    wrapped = content.wrap(max(_NARROWEST, width - indent))
    first, *rest = wrapped or [Content()]
    head = Content.assemble((f"{label:<{indent - 1}} ", style), first)
    return Content("\n").join([head, *(Content(" " * indent) + line for line in rest)])
