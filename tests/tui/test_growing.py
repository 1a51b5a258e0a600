"""A capture on the screen while it is read: pipes, files that grow, stopping, going on, endings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from builders import gzipped
from hopscope.bookmarks import Bookmarks
from hopscope.capture.source import open_source
from hopscope.demo import demo_path
from hopscope.errors import CaptureError
from hopscope.progress import ReadingProgress
from hopscope_tui.kept_view import decode_view, encode_view
from hopscope_tui.opening import Opening, Request, State
from hopscope_tui.reading_text import reading_parts
from tui.driver import Driver, running
from tui.piped import Pipe, pipes, until

DEMO = demo_path().read_bytes()
HALF = 180_000


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    made = Pipe(tmp_path / "pipe")
    yield made
    made.send(None)


def events(screen: Driver) -> int:
    return len(screen.main.store)


@pipes
async def test_a_pipe_is_shown_while_it_is_read_and_what_is_chosen_stays(pipe: Pipe) -> None:
    pipe.send(DEMO[:HALF])
    async with running(Opening(Request(str(pipe.path)))) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        first = events(screen)
        assert 1000 < first < 4400
        await screen.press("2")
        await screen.choose("dnsd")
        await screen.press("enter")
        await screen.press("7", "pagedown", "down", "down")
        chosen, crumbs, top = screen.event, screen.crumbs, screen.table.top_row
        rows = len(screen.table.source)
        pipe.send(DEMO[HALF:])
        pipe.send(None)
        await until(screen, lambda: len(screen.table.source) > rows)
        await until(screen, lambda: screen.main.opening.state is State.WHOLE)
        await until(screen, lambda: events(screen) == 4411)

        assert (screen.event, screen.table.top_row) == (chosen, top)
        assert screen.crumbs.rpartition(" ")[0] == crumbs.rpartition(" ")[0]
        assert "live" not in screen.lines[0]
        assert "4,355 events" in screen.lines[0]
        await screen.press("backspace")
        assert "dnsd" in screen.row


@pipes
async def test_everything_works_on_the_part_that_is_there(pipe: Pipe) -> None:
    pipe.send(DEMO[:HALF])
    async with running(Opening(Request(str(pipe.path)))) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        await screen.go_to("354")
        assert screen.event == 354
        await screen.hop("p")
        assert screen.event != 354
        await screen.press("backspace", "backspace", "backspace", "7")
        await screen.press("slash")
        await screen.type("evt.type=connect")
        await screen.press("enter")
        assert 0 < len(screen.table.source) < 200
        assert "connect" in screen.row


@pipes
@pytest.mark.parametrize("name", ["overview", "tree", "findings", "messages"])
async def test_a_place_that_is_no_view_takes_in_what_comes(pipe: Pipe, name: str) -> None:
    pipe.send(DEMO[:HALF])
    async with running(Opening(Request(str(pipe.path)))) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        before = events(screen)
        screen.main.action_own(name)
        await screen.settle()
        await screen.press("down")
        pipe.send(DEMO[HALF:])
        pipe.send(None)
        await until(screen, lambda: screen.main.opening.state is State.WHOLE)
        await until(screen, lambda: events(screen) == 4411)

        assert before < 4411
        assert screen.view == name


@pipes
async def test_new_events_are_followed_until_one_leaves_the_end(pipe: Pipe) -> None:
    cuts = [HALF, 230_000, 290_000, len(DEMO)]
    pipe.send(DEMO[: cuts[0]])
    async with running(Opening(Request(str(pipe.path), view="events"))) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        before = screen.event
        await screen.press("F")
        end = screen.event
        assert end > before
        pipe.send(DEMO[cuts[0] : cuts[1]])
        await until(screen, lambda: screen.event > end)
        assert screen.table.cursor_row == len(screen.table.source) - 1
        assert "at the end" in screen.lines[0]
        await screen.press("up")
        assert "at the end" not in screen.lines[0]
        left, rows = screen.event, len(screen.table.source)
        pipe.send(DEMO[cuts[1] : cuts[2]])
        await until(screen, lambda: len(screen.table.source) > rows)
        assert screen.event == left


@pipes
async def test_escape_stops_and_a_key_goes_on(pipe: Pipe) -> None:
    pipe.send(DEMO[:HALF])
    async with running(Opening(Request(str(pipe.path), view="events"))) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        await screen.press("escape")
        await until(screen, lambda: screen.main.opening.state is State.STOPPED)
        await until(screen, lambda: "first" in screen.lines[0])
        assert "r reads on" in screen.lines[0]
        there = events(screen)
        pipe.send(DEMO[HALF:])
        pipe.send(None)
        await screen.pilot.pause(0.4)
        assert events(screen) == there
        await screen.press("end", "enter", "escape", "r")
        await until(screen, lambda: events(screen) == 4411)
        await screen.press("r")
        assert "all of it is here" in screen.message


@pipes
async def test_bookmarks_of_the_beginning_belong_to_the_whole(pipe: Pipe) -> None:
    pipe.send(DEMO[:HALF])
    async with running(Opening(Request(str(pipe.path), view="events"))) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        await screen.go_to("100")
        await screen.press("m")
        await screen.type("early")
        await screen.press("enter")
        pipe.send(DEMO[HALF:])
        pipe.send(None)
        await until(screen, lambda: screen.main.opening.state is State.WHOLE)
        await until(screen, lambda: screen.main.capture.complete)
        assert "◆ 1 bookmark" in screen.lines[0]

    marked = Bookmarks.load(open_source(demo_path()).content_key()).list()
    assert [(one.number, one.note) for one in marked] == [(100, "early")]
    folder = Path(os.environ["HOPSCOPE_DATA_DIR"]) / "bookmarks"
    assert not list(folder.glob("begun-*.json"))


async def test_a_file_is_followed_and_its_end_is_said(tmp_path: Path) -> None:
    path = tmp_path / "growing.scap"
    path.write_bytes(DEMO[:HALF])
    async with running(Opening(Request(str(path), view="events", follow=True)), size=(200, 40)) as screen:
        await until(screen, lambda: "● live" in screen.lines[0])
        rows = len(screen.table.source)
        with path.open("ab") as more:
            more.write(DEMO[HALF:])
        await until(screen, lambda: len(screen.table.source) > rows)
        await until(screen, lambda: events(screen) == 4411)
        shutil.copy(demo_path(), tmp_path / "other")
        (tmp_path / "other").replace(path)
        await until(screen, lambda: "was replaced by another file" in screen.screen_text)
        assert events(screen) == 4411


async def test_a_packed_capture_is_whole_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hopscope.store.stretches.STRETCH", 30_000)
    monkeypatch.setattr("hopscope_tui.reading._SOON", 0.0)
    path = tmp_path / "packed.scap"
    path.write_bytes(gzipped(DEMO))
    async with running(Opening(Request(str(path)))) as screen:
        await until(screen, lambda: screen.main.opening.state is State.WHOLE)
        await until(screen, lambda: events(screen) == 4411)
        assert "4,355 events" in screen.lines[0]
        assert screen.table.cursor_row == 0


KILLED = """
import os, signal, sys
from hopscope_tui.opening import Opening, Request, State
opening = Opening(Request(sys.argv[1])).start()
steps = 0
while opening.opened is None:
    steps = opening.wait(steps, 1)
