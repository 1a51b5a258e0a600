"""Going on where one was when the capture was open before."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from hopscope.demo import demo_path
from hopscope_tui.opening import Opening, Request
from tui.driver import running
from tui.openings import demo


def _kept() -> Path:
    return Path(os.environ["HOPSCOPE_STATE_DIR"]) / "sessions.json"


async def test_view_selection_filters_sorting_and_row_are_there_again() -> None:
    async with running(demo()) as screen:
        await screen.choose("checkout")
        await screen.press("enter")
        await screen.choose("fetch")
        await screen.press("enter", "slash")
        await screen.type("fd.type=ipv4")
        await screen.press("enter", "#", "down")
        before = (screen.view, screen.crumbs, screen.row, screen.main.place.sorting)
    assert _kept().stat().st_mode & 0o777 == 0o600
    async with running(demo()) as screen:
        assert "where you were before" in screen.message
        assert (screen.view, screen.crumbs, screen.row, screen.main.place.sorting) == before
        await screen.press("backspace")
        assert "fetch" in screen.row
        await screen.press("backspace")
        assert "checkout" in screen.row


async def test_a_jump_back_leads_to_the_beginning() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "pagedown")
    async with running(demo()) as screen:
        assert screen.view == "events"
        await screen.press("ctrl+o")
        assert screen.view == "containers"


async def test_whoever_asks_for_a_view_or_a_filter_gets_it() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "pagedown")
    async with running(demo("files")) as screen:
        assert screen.view == "files"
    async with running(demo("", "proc.name=fetch")) as screen:
        assert screen.view == "containers"


async def test_another_capture_begins_at_the_beginning(tmp_path: Path) -> None:
    async with running(demo()) as screen:
        await screen.press("7")
    copy = tmp_path / "other.scap"
    shutil.copy(demo_path(), copy)
    async with running(Opening(Request(str(copy)))) as screen:
        assert screen.view == "containers"


async def test_of_places_that_cannot_be_kept_the_one_above_is() -> None:
    async with running(demo()) as screen:
        await screen.press("2")
        await screen.choose("fetch")
        await screen.press("enter", "V", "d")
        assert screen.view == "events"
    async with running(demo()) as screen:
        assert screen.view == "descriptors"
        assert "fetch" in screen.crumbs


async def test_what_is_kept_is_never_trusted() -> None:
    async with running(demo()) as screen:
        await screen.press("2")
        await screen.choose("fetch")
        await screen.press("enter")
    stored = json.loads(_kept().read_text())
    for session in stored["sessions"].values():
        session["places"][-1]["steps"][-1]["member"][1] = 10**9
    _kept().write_text(json.dumps(stored))
    async with running(demo()) as screen:
        assert screen.view == "containers"
    for session in stored["sessions"].values():
        session["places"] = "nonsense"
    _kept().write_text(json.dumps(stored))
    async with running(demo()) as screen:
        assert screen.view == "containers"
