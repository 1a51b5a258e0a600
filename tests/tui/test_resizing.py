"""After another size of the terminal the screen shows what it would show had it begun with that size."""

from __future__ import annotations

import pytest

from tui.driver import Driver, running
from tui.openings import demo

SIZES = [(100, 30), (160, 48), (100, 30)]


async def _drawn_anew(screen: Driver) -> str:
    """The screen once every widget has drawn itself again."""
    for shown in screen.app.screen_stack:
        shown.refresh()
        for widget in shown.query("*"):
            widget.refresh()
    await screen.settle()
    return screen.screen_text


@pytest.mark.parametrize("keys", [(), ("f2",), ("p",)], ids=["events", "views", "hop"])
async def test_nothing_drawn_for_another_size_stays(keys: tuple[str, ...]) -> None:
    async with running(demo(), (140, 40)) as screen:
        await screen.press("7")
        await screen.go_to("344")
        await screen.press(*keys)
        for size in SIZES:
            await screen.pilot.resize_terminal(*size)
            await screen.settle()
            shown = screen.screen_text
            assert shown == await _drawn_anew(screen), size
