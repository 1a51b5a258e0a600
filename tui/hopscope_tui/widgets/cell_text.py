"""The text of a cell in so many cells of the terminal, and what stands out in it."""

from __future__ import annotations

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style


def stretches(text: str, found: tuple[tuple[int, int], ...], style: Style, marked: Style) -> list[Segment]:
    """The text with stretches of it, from one character to before another, standing out."""
    segments, at = [], 0
    for start, stop in sorted(found):
        first, last = max(start, at), min(stop, len(text))
        if first < last:
            segments += [Segment(text[at:first], style), Segment(text[first:last], marked)]
            at = last
    return [*segments, Segment(text[at:], style)]


def places(text: str, needle: str, style: Style, marked: Style) -> list[Segment]:
    """The text with every place of a needle, which is casefolded, standing out."""
    folded = text.casefold()
    if len(folded) != len(text):
        return [Segment(text, marked)]
    segments, start = [], 0
    while (at := folded.find(needle, start)) >= 0:
        segments += [Segment(text[start:at], style), Segment(text[at : at + len(needle)], marked)]
        start = at + len(needle)
    return [*segments, Segment(text[start:], style)]


def joined(segments: list[Segment]) -> list[Segment]:
    """The same with neighbours of one style in one segment."""
    joined: list[Segment] = []
    text, style = "", segments[0].style
    for segment in segments:
        if segment.style is style:
            text += segment.text
        else:
            joined.append(Segment(text, style))
            text, style = segment.text, segment.style
    return [*joined, Segment(text, style)]


def fit(text: str, width: int, right: bool) -> str:
    """The text in exactly ``width`` cells, with an ellipsis where something was cut off."""
    if text.isascii():
        size = len(text)
        if size > width:
            return text[: width - 1] + "…" if width else ""
        return text.rjust(width) if right else text.ljust(width)
    fitted = set_cell_size(text, width)
    if fitted.rstrip() != text.rstrip() and not fitted.endswith(" ") and width > 1:
        fitted = set_cell_size(text, width - 1) + "…"
    if right and fitted.endswith(" "):
        stripped = fitted.rstrip()
        fitted = " " * (len(fitted) - len(stripped)) + stripped
    return fitted
