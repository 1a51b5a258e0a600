"""Whole stories on the demo capture as people go through them: by keys, and one by the mouse alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.events import MouseMove, MouseScrollDown

from hopscope.views import TimeRange
from hopscope_tui.keymap import key_name
from hopscope_tui.screens.help import HelpPanel
from hopscope_tui.screens.list_panel import ListPanel
from tui.driver import Driver, running
from tui.openings import demo

README = Path(__file__).parents[2] / "README.md"

NEW_USERS_PATH = ("V", "enter", "c", "p", "semicolon", "enter")
"""From the first screen to the call in which the time of ``fetch`` was lost."""


async def test_a_new_user_finds_where_the_time_was_lost() -> None:
    """What was wrong; the query nobody answered; for whom it was sent; and the wait that it cost."""
    assert len(NEW_USERS_PATH) <= 12
    assert " ".join(f"<kbd>{key_name(key)}</kbd>" for key in NEW_USERS_PATH) in README.read_text("utf-8")
    async with running(demo(), (100, 30)) as screen:
        keys = iter(NEW_USERS_PATH)
        await screen.press(next(keys))
        assert "8.001s" in screen.row
        assert "no answer to DNS" in screen.row

        await screen.press(next(keys))
        assert "dnsd 2410 > 10.244.0.3:54279->198.51.100.53:53/udp" in screen.crumbs
        assert "<  write" in screen.row

        await screen.press(next(keys))
        assert "dnsd 2410 > :::53/udp" in screen.crumbs
        assert "<  recvmsg" in screen.row

        await screen.press(next(keys))
        assert "fetch 5120" in screen.crumbs
        assert "<  sendmmsg" in screen.row

        await screen.press(next(keys))
        assert screen.row.startswith("8.001s  95.2%")
        assert "connection 10.244.0.17:45731->10.96.0.10:53" in screen.row

        await screen.press(next(keys))
        assert "fetch 5120" in screen.crumbs
        assert ">  poll" in screen.row
        waited = screen.main.store.time[screen.main.store.twin[screen.main.event_row]]
        assert 8.0e9 < waited - screen.main.store.time[screen.main.event_row] < 8.1e9


async def test_a_query_is_followed_hop_by_hop_past_a_server_that_is_not_there() -> None:
    """The slowest query from its socket to the upstream server, both attempts, and back to who had asked."""
    async with running(demo()) as screen:
        await screen.press("2")
        await screen.choose("fetch")
        await screen.press("enter")
        await screen.choose("10.244.0.17:45731->10.96.0.10:53")
        await screen.press("enter")
        await screen.choose("<  connect")
        for key, process, call in _PAST_A_DEAD_SERVER:
            await screen.hop(key)
            assert f"{process} " in screen.crumbs, screen.message
            assert call in screen.row, screen.message
        answer = screen.event
        for _ in _PAST_A_DEAD_SERVER:
            await screen.press("ctrl+o")
        assert "<  connect" in screen.row
        assert screen.event < answer
        await screen.press("backspace")
        assert screen.view == "descriptors"
        assert "10.244.0.17:45731" in screen.row


_PAST_A_DEAD_SERVER = (
    ("p", "dnsd", "<  recvmsg"),
    ("f", "dnsd", "<  write"),
    ("f", "dnsd", "<  write"),
    ("f", "dnsd", "<  close"),
    ("f", "dnsd", "<  sendmsg"),
    ("p", "fetch", "<  recvfrom"),
)


async def test_the_trail_of_a_process_shows_it_all_and_leads_to_any_part(tmp_path: Path) -> None:
    """One key for the whole request; fold, go to what failed, to its last event, mark it, and back."""
    async with running(demo()) as screen:
        await screen.press("2")
        await screen.choose("fetch")
        await screen.press("Q")
        assert screen.view == "trail"
        every = len(screen.table.source)
        for name in ("fetch", "dnsd", "kvd", "httpd"):
            assert any(name in row for row in _rows(screen)), name
        await screen.find("SERVFAIL")
        assert "corp.example" in screen.row
        assert "8.001s" in screen.row
        await screen.press("left")
        assert len(screen.table.source) < every
        await screen.press("right", "t")
        assert "fetch 5120" in screen.crumbs
        assert "<  recvfrom" in screen.row
        await screen.press("m")
        await screen.type("too late")
        await screen.press("enter", "ctrl+o")
        assert screen.view == "trail"
        assert "SERVFAIL" in screen.row
        assert "1 bookmark" in screen.lines[0]


async def test_from_a_glance_to_evidence_that_is_marked_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overview, what is behind a number; findings and their evidence; bookmarks; a file for others."""
    monkeypatch.chdir(tmp_path)
    async with running(demo()) as screen:
        await screen.press("0")
        await screen.choose("DNS errors")
        await screen.press("enter")
        assert "DNS errors" in screen.crumbs
        behind = len(screen.table.source)
        await screen.press("E", "ctrl+u")
        await screen.type(str(tmp_path / "errors.csv"))
        await screen.press("enter")
        with (tmp_path / "errors.csv").open(newline="", encoding="utf-8") as file:
            assert len(list(csv.reader(file))) == behind + 1

        await screen.press("V", "enter")
        evidence = [screen.event]
        for note in ("asked", "asked again"):
            await screen.press("m")
            await screen.type(note)
            await screen.press("enter", "full_stop")
            evidence.append(screen.event)
        assert len(set(evidence)) == 3
        await screen.press("comma")
        assert screen.event == evidence[1]
        await screen.press("M")
        assert isinstance(screen.app.screen, ListPanel)
        await screen.choose("asked again")
        await screen.press("enter")
        assert screen.event == evidence[1]


