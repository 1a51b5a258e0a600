"""The page on the views says what the declarations say, and the declarations hold together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hopscope.views import VIEWS, ViewDefinition, lay_out
from hopscope.views.reference import csysdig_page, theirs, views_page

DOCS = Path(__file__).resolve().parents[3] / "docs"
CHISELS = Path("/usr/share/sysdig/chisels")

every_view = pytest.mark.parametrize("view", VIEWS.builtin().values(), ids=lambda view: view.name)


def test_the_pages_are_current() -> None:
    assert (DOCS / "views.md").read_text(encoding="utf-8") == views_page(), "write it again: make docs"
    assert (DOCS / "csysdig.md").read_text(encoding="utf-8") == csysdig_page(), "write it again: make docs"


def test_every_view_of_csysdig_is_answered_by_its_own_name() -> None:
    for one in theirs():
        view = VIEWS.find(one.name)
        assert view is VIEWS.find(one.ours), one
        assert view is not None or one.difference


@pytest.mark.skipif(not CHISELS.is_dir(), reason="csysdig is not installed")
def test_no_view_of_csysdig_is_missing_on_the_page() -> None:
    texts = [path.read_text(encoding="utf-8") for path in CHISELS.glob("v_*.lua")]
    names = {found[1] for text in texts if (found := re.search(r'^\s*id\s*=\s*"(\w+)"', text, re.M))}
    assert len(names) > 40
    assert names <= {one.name for one in theirs()}


@every_view
def test_names_are_unique_and_lead_somewhere(view: ViewDefinition) -> None:
    names = [column.name for column in view.columns]
    assert len(set(names)) == len(names)
    assert view.sort in names
    assert set(view.targets) <= set(VIEWS)
    assert view.target or view.lists_events
    assert VIEWS.find(view.name) is view
    assert all(VIEWS.find(alias) is view for alias in view.aliases)
    assert all(column.help.endswith(".") and "\n" not in column.help for column in view.columns)


@every_view
def test_the_columns_that_always_show_fit_into_80_cells(view: ViewDefinition) -> None:
    cells = lay_out(view.columns, 80)
    assert sum(cell.width for cell in cells) + len(cells) - 1 <= 80
    always = {j for j, column in enumerate(view.columns) if column.rank == 0}
    assert always <= {cell.column for cell in cells}


@every_view
def test_a_wide_screen_shows_everything_and_wastes_nothing(view: ViewDefinition) -> None:
    cells = lay_out(view.columns, 400)
    assert [cell.column for cell in cells] == list(range(len(view.columns)))
    if any(column.stretch for column in view.columns):
        assert sum(cell.width for cell in cells) + len(cells) - 1 == 400
