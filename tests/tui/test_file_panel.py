"""The panel with what a file held."""

from __future__ import annotations

import pytest

from hopscope.demo import demo_path
from hopscope_tui.screens.file_actions import FilePanel
from tui.driver import running
from tui.openings import opening

DEMO = demo_path()


@pytest.mark.parametrize("view", ["5", "6", "7"])
async def test_the_file_of_a_row_is_shown_and_leads_to_its_uses(view: str) -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press(view)
        await screen.press("slash")
        await screen.type("fd.name=/etc/resolv.conf")
        await screen.press("enter", "C")

        assert isinstance(screen.app.screen, FilePanel)
        assert "/etc/resolv.conf in checkout of pod checkout: 123 bytes, to its end" in screen.screen_text
        assert "read by fetch 5120: bytes 0 to 123, event 326, opened at 322" in screen.screen_text
        assert "options ndots:5 timeout:9" in screen.screen_text

        await screen.press("down", "enter")
        assert isinstance(screen.app.screen, FilePanel), "a line of the contents leads nowhere"
        await screen.press("up", "enter")
        assert not isinstance(screen.app.screen, FilePanel)
        assert screen.row.split()[0] == "326"


async def test_a_row_that_is_about_no_file_says_so() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("4", "C")

        assert screen.message == "nothing on this row is about a file"
        assert not isinstance(screen.app.screen, FilePanel)


async def test_the_way_back_is_escape() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("6", "slash")
        await screen.type("fd.name=/etc/resolv.conf")
        await screen.press("enter")
        before = screen.row
        await screen.press("C", "escape")

        assert screen.row == before
