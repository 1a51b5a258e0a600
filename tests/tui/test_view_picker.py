"""The list of all views: headings, search, and what makes no sense where one is."""

from __future__ import annotations

from hopscope_tui.keymap import KEYS, key_name, key_of
from hopscope_tui.other_places import OTHER_PLACES
from hopscope_tui.screens.view_picker import ViewPicker
from tui.driver import running
from tui.openings import demo


async def test_words_narrow_the_list_and_enter_shows_the_view() -> None:
    async with running(demo()) as screen:
        await screen.press("f2")
        assert isinstance(screen.app.screen, ViewPicker)
        assert "Kubernetes and Mesos" in screen.screen_text or "Processes" in screen.screen_text
        await screen.type("slow")
        await screen.settle()
        assert "longer than a" in screen.screen_text
        await screen.press("pagedown", "pageup", "down", "up", "enter")
        assert screen.view == "slow_io"
        assert "Slow File I/O" in screen.lines[1]
        await screen.press("f2", "escape")
        assert screen.view == "slow_io"


async def test_a_view_that_makes_no_sense_says_why_and_is_not_taken() -> None:
    async with running(demo()) as screen:
        await screen.press("f2")
        await screen.type("mesos tasks")
        await screen.press("enter")
        assert isinstance(screen.app.screen, ViewPicker)
        assert "no process of the capture belongs to Mesos" in screen.screen_text


async def test_lists_have_details_and_rows_of_fields_lead_to_their_events() -> None:
    async with running(demo("errors")) as screen:
        await screen.press("enter")
        assert screen.view == "processes_errors"
        assert "evt.res" in screen.crumbs
        await screen.press("d")
        assert screen.view == "events"
        assert len(screen.table.source) > 0
    async with running(demo("spy_users")) as screen:
        await screen.press("enter")
        assert "execve" in screen.screen_text


async def test_what_is_no_view_is_offered_too() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        for words, view, shown in (
            ("bookmarks", "events", "no bookmarks yet"),
            ("damage", "events", "skipped blocks"),
            ("findings", "findings", "no answer to DNS"),
            ("messages", "messages", "NXDOMAIN"),
            ("trail", "trail", "inventory.shop"),
        ):
            await screen.press("f2")
            await screen.type(words)
            assert screen.row.split("  ")[0] in {key_name(key.keys[0]) for key in KEYS if key.keys}
            await screen.press("enter")
            assert screen.view == view
            assert shown in screen.screen_text
            await screen.press("escape" if view == "events" else "backspace")


def test_every_place_that_a_key_leads_to_from_anywhere_is_offered() -> None:
    offered = {key_of(place.name).action for place in OTHER_PLACES}
    for key in KEYS:
        if key.scope == "main" and key.action.startswith("own("):
            assert key.action in offered
