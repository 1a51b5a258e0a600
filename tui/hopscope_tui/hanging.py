"""Labels with texts that wrap beside them and not below."""

from __future__ import annotations

from textual.content import Content

_NARROWEST = 16


def hanging(
    label: str, text: str | Content, indent: int, width: int, *, style: str = "$text-primary"
) -> Content:
    """A label and, from a column on, its text wrapped within that column.

    Args:
        label: without control characters.
        text: what is wrapped.
        indent: column in which the text begins.
        width: cells of the whole.
        style: of the label.
    """
    wrapped = (Content(text) if isinstance(text, str) else text).wrap(max(_NARROWEST, width - indent))
    first, *rest = wrapped or [Content()]
    head = Content.assemble((f"{label:<{indent - 1}} ", style), first)
    return Content("\n").join([head, *(Content(" " * indent) + line for line in rest)])
