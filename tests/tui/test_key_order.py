"""Keys that come together, pasted or over a slow line, do what they do one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.content import Content

from hopscope_tui.screens.bookmark_panel import BookmarkPanel
from hopscope_tui.screens.text_panel import TextPanel
from tui.driver import Driver, running
from tui.openings import demo

# fmt: off
SEQUENCES = {
    "a number to go to": ("colon", *"343", "enter"),
    "a search": ("ctrl+f", *"futex", "enter"),
    "a panel left at once": ("w", "escape", "down", "down"),
    "a panel of columns": ("ctrl+n", "escape", "end"),
    "a bookmark": ("m", *"note", "enter", "down"),
    "two panels": ("w", "escape", "f1", "escape", "end"),
    "words that narrow a list": ("f2", *"thr", "enter"),
    "the palette": ("ctrl+p", "escape", "down"),
}
# fmt: on


def _state(screen: Driver) -> tuple[str, int, str, bool]:
    on_top = screen.app.screen is screen.main
    return screen.view, screen.main.table.cursor_row, screen.crumbs, on_top


@pytest.mark.parametrize("keys", SEQUENCES.values(), ids=SEQUENCES)
async def test_keys_at_once_end_where_keys_one_by_one_do(
    keys: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(demo("events")) as screen:
        before = _state(screen)
        for key in keys:
            screen.send(key)
            await screen.settle()
        one_by_one = _state(screen)
        assert one_by_one != before
    for kind in ("DATA", "STATE"):
        monkeypatch.setenv(f"HOPSCOPE_{kind}_DIR", str(tmp_path / f"other {kind}"))
    async with running(demo("events")) as screen:
        screen.send(*keys)
        await screen.settle()
        assert _state(screen) == one_by_one


async def test_keys_for_a_widget_that_goes_away_keep_nobody_waiting() -> None:
    """What follows a key is lost with the widget; the next keys are taken all the same."""
    async with running(demo()) as screen:
        for _ in range(5):
            screen.send("colon", "escape", "f1", "q", "ctrl+f", *"x", "escape", "7")
        screen.send("end")
        await screen.settle()
        assert screen.view == "events"
        assert screen.table.cursor_row == len(screen.table.source) - 1


async def test_what_a_job_finds_for_a_panel_waits_for_its_widgets() -> None:
    async with running(demo("events")) as screen:
        main, rows = screen.main, list[int]()
        main.action_bookmarks()
        assert not main.on_top.is_mounted
        assert main.tell_panel(BookmarkPanel, lambda panel: rows.append(panel.table.cursor_row))
        assert not rows
        await screen.settle()
        assert rows == [0]


async def test_what_a_job_finds_for_a_panel_that_another_has_covered_is_for_nobody() -> None:
    async with running(demo("events")) as screen:
        main, rows = screen.main, list[int]()
        main.action_bookmarks()
        main.tell_panel(BookmarkPanel, lambda panel: rows.append(panel.table.cursor_row))
        main.lay_over(TextPanel("above", lambda width: Content("text")))
        await screen.settle()
        assert isinstance(main.on_top, TextPanel)
        assert not rows
