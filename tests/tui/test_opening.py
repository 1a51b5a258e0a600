"""Opening captures: in a process of its own, damaged, hostile, impossible, from a pipe."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hopscope.capture.lists import MachineInfo, ProcessEntry
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.demo import demo_path
from hopscope_tui.app import HopscopeApp
from hopscope_tui.opening import Opening
from hopscope_tui.screens.loading import LoadingScreen
from tui.driver import running
from tui.openings import opening

BESIDE = """
import sys
from hopscope_tui.opening import Opening, Request
opening = Opening(Request(sys.argv[1], *sys.argv[2:])).start()
forked = opening._fork is not None
steps = 0
while not opening.is_done:
    steps = opening.wait(steps, 1)
opening.check()
first, opened = opening.first, opening.opened
print(forked, first.count, first.rows[0][-1].text, opened.title.events, len(opened.first.result))
print(opened.store.payload(opened.store.row_of(354)) is not None)
"""


def beside(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Open a capture as the program does, in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", BESIDE, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_process_of_its_own_sends_first_rows_and_the_index() -> None:
    done = beside(str(demo_path()))

    assert done.stdout.split() == ["True", "6", "host", "4355", "6", "True"], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed on Linux")
@pytest.mark.parametrize("packed", [False, True])
def test_opening_gives_its_files_back(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(gzip.compress(demo_path().read_bytes()) if packed else demo_path().read_bytes())

    def opened() -> Opening:
        one = opening(path).start()
        steps = 0
        while not one.is_done:
            steps = one.wait(steps, 1)
        for thread in threading.enumerate():
            if thread.name == "open-capture":
                thread.join()
        one.check()
        return one

    kept = [opened()]
    before = len(os.listdir("/proc/self/fd"))
    kept += [opened() for _ in range(3)]

    assert len(os.listdir("/proc/self/fd")) <= before + 3 * packed  # the stream of a packed one is a file


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no capture at all, but long enough to look at", "is not a sysdig capture"),
        (b"", "is empty"),
        (gzip.compress(b"packed, but no capture" * 10, mtime=0), "is not a sysdig capture"),
    ],
)
def test_what_is_no_capture_gets_one_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.scap"
    path.write_bytes(content)
    done = beside(str(path))

    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "CaptureError" in done.stderr.splitlines()[-1]


def test_a_wrong_filter_on_the_command_line_gets_one_sentence() -> None:
    done = beside(str(demo_path()), "proc.nme=x")

    assert "FilterError" in done.stderr.splitlines()[-1]


async def test_a_fault_found_late_ends_the_program_with_status_2(tmp_path: Path) -> None:
    path = tmp_path / "x.scap"
    path.write_bytes(b"no capture")
    app = HopscopeApp(opening(path).start())
    async with app.run_test() as pilot:
        await pilot.pause(0.5)
    assert app.return_code == 2


async def test_a_cut_capture_opens_and_says_how_much_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "cut.scap"
    whole = demo_path().read_bytes()
    plain = gzip.decompress(whole) if whole[:2] == b"\x1f\x8b" else whole
    path.write_bytes(plain[: len(plain) * 2 // 3 + 5])
    async with running(opening(path), size=(200, 40)) as screen:
        assert "▲" in screen.lines[0]
        assert "lost" in screen.lines[0]
        assert len(screen.table.source) > 0
        await screen.press("7", "end", "p", "space", "enter")


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_a_key_leaves_while_a_capture_is_being_read(tmp_path: Path, key: str) -> None:
    class Endless(type(opening(tmp_path))):  # type: ignore[misc]
        def open(self) -> None:
            """Never comes to an end."""

    app = HopscopeApp(Endless(opening(tmp_path).request).start())
    async with app.run_test() as pilot:
        await pilot.pause(0.2)
        assert isinstance(app.screen, LoadingScreen)
        await pilot.press(key)
        await pilot.pause(0.2)
    assert app.return_code == 0


HOSTILE = "\x1b[31mred\x1b]0;title\x07\u202ereversed [bold]markup[/] \x9b2J\t\n{x}"


def hostile_capture(path: Path) -> None:
    """Every text that a capture can hold, chosen by somebody with ill intent."""
    with path.open("wb") as stream, CaptureWriter(stream) as writer:
        writer.machine(MachineInfo(cpus=1))
        writer.process(
            ProcessEntry(tid=10, pid=10, ptid=1, comm=HOSTILE, exe=HOSTILE, args=(HOSTILE,), cwd=HOSTILE)
        )
        writer.event("openat", ">", ts=1_000_000_000, tid=10)
        writer.event("openat", "<", ts=1_000_000_100, tid=10, fd=3, dirfd=-100, name=HOSTILE)
        writer.event("write", ">", ts=1_000_000_200, tid=10, fd=3, size=80)
        writer.event(
            "write", "<", ts=1_000_000_300, tid=10, res=80, data=HOSTILE.encode() + b"\xff\x00\x1b[2J"
        )


async def test_text_of_a_capture_never_reaches_the_terminal_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31mname.scap"
    hostile_capture(path)
    async with running(opening(path)) as screen:
        keys = (
            "1",
            "2",
            "enter",
            "backspace",
            "5",
            "6",
            "7",
            "enter",
            "escape",
            "e",
            "x",
            "f7",
            "escape",
            "m",
        )
        for key in keys:
            await screen.press(key)
            text = "".join(screen.lines)
            assert text.isprintable(), [one for one in text if not one.isprintable()]
            assert {len(line) for line in screen.lines} == {screen.app.size.width}
        await screen.press("enter", "M")
        assert "".join(screen.lines).isprintable()
        await screen.press("escape", "2")
        assert "[bold]markup[/]" in screen.screen_text
