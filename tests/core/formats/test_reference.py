"""Layouts of events, line by line, against the installed sysdig on every capture that it can read.

``docs/format-deviations.md`` holds the counts of what differs, with reasons.
"""

from __future__ import annotations

from functools import cache

import pytest

from deviation_tables import reasons_of, table_of
from paths import needs_shared, needs_sysdig

from .comparison import CAPTURES, REASONS, compare, layouts, reasons, store_of

PAGE = "format-deviations.md"


@cache
def listed() -> dict[tuple[str, str], tuple[int, list[str]]]:
    """Layout and capture to how many lines differ, and why."""
    rows = table_of(PAGE, "Lines")
    return {(layout, where): (int(count), why.split(", ")) for layout, where, count, why in rows}


def named(layout: str) -> str:
    """A layout as it stands in a cell of the table."""
    return layout.replace("|", "¦") or "(none)"


def test_there_are_many_layouts_and_each_stands_there_once() -> None:
    assert len(layouts()) == len(set(layouts())) > 80


def test_every_listed_deviation_is_explained_and_still_compared() -> None:
    explained = reasons_of(PAGE) | reasons_of("deviations.md") | reasons_of("filter-deviations.md")

    assert {why for _, given in listed().values() for why in given} <= explained & set(REASONS)
    assert {layout for layout, _ in listed()} <= {named(layout) for layout in layouts()}


@needs_shared
@needs_sysdig
@pytest.mark.shared
@pytest.mark.reference
@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("layout", layouts())
def test_a_layout_is_printed_like_the_reference(capture: str, layout: str) -> None:
    found = compare(capture, layout)
    count, why = listed().get((named(layout), capture), (0, []))

    assert len(found.rows) == count, found.shown
    assert reasons(store_of(capture), found) == sorted(why), found.shown
    assert count <= found.of / 2
