"""Several captures side by side in tabs: opened, seen, closed, each with a place and a session of its own."""

from __future__ import annotations

import os
import shutil
import weakref
from functools import partial
from pathlib import Path

import pytest

from hopscope.demo import demo_path
from hopscope_tui import spawning
from hopscope_tui.opening import Opening, Request, State
from hopscope_tui.path_offers import offers
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.loading import LoadingScreen
from hopscope_tui.screens.main import MainScreen
from hopscope_tui.screens.open_panel import OpenPanel
from hopscope_tui.tab_names import distinct_names, shortened, without_common_ending
from tui.driver import Driver, running
from tui.piped import Pipe, pipes, until

DEMO = demo_path().read_bytes()


@pytest.fixture
def captures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with captures and what is none, where the program begins."""
    folder = tmp_path / "here"
    (folder / "nightly").mkdir(parents=True)
    for name in ("first.scap", "second.scap", "nightly/first.scap"):
        shutil.copy(demo_path(), folder / name)
    (folder / "notes.txt").write_text("no capture")
    (folder / ".hidden.scap").write_bytes(DEMO)
    monkeypatch.chdir(folder)
    return folder


def one(path: str, *, later: bool = False) -> Opening:
    return Opening(Request(path), later=later)


def tab_line(screen: Driver) -> str:
    return (screen.lines or [""])[0]


def _shows(screen: Driver, view: str) -> bool:
    return screen.view == view


def _says(screen: Driver, text: str) -> bool:
    return text in screen.screen_text


async def see(screen: Driver, key: str, name: str) -> None:
    """Go to another tab and wait until its rows are there."""
    screen.send(key)
    await until(screen, lambda: f"▸{name} " in tab_line(screen) and isinstance(screen.app.screen, MainScreen))


async def test_a_capture_is_opened_in_a_tab_of_its_own(captures: Path) -> None:
    async with running(one("first.scap")) as screen:
        assert "hopscope  first.scap" in tab_line(screen)
        await screen.press("2")
        await screen.choose("fetch")
        screen.send("ctrl+t")
        await until(screen, lambda: "second.scap" in screen.screen_text)
        assert "notes.txt" not in screen.screen_text
        assert ".hidden" not in screen.screen_text
        await screen.press("down", "down", "up")
        assert screen.row.startswith("second.scap")
        await screen.press("pagedown")
        assert screen.row == "nightly/"
        await screen.press("pageup", "down", "tab")
        await until(screen, lambda: "first.scap" not in screen.screen_text.partition("Open a capture")[2])
        screen.send("enter")
        await until(screen, lambda: "▸second.scap ×" in tab_line(screen))
        assert " first.scap │" in tab_line(screen)
        assert screen.view == "containers"
        assert "hopscope  second.scap" in screen.lines[1]
        await screen.press("4")
        await see(screen, ")", "first.scap")
        assert (screen.view, "fetch" in screen.row) == ("processes", True)
        await see(screen, "ctrl+pageup", "second.scap")
        assert screen.view == "connections"


async def test_each_tab_keeps_its_session_when_all_are_left(captures: Path) -> None:
    async with running(one("first.scap"), more=[one("second.scap", later=True)]) as screen:
        await screen.press("2")
        await see(screen, "ctrl+pagedown", "second.scap")
        await screen.press("4")
    for name, view in (("first.scap", "processes"), ("second.scap", "connections")):
        async with running(one(name)) as screen:
            await until(screen, partial(_shows, screen, view))


async def test_a_tab_is_closed_and_its_session_kept_but_not_the_last(captures: Path) -> None:
    async with running(one("first.scap"), more=[one("second.scap", later=True)]) as screen:
        await see(screen, '"', "second.scap")
        await screen.press("4")
        store = weakref.ref(screen.main.store)
        screen.send("ctrl+w")
        await until(screen, lambda: "hopscope  first.scap" in tab_line(screen))
        await screen.press("2")
        await until(screen, lambda: store() is None)
        await screen.press("ctrl+w")
        assert "the only capture" in screen.message
        assert "hopscope  first.scap" in tab_line(screen)
        await screen.press("ctrl+pagedown")
        assert "one capture only" in screen.message
        screen.send("ctrl+t")
        await until(screen, lambda: "second.scap" in screen.screen_text)
        await screen.type("second.scap")
        screen.send("enter")
        await until(screen, lambda: "▸second.scap ×" in tab_line(screen) and screen.view == "connections")


async def test_what_is_no_capture_is_told_and_nothing_changes(captures: Path) -> None:
    (captures / "empty").mkdir()
    (captures / "\x1b[31m.scap").write_bytes(b"")
    async with running(one("first.scap")) as screen:
        await screen.press("5")
        for path, said in (
            ("notes.txt", "notes.txt is not a sysdig capture"),
            ("missing.scap", "No such file or directory"),
            ("empty/", "there is no capture in this folder"),
        ):
            screen.send("ctrl+t")
            await until(screen, lambda: isinstance(screen.app.screen, OpenPanel))
            await screen.type(path)
            screen.send("enter")
            await until(screen, partial(_says, screen, said))
            await screen.press("escape")
        assert screen.view == "descriptors"
        assert "hopscope  first.scap" in tab_line(screen)


async def test_folders_are_gone_into_and_a_path_can_begin_anew(captures: Path) -> None:
    async with running(one(str(captures / "first.scap"))) as screen:
        screen.send("ctrl+t")
        await until(screen, lambda: "nightly/" in screen.screen_text)
        await screen.type(f"{captures}/nigh")
        await until(screen, lambda: screen.row == "nightly/")
        screen.send("enter")
        await until(screen, lambda: screen.row.startswith("first.scap"))
        screen.send("enter")
        await until(screen, lambda: "▸nightly/first.scap ×" in tab_line(screen))
        assert " here/first.scap │" in tab_line(screen)


async def test_the_line_of_tabs_is_clicked(captures: Path) -> None:
    async with running(one("first.scap"), more=[one("second.scap", later=True)]) as screen:
        await until(screen, lambda: "second.scap │" in tab_line(screen))
        await screen.pilot.click("#captures", offset=(tab_line(screen).index("second"), 0))
        await until(screen, lambda: "▸second.scap ×" in tab_line(screen))
        await screen.pilot.click("#captures", offset=(tab_line(screen).index("+"), 0))
        await until(screen, lambda: isinstance(screen.app.screen, OpenPanel))
        await screen.press("escape")
        await screen.pilot.click("#captures", offset=(tab_line(screen).index("×"), 0))
        await until(screen, lambda: "hopscope  first.scap" in tab_line(screen))


@pipes
async def test_a_tab_that_is_not_seen_reads_on_and_leaving_ends_it(captures: Path, tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "pipe.scap")
    pipe.send(DEMO[:180_000])
    opening = one(str(pipe.path), later=True)
    async with running(one("first.scap"), more=[opening]) as screen:
        await until(screen, lambda: "pipe.scap ● live" in tab_line(screen))
        await see(screen, ")", "pipe.scap")
        await screen.press("7", "down", "down")
        chosen, before = screen.event, len(screen.main.store)
        await see(screen, ")", "first.scap")
        pipe.send(DEMO[180_000:])
        pipe.send(None)
        await until(screen, lambda: "pipe.scap │" in tab_line(screen))
        assert opening.state is State.WHOLE
        await see(screen, ")", "pipe.scap")
        await until(screen, lambda: len(screen.main.store) > before)
        assert screen.event == chosen
        assert "4,355 events" in screen.lines[1]


@pipes
async def test_a_capture_nobody_waits_for_any_more_is_closed(captures: Path, tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "pipe.scap")
    opening = one(str(pipe.path), later=True)
    async with running(one("first.scap"), more=[opening]) as screen:
        screen.send("ctrl+pagedown")
        for _ in range(100):
            await screen.pilot.pause(0.02)
            if isinstance(screen.app.screen, LoadingScreen):
                break
        await screen.pilot.press("7", "escape")
        await until(screen, lambda: "hopscope  first.scap" in tab_line(screen))
        assert opening.is_left
        assert screen.view == "containers"
    pipe.send(None)


async def test_a_capture_that_cannot_be_read_is_closed_and_says_why(captures: Path) -> None:
    async with running(one("first.scap"), more=[one("notes.txt", later=True)]) as screen:
        await until(screen, lambda: "notes.txt was closed" in screen.message)
        assert "is not a sysdig capture" in screen.message
        assert "hopscope  first.scap" in tab_line(screen)


async def test_answers_stay_in_the_tab_that_asked(captures: Path) -> None:
    """Candidates that were asked for in one tab are not laid over the other one."""
    async with running(one("first.scap"), more=[one("second.scap", later=True)]) as screen:
        await screen.press("7")
        await screen.go_to("344")
        screen.send("p", "ctrl+pagedown")
        await until(screen, lambda: "▸second.scap ×" in tab_line(screen))
        assert isinstance(screen.app.screen, MainScreen)
        screen.send("ctrl+pageup")
        await until(screen, lambda: "▸first.scap ×" in tab_line(screen))
        assert isinstance(screen.app.screen, ListPanel)


async def test_masking_holds_in_all_tabs(captures: Path) -> None:
    async with running(one("first.scap"), more=[one("second.scap", later=True)]) as screen:
        await see(screen, ")", "second.scap")
        await screen.press("R")
        await see(screen, ")", "first.scap")
        await screen.settle()
        assert "redacted" in screen.lines[1]
        await screen.press("R")
        assert "redacted" not in screen.lines[1]


async def test_a_colour_chosen_in_one_tab_is_that_of_all(captures: Path) -> None:
    async with running(one("first.scap"), more=[one("second.scap", later=True)]) as screen:
        await see(screen, ")", "second.scap")
        screen.app.theme = "hopscope-light"
        await screen.settle()
        light = _background(screen)
        await see(screen, ")", "first.scap")
        assert _background(screen) == light


def _background(screen: Driver) -> str:
    strips = screen.app.screen._compositor.render_strips()
    return str(next(segment.style for segment in strips[12] if segment.style))


async def test_many_tabs_fit_into_a_narrow_window(captures: Path) -> None:
    names = [f"a-capture-with-a-long-name-{number:02}.scap" for number in range(9)]
    for name in names:
        os.link("first.scap", name)
    async with running(one(names[0]), (80, 24), more=[one(name, later=True) for name in names[1:]]) as screen:
        await until(screen, lambda: "▸a-c…ame-00 ×  a-c…ame-01 │" in tab_line(screen))
        assert "›" in tab_line(screen)
        screen.send('"')
        await until(screen, lambda: "‹" in tab_line(screen))
        assert f"hopscope  {names[-1]}" in screen.lines[1]


@pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="no process can be begun like this")
@pytest.mark.parametrize("left", [False, True])
def test_a_large_capture_is_read_by_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, left: bool) -> None:
    monkeypatch.setattr(spawning, "_WORTH", 0)
    opening = one(str(demo_path()), later=True).start()
    steps = 0
    while not (opening.is_done or (left and opening._fork is not None)):
        steps = opening.wait(steps, 1)
    assert opening._fork is not None
    pid = opening._fork.pid
    if not left:
        assert opening.opened is not None
        assert opening.opened.title.events == 4355
    opening.abandon()
    assert opening._fork.pid == 0
    assert pid == 0 or not Path(f"/proc/{pid}").exists()


def test_names_of_tabs_differ() -> None:
    assert distinct_names(["/x/a.scap", "b.scap"]) == ["a.scap", "b.scap"]
    assert distinct_names(["/x/y/a.scap", "/x/z/a.scap", "/x/z/a.scap"]) == [
        "y/a.scap", "z/a.scap", "z/a.scap (2)",
    ]  # fmt: skip
    assert distinct_names(["/p/x/a.scap", "/q/x/a.scap"]) == ["p/x/a.scap", "q/x/a.scap"]
    assert distinct_names(["/x/\x1b[31mred\u202e.scap"]) == ["\\x1b[31mred\\u202e.scap"]
    assert distinct_names(["-"]) == ["standard input"]


def test_names_of_tabs_are_cut_in_the_middle() -> None:
    assert shortened("ring.scap0", 10) == "ring.scap0"
    assert shortened("long-recording.scap17", 10) == "lon…scap17"
    assert shortened("漢字漢字漢字漢字", 8) == "漢…漢字"
    assert without_common_ending(["a.scap", "b.scap"]) == ["a", "b"]
    assert without_common_ending(["a.scap.gz", "b.scap.gz"]) == ["a", "b"]
    assert without_common_ending(["a.scap0", "a.scap1"]) == ["a.scap0", "a.scap1"]
    assert without_common_ending(["a.scap", "a.scap (2)"]) == ["a.scap", "a.scap (2)"]
    assert without_common_ending([".scap", "x.scap"]) == [".scap", "x.scap"]


def test_offers_are_captures_and_folders(captures: Path) -> None:
    found = offers("", lambda: False)
    assert [one.name for one in found] == ["first.scap", "second.scap", "nightly/"]
    assert [one.path for one in offers(f"{captures}/SEC", lambda: False)] == [f"{captures}/second.scap"]
    assert [one.name for one in offers(".h", lambda: False)] == [".hidden.scap"]
    assert [one.name for one in offers(f"/nowhere/{captures}//{captures}/fi", lambda: False)] == [
        "first.scap"
    ]
    assert offers("\0", lambda: False) == []
    assert offers("", lambda: True) == []
