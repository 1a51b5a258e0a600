"""The program on a terminal of its own: a piped capture, errors sent to a file."""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

import pytest

from hopscope.demo import demo_path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are read the Linux way")

PATIENCE = 30.0
PROGRAM = f"{sys.executable} -m hopscope_tui"


def run_until_rows(command: str, rows: bytes, folder: Path) -> tuple[bytes, int]:
    """Run a shell command on a terminal that controls it; type ``q`` when the rows are drawn.

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
        if rows in drawn and not left:
            os.write(terminal, b"q")
            left = True
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return drawn, os.waitstatus_to_exitcode(status)


def test_a_capture_can_be_piped_in_and_keys_still_work(tmp_path: Path) -> None:
    drawn, status = run_until_rows(f"cat '{demo_path()}' | {PROGRAM} -", b"k8s_kvd", tmp_path)

    assert b"standard input" in drawn
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
