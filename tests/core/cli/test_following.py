"""``hopscope events --follow`` as a process: what it prints while a capture grows, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from hopscope.demo import demo_path

DEMO = demo_path().read_bytes()
CUT = 200_000
PATIENCE = 30.0
COMMAND = [sys.executable, "-c", "import sys; from hopscope.cli import main; sys.exit(main())", "events"]


def printed(*arguments: str) -> bytes:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, check=True, timeout=PATIENCE).stdout


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-tD", "-n", "3000"),
        ("-j", "--limit", "2500", "-p", "%evt.num %evt.deltatime %fd.name"),
        ("proc.name=dnsd",),
    ],
    ids=" ".join,
)
def test_a_pipe_that_pauses_gives_the_same_lines(options: tuple[str, ...]) -> None:
    following = subprocess.Popen(
        [*COMMAND, "--follow", "-", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    assert following.stdin is not None
    assert following.stdout is not None
    _write(following.stdin, DEMO[:CUT])
    first = following.stdout.readline()  # it comes before the rest is there
    _write(following.stdin, DEMO[CUT:])
    rest, _ = following.communicate(timeout=PATIENCE)

    assert first + rest == printed(str(demo_path()), *options)
    assert following.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="interrupts are sent otherwise there")
def test_a_file_is_followed_until_it_is_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(DEMO[:CUT])
    lines = tmp_path / "lines"
    with lines.open("wb") as out:
        following = subprocess.Popen(
            [*COMMAND, "--follow", str(path)], stdout=out, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
    expected = printed(str(demo_path()))
    _wait_until(lambda size: size > 0, lines)
    before = lines.stat().st_size
    assert before < len(expected)
    with path.open("ab") as more:
        more.write(DEMO[CUT:])
    _wait_until(lambda size: size >= len(expected), lines)
    following.send_signal(signal.SIGINT)
    _, said = following.communicate(timeout=PATIENCE)

    assert lines.read_bytes() == expected
    assert (following.returncode, said) == (130, b"")


def _write(stream: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) :]
    except BrokenPipeError:
        pass  # it has printed all that it was asked for


def _wait_until(true: Callable[[int], bool], path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true(path.stat().st_size):
        time.sleep(0.05)
        assert time.monotonic() < deadline
