"""Planted credentials: shown by commands, and by none with ``--redact``."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.cli import COMMANDS, OPEN, Command
from hopscope.cli.command import CAPTURE
from hopscope.views import VIEWS
from planted import MARK, WORDS, mark_planted, word, write_planted

SHOWING: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("events", "CAPTURE"), ("query", "setcookie", "config", "pem", "exec", "environment")),
    (("events", "CAPTURE", "--json"), ("bearer", "json", "cookie", "environment")),
    (("events", "CAPTURE", "-A"), ("bearer", "json", "cookie", "config", "pem", "setcookie", "exec")),
    (("events", "CAPTURE", "-X"), ()),
    (("events", "CAPTURE", "-x"), ()),
    (("events", "CAPTURE", "-b"), ()),
    (("events", "CAPTURE", "-p", "*%evt.arg.data %proc.cmdline %evt.rawarg.env"), ("query", "option", "url")),
    (
        ("events", "CAPTURE", "-p", "*%proc.env|%proc.args|%evt.arg.args|%evt.args|%evt.info"),
        ("environment",),
    ),
    (("events", "CAPTURE", "-p", "*%70evt.buffer"), ("query",)),
    (("view", "processes", "CAPTURE"), ("option", "attached", "url", "exec")),
    (("view", "processes", "CAPTURE", "--json"), ("option", "attached", "url")),
    (("view", "connections", "CAPTURE"), ("option", "url")),
    (("view", "events", "CAPTURE"), ("query", "environment")),
    (("view", "events", "CAPTURE", "--json"), ("query", "environment")),
    *((("view", name, "CAPTURE"), ()) for name in VIEWS),
    (("hop", "CAPTURE", "4"), ("query",)),
    (("hop", "CAPTURE", "4", "--json"), ()),
    (("hop", "CAPTURE", "16"), ("exec",)),
    (("messages", "CAPTURE"), ("query",)),
    (("messages", "CAPTURE", "--full"), ("query", "bearer", "cookie", "setcookie", "json")),
    (("messages", "CAPTURE", "--json", "--full"), ("query", "bearer", "cookie", "setcookie", "json")),
    (("file", "CAPTURE", "/etc/api.conf"), ("config", "pem")),
    (("file", "CAPTURE", "/etc/api.conf", "--json"), ("config", "pem")),
    *(
        (words, ())
        for words in (
            ("top", "CAPTURE", "--by", "proc.cmdline,evt.args", "--of", "events", "-n", "0"),
            ("top", "CAPTURE", "--by", "proc.env,evt.buffer", "--of", "events", "-n", "0", "--json"),
            ("slow", "CAPTURE", "--over", "0"),
            ("slow", "CAPTURE", "-n", "999", "--json"),
            ("echo", "CAPTURE"),
            ("echo", "CAPTURE", "--plain"),
            ("echo", "CAPTURE", "-X"),
            ("echo", "CAPTURE", "--json", "-b"),
            ("log", "http", "CAPTURE"),
            ("log", "files", "CAPTURE"),
            ("log", "commands", "CAPTURE", "--json"),
            ("log", "exits", "CAPTURE"),
            ("state", "ps", "CAPTURE"),
            ("state", "ps", "CAPTURE", "--json"),
            ("around", "CAPTURE", "evt.num>0"),
            ("flame", "CAPTURE"),
            ("chisel", "echo_fds", "CAPTURE"),
        )
    ),
    (("info", "CAPTURE"), ()),
    (("info", "CAPTURE", "--json"), ()),
    (("bookmarks", "CAPTURE"), ("note",)),
    (("bookmarks", "CAPTURE", "--json"), ("note",)),
)
"""Command lines, and the planted words that they show while nothing is masked."""


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOPSCOPE_DATA_DIR", str(tmp_path / "data"))
    path = write_planted(tmp_path)
    mark_planted(path)
    return path


@pytest.mark.parametrize(("words", "planted"), SHOWING, ids=" ".join)
def test_a_command_shows_what_is_planted_and_masks_it(
    words: tuple[str, ...], planted: tuple[str, ...], capture: Path, hopscope: Hopscope
) -> None:
    filled = [str(capture) if part == "CAPTURE" else part for part in words]
    plain, masked = hopscope(*filled), hopscope(*filled, "--redact")

    assert plain.status == masked.status == 0, plain.err
    assert [name for name in planted if word(name) not in plain.out] == []
    assert MARK + "-" not in masked.out
    assert not any(one.encode().hex() in masked.out.replace(" ", "") for one in WORDS)
    if planted:
        assert "***" in masked.out or "2a2a" in masked.out


def test_everything_that_is_planted_is_shown_by_some_command() -> None:
    shown = {name for _, planted in SHOWING for name in planted}
    assert {word(name) for name in shown} >= set(WORDS) - {word("label")}


def test_a_file_is_taken_out_without_its_credentials(
    capture: Path, hopscope: Hopscope, tmp_path: Path
) -> None:
    for more, planted in (((), True), (("--redact",), False)):
        target = tmp_path / f"out{planted}"
        done = hopscope("file", str(capture), "/etc/api.conf", "--output", str(target), *more)

        assert done.status == 0
        assert (MARK.encode() + b"-" in target.read_bytes()) is planted
        assert target.stat().st_size == (tmp_path / "outTrue").stat().st_size


def test_a_capture_cannot_be_written_masked(capture: Path, hopscope: Hopscope, tmp_path: Path) -> None:
    done = hopscope("events", str(capture), "--redact", "-w", str(tmp_path / "out.scap"))

    assert done.status == 2
    assert not (tmp_path / "out.scap").exists()


def test_base64_holds_no_planted_word(capture: Path, hopscope: Hopscope) -> None:
    done = hopscope("events", str(capture), "-b", "--redact", "-p", "%evt.buffer")

    decoded = b"".join(base64.b64decode(line) for line in done.out.split())
    assert b"Authorization: Bearer ****" in decoded
    assert MARK.encode() + b"-" not in decoded


def test_filters_see_the_true_values(capture: Path, hopscope: Hopscope) -> None:
    for text in (f"evt.buffer contains {word('bearer')}", f"proc.cmdline contains {word('url')}"):
        plain, masked = (hopscope("events", str(capture), text, *more) for more in ((), ("--redact",)))

        assert plain.out.count("\n") == masked.out.count("\n") > 0
        assert MARK + "-" not in masked.out


@pytest.mark.parametrize("command", [OPEN, *COMMANDS.values()], ids=lambda one: one.name or "screen")
def test_every_command_that_opens_a_capture_can_mask(command: Command) -> None:
    flags = {flag for argument in command.arguments for flag in argument.flags}
    assert "--redact" in flags or not flags & {*CAPTURE.flags}
