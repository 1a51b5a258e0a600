"""The page on the views says what the declarations say, and the declarations hold together."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopscope.views import VIEWS, ViewDefinition, lay_out
from hopscope.views.reference import views_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "views.md"

every_view = pytest.mark.parametrize("view", VIEWS.builtin().values(), ids=lambda view: view.name)


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == views_page(), "write it again: make docs"


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
