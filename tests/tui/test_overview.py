"""The overview on the screen."""

from __future__ import annotations

from tui.driver import running
from tui.openings import demo


async def test_a_key_shows_what_happened_and_enter_leads_to_what_is_behind_it() -> None:
    async with running(demo()) as screen:
        await screen.press("0")
        assert screen.view == "overview"
        await screen.choose("Programs run")
        value = int(screen.row.split("Programs run")[1].split()[0])
        await screen.press("enter")
        assert screen.view == "processes"
        assert len(screen.table.source) == value
        await screen.press("backspace")
        assert screen.view == "overview"
        assert "Programs run" in screen.row


async def test_trouble_has_a_sign_and_events_behind_it() -> None:
    async with running(demo()) as screen:
        await screen.press("0")
        await screen.choose("DNS errors")
        assert screen.row.startswith("!")
        value = int(screen.row.split("DNS errors")[1].split()[0])
        await screen.press("d")
        assert screen.view == "events"
        assert len(screen.table.source) >= value
        assert "DNS errors" in screen.crumbs


async def test_nothing_lies_below_what_there_is_nothing_of() -> None:
    async with running(demo()) as screen:
        await screen.press("0")
        await screen.choose("System files deleted")
        await screen.press("enter")
        assert screen.view == "overview"
        assert "nothing lies below" in screen.message
