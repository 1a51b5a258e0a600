"""Tables of counted deviations, read from the pages that explain them."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def table_of(page: str, heading: str) -> list[list[str]]:
    """The rows of the table under a heading of a page in ``docs``, without code marks around cells."""
    section = (DOCS / page).read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def reasons_of(page: str) -> set[str]:
    """The reasons that a page explains, by the name in their headings."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
