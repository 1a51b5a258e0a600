"""Planted credentials: drawn by the screen, and not with ``--redact`` or after its key."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hopscope.redaction import is_redacting, set_redacting
from hopscope.redaction.engine import MASK
from planted import MARK, mark_planted, word, write_planted
from raw_terminal import run_on_terminal
from tui.driver import Driver, running
from tui.openings import opening

# fmt: off
LOOKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "tables": (("1", "2", "3", "4", "5", "6", "7", "w", "escape", "i"), ("option", "attached", "url")),
    "request": (("7", "home", "down", "enter", "x", "escape"), ("query", "bearer", "cookie", "json")),
    "conversation": (("7", "home", "e", "x", "backspace"), ("bearer", "json", "setcookie")),
    "key": (("7", "G", "up", "up", "enter", "escape"), ("pem",)),
    "file": (("7", "G", "up", "up", "up", "up", "enter", "escape"), ("config",)),
    "execve": (("7", "G", "enter", "escape"), ("exec", "environment")),
    "pod": (("7", "home", "down", "down", "down", "enter", "end", "escape"), ("label",)),
    "hops": (("7", "home", "down", "p", "a", "escape", "escape", "f", "a", "escape", "c", "a", "escape"), ()),
    "bookmarks": (("M", "escape"), ("note",)),
}
# fmt: on


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HOPSCOPE_DATA_DIR", str(tmp_path / "data"))
    path = write_planted(tmp_path)
    mark_planted(path)
    yield path
    set_redacting(False)


async def _looked_at(screen: Driver, keys: tuple[str, ...]) -> str:
    """All that is on the screen after each key, words put together again that were wrapped."""
    seen = [screen.screen_text]
    for key in keys:
        await screen.press(key)
        seen += [screen.screen_text, screen.message, screen.main.details.text]
    return "\n".join(seen)


@pytest.mark.parametrize("look", LOOKS)
async def test_the_screen_shows_what_is_planted_and_masks_it(look: str, capture: Path) -> None:
    keys, planted = LOOKS[look]
    async with running(opening(capture)) as screen:
        plain = await _looked_at(screen, keys)
    set_redacting(True)
    async with running(opening(capture)) as screen:
        masked = await _looked_at(screen, keys)

    assert [name for name in planted if word(name) not in plain] == []
    assert MARK + "-" not in masked
    assert "redacted" in masked
    assert "redacted" not in plain
    if planted:
        assert MASK in masked


async def test_a_key_masks_what_is_shown_and_shows_it_again(capture: Path) -> None:
    async with running(opening(capture)) as screen:
        await screen.press("2")
        row = screen.main.table.cursor_row
        for masked in (True, False, True):
            await screen.press("R")
            assert is_redacting() is masked
            assert (word("option") in screen.screen_text) is not masked
            assert (MASK in screen.screen_text) is masked
            assert ("redacted" in screen.lines[0]) is masked
            assert screen.view == "processes"
            assert screen.main.table.cursor_row == row


async def test_evidence_of_before_is_not_shown_again(capture: Path) -> None:
    async with running(opening(capture)) as screen:
        await screen.press("7", "home", "down", "f")
        assert screen.main.last_hop is not None
        await screen.press("R")
        assert screen.main.last_hop is None


async def test_nothing_is_offered_that_would_show_a_credential_in_the_filter_line(capture: Path) -> None:
    for masked in (False, True):
        set_redacting(masked)
        async with running(opening(capture)) as screen:
            await screen.press("slash")
            await screen.type("proc.cmdline=")
            await screen.settle()
            assert ("--password" in screen.screen_text) is not masked


@pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are read the Linux way")
def test_the_option_masks_all_that_reaches_the_terminal(capture: Path) -> None:
    keys = ("1", "2", "3", "4", "5", "6", "7", "\x1b[B", "\r", "\x1b", "e", "\x7f", "M", "\x1b", "q")
    written = run_on_terminal((sys.executable, "-m", "hopscope_tui", str(capture), "--redact"), keys)

    assert written.status == 0
    assert "redacted" in written.text()
    assert MASK in written.text()
    assert MARK + "-" not in written.raw