async def test_a_story_by_the_mouse_alone() -> None:
    """Tab, header, wheel, timeline, double click, key bar, list, breadcrumb: no key is pressed."""
    async with running(demo(), (132, 34)) as screen:
        await _click(screen, "2 Processes", 1)
        assert screen.view == "processes"
        before = screen.table.source.sorting
        await _click(screen, "PID", 4)
        assert screen.table.source.sorting != before

        await screen.pilot.mouse_down("#timeline", offset=(2, 0))
        for x in (2, 60):
            move = MouseMove(screen.main.timeline, x, 0, 1, 0, 1, False, False, False, x, 2)
            screen.main.timeline.post_message(move)
        await screen.settle()
        await screen.pilot.mouse_up("#timeline", offset=(60, 0))
        await screen.settle()
        steps = screen.main.place.selection.steps
        assert [type(step.condition) for step in steps] == [TimeRange]

        await _click(screen, "fetch http", 4, times=2)
        assert screen.view == "descriptors"
        await _click(screen, "10.244.0.17:40112->10.96.0.10:53", 4, times=2)
        assert screen.view == "events"
        await _click(screen, "connect ", 4)
        assert "connect" in screen.row
        await _click(screen, " p Peer", len(screen.lines) - 1)
        if isinstance(screen.app.screen, ListPanel):
            await screen.pilot.click("#panel-table", offset=(4, 1), times=2)
            await screen.settle()
        assert "dnsd 2410" in screen.crumbs

        assert screen.message.startswith("peer of")
        await _click(screen, "peer of", len(screen.lines) - 1)
        assert screen.message == ""
        await _click(screen, " Peer", len(screen.lines) - 1)
        assert "fetch" in screen.crumbs
        await _click(screen, "connect ", 4)
        assert screen.message == ""
        await _click(screen, "container checkout", 3)
        assert screen.view != "events"
        await _click(screen, "7 Events", 1)
        chosen = screen.table.cursor_row
        wheel = MouseScrollDown(screen.table, 5, 5, 0, 1, 0, False, False, False, 5, 5)
        screen.table.post_message(wheel)
        await screen.settle()
        assert screen.table.top_row > 0
        assert screen.table.cursor_row == chosen

        await _click(screen, " F1 Help", len(screen.lines) - 1)
        assert isinstance(screen.app.screen, HelpPanel)
        await screen.pilot.click(offset=(0, 0))
        await screen.settle()
        assert not isinstance(screen.app.screen, HelpPanel)


def _rows(screen: Driver) -> list[str]:
    source = screen.table.source
    return [" ".join(cell.text for cell in cells) for cells in source.cells(0, len(source))]


async def _click(screen: Driver, text: str, line: int, times: int = 1) -> None:
    """Click on a text where it is seen, on this line or below it."""
    for y, seen in enumerate(screen.lines[line:], line):
        if text in seen:
            x = cell_len(seen[: seen.index(text)]) + 1
            await screen.pilot.click(offset=(x, y), times=times)
            await screen.settle()
            return
    raise AssertionError(f"{text!r} is not to be seen:\n{screen.screen_text}")
