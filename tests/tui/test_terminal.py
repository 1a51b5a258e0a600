"""The program on a terminal of its own: a piped capture, errors sent to a file."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hopscope.demo import demo_path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are read the Linux way")

PATIENCE = 30.0
PROGRAM = f"{sys.executable} -m hopscope_tui"


def run_until_rows(command: str, rows: bytes, folder: Path, title: bytes = b"") -> tuple[bytes, int]:
    """Run a shell command on a terminal that controls it; type ``q`` when rows and title are drawn.

    Returns what was drawn and the exit status.
    """
    import pty

    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", HOPSCOPE_DATA_DIR=str(folder), TEXTUAL_ANIMATIONS="none")
        os.execvp("sh", ["sh", "-c", command])
    drawn, left, deadline = b"", False, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                drawn += os.read(terminal, 65536)
            except OSError:
                break
        if rows in drawn and title in drawn and not left:
            os.write(terminal, b"q")
            left = True
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return drawn, os.waitstatus_to_exitcode(status)


def test_a_capture_can_be_piped_in_and_keys_still_work(tmp_path: Path) -> None:
    command = f"cat '{demo_path()}' | {PROGRAM} -"
    drawn, status = run_until_rows(command, b"k8s_kvd", tmp_path, title=b"standard input")

    assert b"standard input" in drawn
    assert b"k8s_kvd" in drawn
    assert status == 0


def test_the_screen_is_drawn_where_errors_go_to_a_file(tmp_path: Path) -> None:
    log = tmp_path / "log"
    drawn, status = run_until_rows(f"{PROGRAM} '{demo_path()}' 2>'{log}'", b"k8s_kvd", tmp_path)

    assert b"k8s_kvd" in drawn
    assert status == 0
    assert log.read_bytes() == b""


def test_what_is_no_capture_is_said_without_a_screen(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.scap"
    wrong.write_bytes(b"no capture")
    drawn, status = run_until_rows(f"{PROGRAM} '{wrong}'", b"never", tmp_path)

    assert status == 2
    assert b"is not a sysdig capture" in drawn
    assert b"\x1b[?1049h" not in drawn, "the alternate screen was opened"
    assert b"Traceback" not in drawn


@pytest.mark.parametrize("leave", [b"q", b"\x03"], ids=["q", "Ctrl-C"])
def test_a_file_that_grows_is_followed_until_one_leaves(leave: bytes, tmp_path: Path) -> None:
    content = demo_path().read_bytes()
    path = tmp_path / "growing.scap"
    path.write_bytes(content[:180_000])
    command = f"{PROGRAM} --follow -v events '{path}'"
    drawn, status = drive(
        command,
        tmp_path,
        [
            (b"live", lambda: None, b"F"),
            (b"at the end", lambda: path.open("ab").write(content[180_000:]), b""),
            (b"4,355 events", lambda: None, leave),
        ],
    )

    assert status == 0
    assert b"Traceback" not in drawn


def test_a_command_says_on_the_terminal_how_far_it_is(tmp_path: Path) -> None:
    content = demo_path().read_bytes()
    (tmp_path / "begin").write_bytes(content[:180_000])
    (tmp_path / "rest").write_bytes(content[180_000:])
    slow = f"(cat '{tmp_path}/begin'; sleep 2; cat '{tmp_path}/rest')"
    drawn, status = drive(f"{slow} | {PROGRAM} info - >'{tmp_path}/info'", tmp_path, [])

    assert status == 0
    assert b"reading \xc2\xb7 " in drawn
    assert b" events" in drawn
    assert b"4,355" in (tmp_path / "info").read_bytes() or b"4411" in (tmp_path / "info").read_bytes()


Step = tuple[bytes, Callable[[], object], bytes]
"""What must be drawn, what is done then, and the keys that are typed."""


def drive(command: str, folder: Path, steps: list[Step]) -> tuple[bytes, int]:
    """Run a shell command on a terminal that controls it, step by step; what was drawn, and the status."""
    import pty

    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", HOPSCOPE_DATA_DIR=str(folder), TEXTUAL_ANIMATIONS="none")
        os.environ.update(COLUMNS="160", LINES="40")
        os.execvp("sh", ["sh", "-c", command])
    drawn, seen, left, deadline = b"", 0, list(steps), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                drawn += os.read(terminal, 65536)
            except OSError:
                break
        if left and left[0][0] in drawn[seen:]:
            _, do, keys = left.pop(0)
            seen = len(drawn)
            do()
            os.write(terminal, keys)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert not left, (left, drawn[-2000:])
    return drawn, os.waitstatus_to_exitcode(status)
