"""Work in the background is begun when it is of use, and not again for what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hopscope.store.store import Store
from hopscope.views import Selection
from hopscope_tui.opening import State
from hopscope_tui.screens import growth_actions
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
