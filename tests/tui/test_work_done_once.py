"""Work in the background is begun when it is of use, and not again for what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.screen import Screen
from textual.scrollbar import ScrollBar

from hopscope.store.store import Store
from hopscope.views import Selection
from hopscope_tui.opening import State
from hopscope_tui.screens import base, growth_actions
from hopscope_tui.widgets.first_sight import first_sight
from hopscope_tui.widgets.row_source import Cell, TableColumn
from tui.driver import running
from tui.openings import demo


async def test_events_are_counted_by_time_once_for_all_views_of_a_selection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(demo()) as screen:
        counted: list[object] = []
        monkeypatch.setattr(screen.main.jobs, "density", lambda *asked: counted.append(asked))
        await screen.press("2", "3", "1")
        assert not counted
        await screen.press("enter")
        assert len(counted) == 1


async def test_events_of_a_selection_one_comes_back_to_are_not_counted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(demo()) as screen:
        counted: list[object] = []
        count = screen.main.jobs.density

        def counting(store: Store, selection: Selection, stretches: int, zoomed: bool) -> None:
            counted.append(selection)
            count(store, selection, stretches, zoomed)

        monkeypatch.setattr(screen.main.jobs, "density", counting)
        bars = screen.main.timeline.text
        await screen.press("enter")
        assert len(counted) == 1
        assert screen.main.timeline.text != bars
        await screen.press("backspace")
        assert len(counted) == 1
        assert screen.main.timeline.text == bars


async def test_views_are_prepared_once_the_capture_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth_actions, "WORTH_WARMING", 0)
    async with running(demo()) as screen:
        main, warmed = screen.main, list[object]()
        main._warmed = None
        monkeypatch.setattr(main.jobs, "warm", warmed.append)
        main.capture = replace(main.capture, state=State.READING)
        main.grow()
        assert not warmed
        main.capture = replace(main.capture, state=State.WHOLE)
        main.grow()
        assert warmed == [main.store]


async def test_nothing_is_drawn_before_the_rows_but_for_a_moment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(base, "_MOMENT", 0.3)
    async with running(demo()) as screen:
        monkeypatch.setattr(screen.main.jobs, "fill", lambda *asked: None)
        screen.send("2")
        await screen.pilot.pause(0.1)
        assert screen.app._batch_count == 1
        await screen.pilot.pause(0.15)
        screen.main.visit(screen.main.place, lambda: None)
        await screen.pilot.pause(0.15)
        assert screen.app._batch_count == 1, "the moment of the first place ended that of the second"
        await screen.pilot.pause(0.4)
        assert screen.app._batch_count == 0


def test_cells_that_are_shown_at_first_are_made_once() -> None:
    asked: list[int] = []

    class Counting:
        columns, sorting = (TableColumn("NUM"),), None

        def __len__(self) -> int:
            return 90

        def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
            asked.extend(range(start, stop))
            return [(Cell(str(row)),) for row in range(start, stop)]

    sight = first_sight(Counting(), 3, None)
    assert len(asked) == len(set(asked))
    assert set(asked) >= {*range(48), 89}
    assert list(sight.pages) == [0, 1, 2]


async def test_scrollbars_are_drawn_with_their_rows_and_not_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bool] = []
    draw = Screen._compositor_refresh

    def drawing(self: Screen[None]) -> None:
        bars = [widget.region for widget in self._compositor.visible_widgets if isinstance(widget, ScrollBar)]
        dirty = any(bar.overlaps(part) for bar in bars for part in self._compositor._dirty_regions)
        draw(self)
        drawn.append(dirty)

    async with running(demo()) as screen:
        await screen.press("7", "1")
        monkeypatch.setattr(Screen, "_compositor_refresh", drawing)
        for key in ("7", "2", "7", "number_sign"):
            drawn.clear()
            await screen.press(key)
            assert drawn.count(True) <= 1, key
