"""The timeline below the tabs: what it shows, and ranges brushed on it with keys and mouse."""

from __future__ import annotations

import numpy as np
import pytest
from textual import events

from hopscope.views import VIEWS, TimeRange
from hopscope_tui.widgets.timeline import Timeline
from tui.driver import Driver, running
from tui.openings import demo


def timeline(screen: Driver) -> Timeline:
    found = screen.main.timeline
    assert isinstance(found, Timeline)
    return found


def bars(screen: Driver) -> str:
    return timeline(screen).text.splitlines()[0][1 : 1 + timeline(screen).stretches]


def ranges(screen: Driver) -> list[TimeRange]:
    steps = screen.main.place.selection.steps
    return [step.condition for step in steps if isinstance(step.condition, TimeRange)]


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (50, 20)])
async def test_every_view_has_it_and_it_counts_the_selection(size: tuple[int, int]) -> None:
    async with running(demo(), size) as screen:
        for number in range(1, len(VIEWS) + 1):
            await screen.press(str(number))
            density = timeline(screen)._density
            assert density is not None
            assert density.counts.sum() == len(screen.main.place.selection.rows(screen.main.store))
            assert len(density.counts) == timeline(screen).stretches
            assert screen.lines[2][1 : 1 + timeline(screen).stretches] == bars(screen)
        assert ("peak" in screen.lines[2]) == (size[0] >= 76)


async def test_it_follows_filters_and_the_size_of_the_window() -> None:
    async with running(demo()) as screen:
        whole = bars(screen)
        await screen.press("slash")
        await screen.type("proc.name=fetch")
        await screen.press("enter")
        assert bars(screen) != whole
        await screen.press("ctrl+l")
        assert bars(screen) == whole
        await screen.pilot.resize_terminal(100, 30)
        await screen.settle()
        density = timeline(screen)._density
        assert density is not None
        assert len(density.counts) == timeline(screen).stretches < len(whole)


async def test_a_range_is_begun_drawn_out_taken_and_popped() -> None:
    async with running(demo("events")) as screen:
        every = len(screen.table.source)
        await screen.press("I")
        assert timeline(screen).has_focus
        await screen.press("home", "pagedown", "space", "pagedown", "pagedown", "left")
        first, last = timeline(screen).range_cells
        assert (first, last) == (10, 29)
        assert "╚══" in screen.lines[3]
        assert "events" in screen.lines[3]
        density = timeline(screen)._density
        assert density is not None
        await screen.press("enter")
        (chosen,) = ranges(screen)
        assert (chosen.start, chosen.stop) == (density.edge(first), density.edge(last + 1))
        assert len(screen.table.source) == int(density.counts[first : last + 1].sum()) < every
        assert "time " in screen.crumbs
        assert screen.main.table.has_focus
        await screen.press("ctrl+l")
        assert ranges(screen) == []
        assert len(screen.table.source) == every


async def test_shift_and_arrows_extend_and_escape_clears_then_leaves() -> None:
    async with running(demo("events")) as screen:
        await screen.press("I", "end", "shift+left", "shift+left", "shift+right")
        last = timeline(screen).stretches - 1
        assert timeline(screen).range_cells == (last - 1, last)
        await screen.press("escape")
        assert timeline(screen).has_focus
        assert timeline(screen).range_cells == (last - 1, last - 1)
        await screen.press("escape")
        assert screen.main.table.has_focus
        assert ranges(screen) == []


@pytest.mark.parametrize("width", [140, 80, 50, 36])
async def test_the_range_is_said_wherever_it_lies(width: int) -> None:
    async with running(demo("events"), (width, 24)) as screen:
        await screen.press("I", "home", "space")
        for _ in range(timeline(screen).stretches // 10 + 1):
            line = screen.lines[3]
            assert len(line) == width
            assert line.strip()[0] in "╚║0123456789"
            assert "s, " in line or "…" in line
            first, last = timeline(screen).range_cells
            drawn = line[1 + first : 2 + last]
            assert drawn == ("║" if first == last else f"╚{'═' * (last - first - 1)}╝")
            await screen.press("pagedown")
            if timeline(screen).range_cells[0] < 20:
                await screen.press("space")


async def test_the_marker_begins_at_the_chosen_event() -> None:
    async with running(demo("events")) as screen:
        await screen.press("end", "I")
        assert timeline(screen).range_cells[0] == timeline(screen).stretches - 1
        await screen.press("I")
        assert screen.main.table.has_focus


async def test_an_empty_range_is_not_taken() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        await screen.press("I")
        density = timeline(screen)._density
        assert density is not None
        (empty, *_) = np.flatnonzero(density.counts == 0).tolist()
        await screen.press("home", *["right"] * empty, "enter")
        assert "nothing happened" in screen.message
        assert ranges(screen) == []


async def test_the_mouse_draws_a_range() -> None:
    async with running(demo("events")) as screen:
        await drag(screen, 6, 40)
        (chosen,) = ranges(screen)
        density = timeline(screen)._density
        assert density is not None
        assert (chosen.start, chosen.stop) == (density.edge(5), density.edge(40))


async def test_a_click_only_puts_the_marker() -> None:
    async with running(demo("events")) as screen:
        await drag(screen, 9, 9)
        assert ranges(screen) == []
        assert timeline(screen).has_focus
        assert timeline(screen).range_cells == (8, 8)


async def drag(screen: Driver, start: int, stop: int) -> None:
    await screen.pilot.mouse_down("#timeline", offset=(start, 0))
    for x in (start, stop):
        event = events.MouseMove(timeline(screen), x, 0, 1, 0, 1, False, False, False, x, 2)
        timeline(screen).post_message(event)
    await screen.settle()
    await screen.pilot.mouse_up("#timeline", offset=(stop, 0))
    await screen.settle()


async def test_it_zooms_into_the_range_and_out_again() -> None:
    async with running(demo("events")) as screen:
        await screen.press("z")
        assert "whole capture already" in screen.message
        await screen.press("I", "home", "space", *["pagedown"] * 3, "enter", "z")
        (chosen,) = ranges(screen)
        density = timeline(screen)._density
        assert density is not None
        assert (density.start, density.stop) == (chosen.start, chosen.stop)
        await screen.press("I", "home", "space", "pagedown", "enter")
        assert len(ranges(screen)) == 2
        await screen.press("z", "ctrl+l", "ctrl+l")
        density = timeline(screen)._density
        assert density is not None
        assert density.stop - density.start > chosen.stop - chosen.start


async def test_a_range_is_changed_as_a_filter_and_saved_as_one() -> None:
    async with running(demo("events")) as screen:
        await screen.press("I", "home", "space", "pagedown", "enter")
        (chosen,) = ranges(screen)
        await screen.press("L", "enter")
        assert f"evt.rawtime>={chosen.start} and evt.rawtime<{chosen.stop}" in screen.screen_text
        await screen.press("end", "backspace")
        await screen.type("9")
        await screen.press("enter")
        (changed,) = ranges(screen)
        assert changed.start == chosen.start
        assert changed.stop // 10 == chosen.stop // 10
