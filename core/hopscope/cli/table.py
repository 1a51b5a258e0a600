"""Rows and columns as text: aligned for pipes and files, fitted to the window on a terminal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from unicodedata import combining, east_asian_width

from hopscope.cli.output import Masked, Output
from hopscope.redaction import shown
from hopscope.text import visible

GAP = " "
MEASURED = 5_000
"""Rows from which the widths of the columns are taken; wider cells further down stand out."""

WIDEST = 4096
"""Characters of a cell that are looked at for a terminal; it is cut to the window, which is narrower."""

NARROWEST = 8
"""Cells that a column keeps however narrow the window is."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The top of a column; numbers stand at the right."""

    text: str
    right: bool = False


def print_table(output: Output, headings: Sequence[Heading], rows: Iterable[Sequence[str]]) -> None:
    """Print a table as its rows come. On a terminal long cells are cut to fit, elsewhere all is there."""
    ready = ([_ready(cell, output.is_terminal) for cell in row] for row in rows)
    first = list(islice(ready, MEASURED))
    top = [heading.text for heading in headings]
    widths = [max(map(cells, column)) for column in zip(top, *first, strict=True)]
    if output.is_terminal:
        widths = _fitted(widths, window_width())
    right = [heading.right for heading in headings]
    heading_line = _line(top, widths, right, output.is_terminal)
    lines = (_line(row, widths, right, output.is_terminal) for row in chain(first, ready))
    if output.is_terminal and "NO_COLOR" not in os.environ:
        output.styled(f"\x1b[1m{heading_line}\x1b[0m\n")
        output.lines(lines)
    else:
        output.lines(chain([heading_line], lines))


def window_width() -> int:
    """Cells of a line on the terminal."""
    return shutil.get_terminal_size().columns


def _ready(cell: str, is_terminal: bool) -> str:
    if is_terminal:
        return visible(cell, WIDEST)
    return shown(cell).replace("\r", " ").replace("\n", " ")


def _fitted(widths: Sequence[int], available: int) -> list[int]:
    """The widths with the widest columns narrowed until all fit, as far as they may be."""
    fitted = list(widths)
    excess = sum(fitted) + len(GAP) * (len(fitted) - 1) - available
    while excess > 0 and max(fitted) > NARROWEST:
        widest = max(fitted)
        place = len(fitted) - 1 - fitted[::-1].index(widest)
        others = max((width for i, width in enumerate(fitted) if i != place), default=NARROWEST)
        step = min(excess, max(widest - max(others, NARROWEST), 1))
        fitted[place] -= step
        excess -= step
    return fitted


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool], cut: bool) -> Masked:
    return Masked(GAP.join(_padded(row, widths, right, cut)).rstrip())


def _padded(row: Sequence[str], widths: Sequence[int], right: Sequence[bool], cut: bool) -> Iterator[str]:
    for cell, width, at_right in zip(row, widths, right, strict=True):
        text = _cut(cell, width) if cut else cell
        gap = " " * (width - cells(text))
        yield gap + text if at_right else text + gap


def _cut(text: str, width: int) -> str:
    """The text in at most so many cells, with an ellipsis where something is missing."""
    if cells(text) <= width:
        return text
    taken = 0
    for position, one in enumerate(text):
        taken += cells(one)
        if taken > width - 1:
            return text[:position] + "…"
    return text


def cells(text: str) -> int:
    """Columns the text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)
