"""The spectrogram on the screen: its cells by keys and by mouse."""

from __future__ import annotations

from textual.events import MouseDown, MouseMove, MouseUp

from hopscope_tui.screens.spectrogram_panel import SpectrogramPanel
from hopscope_tui.widgets.heat_map import LABEL, HeatMap, Rectangle
from tui.driver import Driver, running
from tui.openings import demo


def _heat(screen: Driver) -> HeatMap:
    return screen.app.screen.query_one(HeatMap)


async def test_the_busiest_cell_is_chosen_and_leads_to_its_events() -> None:
    async with running(demo()) as screen:
        await screen.press("f12")
        assert isinstance(screen.app.screen, SpectrogramPanel)
        heat, cell = _heat(screen)._heat, _heat(screen).chosen
        assert heat is not None
        assert heat.counts[cell.top, cell.left] == heat.busiest
        assert f"{heat.busiest:,} in " in screen.screen_text
        await screen.press("enter")
        assert screen.view == "events"
        assert len(screen.table.source) == 2 * heat.busiest
        await screen.press("backspace")
        assert screen.view == "containers"


async def test_cells_are_chosen_by_keys() -> None:
    async with running(demo()) as screen:
        await screen.press("f12", "up", "up", "up", "down", "home")
        cell = _heat(screen).chosen
        await screen.press("shift+down", "shift+right", "shift+right")
        assert _heat(screen).chosen == Rectangle(cell.top, cell.top + 1, 0, 2)
        await screen.press("space", "end")
        heat = _heat(screen)._heat
        assert heat is not None
        last = heat.counts.shape[1] - 1
        assert _heat(screen).chosen == Rectangle(cell.top + 1, cell.top + 1, last, last)
        await screen.press("left", "right", "pageup", "space", "pagedown", "shift+up", "shift+left")
        assert _heat(screen).chosen.top == 0
        await screen.press("escape")
        assert screen.view == "containers"


async def test_other_kinds_and_other_lengths_of_a_line() -> None:
    async with running(demo()) as screen:
        await screen.press("f12")
        lines = len(_heat(screen)._labels)
        await screen.press("plus")
        assert len(_heat(screen)._labels) <= lines // 2 + 1
        await screen.press("minus", "minus")
        assert len(_heat(screen)._labels) > lines
        await screen.press("tab")
        assert "calls on files" in screen.screen_text
        await screen.press("shift+tab", "shift+tab")
        assert "requests, as each process saw them" in screen.screen_text
        await screen.press("enter")
        assert screen.view == "events"


async def test_a_rectangle_is_drawn_with_the_mouse() -> None:
    async with running(demo()) as screen:
        await screen.press("f12")
        heat = _heat(screen)
        begin, end = (LABEL + 40, 3), (LABEL + 50, 6)
        await screen.pilot._post_mouse_events([MouseDown], heat, offset=begin, button=1)
        await screen.pilot._post_mouse_events([MouseMove], heat, offset=end, button=1)
        await screen.pilot._post_mouse_events([MouseUp], heat, offset=end, button=1)
        await screen.settle()
        assert heat.chosen == Rectangle(2, 5, 40, 50)


async def test_what_took_no_time_is_said() -> None:
    async with running(demo("events", "evt.num=1")) as screen:
        await screen.press("f12")
        assert "nothing here took any time" in screen.screen_text
        await screen.press("enter")
        assert isinstance(screen.app.screen, SpectrogramPanel)
