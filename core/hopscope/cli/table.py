"""Rows and columns as text: aligned for pipes and files, fitted to the window on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from unicodedata import east_asian_width

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hopscope.cli.output import Output
from hopscope.text import visible


@dataclass(frozen=True, slots=True)
class Heading:
    """The top of a column; numbers stand at the right."""

    text: str
    right: bool = False


def print_table(output: Output, headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> None:
    """Print a table. On a terminal long cells are cut to fit; elsewhere everything is there."""
    if output.is_terminal:
        output.styled(_fitted(headings, rows))
    else:
        output.lines(_aligned(headings, rows))


def _fitted(headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> str:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(
            Text(heading.text),
            justify="right" if heading.right else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    page = StringIO()
    console = Console(file=page, force_terminal=True, highlight=False)
    console.print(table)
    return page.getvalue()


def _aligned(headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [[heading.text for heading in headings], *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(map(_cells, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        padded = []
        for heading, width, cell in zip(headings, widths, row, strict=True):
            gap = " " * (width - _cells(cell))
            padded.append(gap + cell if heading.right else cell + gap)
        lines.append("  ".join(padded).rstrip())
    return lines


def _one_line(cell: str) -> str:
    return cell.replace("\r", " ").replace("\n", " ")


def _cells(text: str) -> int:
    """Columns the text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)
