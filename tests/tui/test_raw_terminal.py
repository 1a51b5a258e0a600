"""What the screen writes to the terminal on a capture made to attack, byte by byte."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from attack import HOSTILE, SEQUENCES, Text, harmless, hostile, write_attack
from fuzz.adversarial import long_name
from raw_terminal import Written, run_on_terminal, undrawn

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are read the Linux way")

PROGRAM = (sys.executable, "-m", "hopscope_tui")
ENTER, ESCAPE, END, BACKSPACE, RIGHT, DOWN = "\r", "\x1b", "\x1b[F", "\x7f", "\x1b[C", "\x1b[B"

# fmt: off
VIEWS = ("1", ENTER, BACKSPACE, "2", "i", ESCAPE, ">", ESCAPE, ENTER, BACKSPACE, "3", "4", "5", RIGHT, "6",
         "7", END, " ", ENTER, "x", ESCAPE, "\t", DOWN, "\t", "e", "x", BACKSPACE, "q")
HOPS = ("7", END, "p", ESCAPE, "c", ESCAPE, "f", ESCAPE, "a", ESCAPE, "d", "w", ESCAPE,
        "m", "note", ENTER, "M", "r", ESCAPE, ESCAPE, "1", "m", ENTER, "M", ENTER, "q")
SEARCH = ("2", "/", "proc.name=", "\t", ESCAPE, ESCAPE, "\x06", "evil", ENTER, "n", ":", "8", ENTER,
          "/", "proc.nme=x", ENTER, ESCAPE, ESCAPE, "\x10", "con", ESCAPE, "q")
CHAINS = ("7", END, "=", ESCAPE, "P", "L", ESCAPE, "\x0c", "T", "D", "L", ESCAPE, "\x0c", "\x0c", "6", "C",
          ESCAPE, "7", END, "R", ENTER, ESCAPE, "e", BACKSPACE, "R", "q")
# fmt: on


def look(folder: Path, text: Text, keys: tuple[str, ...], long: bool) -> Written:
    folder.mkdir()
    path = write_attack(folder, text, long)
    surroundings = {"HOPSCOPE_DATA_DIR": str(folder / "data"), "TEXTUAL_ANIMATIONS": "none"}
    return run_on_terminal((*PROGRAM, str(path)), keys, surroundings)


@pytest.mark.parametrize("keys", [VIEWS, HOPS, SEARCH, CHAINS], ids=["views", "hops", "search", "chains"])
def test_the_screen_draws_visible_text_only(tmp_path: Path, keys: tuple[str, ...]) -> None:
    with ThreadPoolExecutor(2) as both:  # which mostly wait for a program to be at rest
        attack = both.submit(look, tmp_path / "attacked", hostile, keys, long=True)
        peace = both.submit(look, tmp_path / "peaceful", harmless, keys, long=False)
    attacked, peaceful = attack.result(), peace.result()

    for written in (attacked, peaceful):
        assert written.status == 0, written.text()[-4000:]
    assert len(attacked.raw) > 10_000
    assert attacked.sequences() == peaceful.sequences()
    assert not undrawn(attacked.text())
    for sequence in SEQUENCES:
        assert sequence not in attacked.raw


def test_megabytes_of_attack_are_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "long.scap"
    path.write_bytes(long_name(4_000_000, HOSTILE.encode("utf-8", "surrogateescape")))
    written = run_on_terminal((*PROGRAM, str(path)), ("2", "7", END, ENTER, "x", ESCAPE, "e", BACKSPACE, "q"))

    assert written.status == 0, written.text()[-4000:]
    assert len(written.raw) < 1_000_000
    assert not undrawn(written.text())
    for sequence in SEQUENCES:
        assert sequence not in written.raw