os.kill(opening._fork.pid, signal.SIGKILL)
while not opening.is_done:
    steps = opening.wait(steps, 1)
opening.check()
print(opening.state.name, len(opening.opened.store) > 1000, opening.notes)

"""


@pipes
@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_what_was_read_is_kept_when_the_reading_process_is_killed(pipe: Pipe) -> None:
    pipe.send(DEMO[:HALF])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(pipe.path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.startswith("BROKEN True"), done.stderr
    assert "has ended, perhaps for want of memory; what was read before is kept" in done.stdout


def test_only_events_that_are_there_are_counted_when_reading_breaks_off() -> None:
    whole = opened(Request(str(demo_path()))).opened
    assert whole is not None

    class Breaking(Opening):
        def open(self) -> None:
            self.tell_progress(ReadingProgress(read=50, total=90, events=4411), State.READING)
            assert whole is not None
            self.tell_opened(replace(whole, state=State.READING))
            self.tell_progress(ReadingProgress(read=80, total=90, events=9000), State.READING)
            raise CaptureError("it is gone")

    breaking = Breaking(Request(str(demo_path()))).start()
    steps = 0
    while not breaking.is_done:
        steps = breaking.wait(steps, 1)
    said = "".join(part.text for part in reading_parts(breaking.progress, breaking.state))
    assert "first 55 % · 4.4 k events, the reading broke off" in said


def test_an_index_is_kept_and_opens_the_capture_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hopscope_tui.keeping._SMALL", 0)
    monkeypatch.setattr("hopscope.index.opening.WORTH_KEEPING", 0)
    path = tmp_path / "a.scap"
    path.write_bytes(DEMO)
    first = opened(Request(str(path)))
    monkeypatch.setattr("hopscope_tui.reading.Reader", None)
    again = opened(Request(str(path)))

    assert first.opened is not None
    assert again.opened is not None
    assert len(again.opened.store) == len(first.opened.store) == 4411
    assert again.opened.title == first.opened.title
    assert again.opened.bookmarks.list() == first.opened.bookmarks.list()


ASKED = """
import sys, threading
import hopscope.index, hopscope_tui.keeping, hopscope_tui.kept_view
hopscope.index.WORTH_KEEPING = hopscope_tui.keeping._SMALL = 0
from hopscope_tui.opening import Opening, Request
opening = Opening(Request(sys.argv[1])).start()
hopscope_tui.kept_view.make_view = lambda store, path: b"%d events seen here" % len(store)
print(opening._fork is not None)
next(one for one in threading.enumerate() if one.name == "open-capture").join()
opening.check()
from hopscope.index.extra import extra_of
from hopscope.index.identity import identify
print(extra_of(identify(sys.argv[1])).decode())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_the_process_that_reads_does_not_work_out_again_what_the_screen_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(DEMO)
    done = subprocess.run(
        [sys.executable, "-c", ASKED, str(path)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout.splitlines() == ["True", "4411 events seen here"], done.stderr


def test_a_note_is_given_where_no_index_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hopscope_tui.keeping._SMALL", 0)
    monkeypatch.setattr("hopscope.index.opening.WORTH_KEEPING", 0)
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(blocked / "cache"))
    path = tmp_path / "a.scap"
    path.write_bytes(DEMO)

    assert "the index cannot be kept" in opened(Request(str(path))).notes[0]


def opened(request: Request) -> Opening:
    """Open a capture without a screen, and wait for everything that is done about it."""
    opening = Opening(request)
    opening._run()
    opening.check()
    return opening


def test_the_first_view_comes_back_as_it_was_and_never_as_anything_else() -> None:
    opening = opened(Request(str(demo_path())))
    assert opening.first is not None
    raw = encode_view(opening.first)

    assert decode_view(raw, "story.scap") == opening.first
    hostile = raw.replace(b"host", b"\\u001b[2J\\u202e")
    again = decode_view(hostile, "story.scap")
    assert again is not None
    assert all(cell.text.isprintable() for row in again.rows for cell in row)
    for spoiled in (
        b"",
        b"{}",
        raw[:-5],
        raw.replace(b'"rows"', b'"lines"'),
        raw.replace(b"made_by", b"made"),
    ):
        assert decode_view(spoiled, "story.scap") is None
