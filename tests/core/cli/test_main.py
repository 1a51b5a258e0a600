"""The command line: help, mistakes, exit statuses, pipes."""

from __future__ import annotations

import gzip
import importlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.cli import COMMANDS, OPEN, Command
from hopscope.cli.capture import Progress
from hopscope.demo import demo_path

DEMO = str(demo_path())
RUN = (sys.executable, "-c", "import sys; from hopscope.cli import main; sys.exit(main())")


def one_sentence(text: str) -> bool:
    return text.startswith("hopscope: ") and text.count("\n") == 1 and "Traceback" not in text


def test_help_names_every_command(hopscope: Hopscope) -> None:
    done = hopscope("--help")

    assert (done.status, done.err) == (0, "")
    for name, command in COMMANDS.items():
        assert f"  {name} " in done.out
        assert command.summary in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_its_examples_and_arguments(hopscope: Hopscope, name: str) -> None:
    done = hopscope(name, "--help")

    assert (done.status, done.err) == (0, "")
    for example in COMMANDS[name].examples:
        assert example.line in done.out
    for argument in COMMANDS[name].arguments:
        assert str(argument.settings.get("metavar") or argument.flags[0]) in done.out


def test_no_words_at_all_show_how_to_use_it(hopscope: Hopscope) -> None:
    done = hopscope()

    assert done.status == 2
    assert done.out.startswith("usage: hopscope")


def test_version(hopscope: Hopscope) -> None:
    assert hopscope("--version").out.startswith("hopscope 0.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("evnets", DEMO), "did you mean: hopscope events"),
        (("missing.scap",), "there is no file and no command 'missing.scap'"),
        (("--frobnicate",), "there is no option --frobnicate"),
        (("events",), "the following arguments are required: CAPTURE; see"),
        (("events", "missing.scap"), "missing.scap"),
        (("events", DEMO, "--frobnicate"), "--frobnicate"),
        (("events", DEMO, "--limit", "-3"), "--limit"),
        (("events", DEMO, "--limit", "many"), "--limit"),
        (("view", "nonsense", DEMO), "nonsense"),
        (("view", "files", DEMO, "--sort", "nonsense"), "nonsense"),
        (("hop", DEMO, "99999999"), "99999999"),
        (("hop", DEMO, "0"), "0"),
        (("hop", DEMO, "x"), "argument EVENT: 'x' is no number of an event"),
        (("hop", DEMO, "9" * 5000), "is no number of an event"),
        (("fields", "zzz"), "no field has 'zzz'"),
        (("info", "/"), "directory"),
        (("bookmarks", sys.executable), "not a sysdig capture"),
        (("info", "bad\x1b[31mname"), "bad\\x1b[31mname"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(
    hopscope: Hopscope, words: tuple[str, ...], said: str
) -> None:
    done = hopscope(*words)

    assert (done.status, done.out) == (2, "")
    assert one_sentence(done.err), done.err
    assert said in done.err


@pytest.mark.parametrize("command", ["events", "info", "bookmarks"])
def test_a_file_that_is_no_capture_is_refused(hopscope: Hopscope, command: str, tmp_path: Path) -> None:
    for content in (b"", b"hello", b"\x1f\x8b", os.urandom(4096)):
        path = tmp_path / "file"
        path.write_bytes(content)
        done = hopscope(command, str(path))

        assert (done.status, done.out) == (2, "")
        assert one_sentence(done.err), done.err


def test_a_mistake_in_a_filter_is_pointed_at(hopscope: Hopscope) -> None:
    done = hopscope("events", DEMO, "proc.name=fetch and evt.tyqe=open")

    assert (done.status, done.out) == (2, "")
    first, shown, mark = done.err.splitlines()
    assert first.startswith("hopscope: ")
    assert "evt.tyqe" in first
    assert shown == "  proc.name=fetch and evt.tyqe=open"
    assert mark.index("^") - 2 == shown.index("evt.tyqe") - 2


def test_the_words_of_a_filter_need_no_quotes(hopscope: Hopscope) -> None:
    together = hopscope("events", DEMO, "proc.name=fetch and evt.type=connect")
    apart = hopscope("events", DEMO, "--limit", "99", "proc.name=fetch", "and", "evt.type=connect")

    assert together.out == apart.out
    assert together.out.count("\n") == 12


def test_the_screen_is_asked_with_capture_filter_and_view(
    hopscope: Hopscope, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, str, bool]] = []
    monkeypatch.setattr("hopscope.cli.output.Output.__init__", terminal)

    def screen(
        path: str, filter_text: str = "", view: str = "", *, follow: bool = False, **together: object
    ) -> int:
        asked.append((path, filter_text, view, follow))
        assert not together
        return 7

    assert hopscope(DEMO, "proc.name=fetch", "-v", "files", screen=screen).status == 7
    assert hopscope("demo", screen=screen).status == 7
    assert hopscope("--follow", DEMO, screen=screen).status == 7
    assert asked == [(DEMO, "proc.name=fetch", "files", False), (DEMO, "", "", False), (DEMO, "", "", True)]


def test_captures_side_by_side_are_asked_for_one_by_one(
    hopscope: Hopscope, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, list[str]]] = []
    monkeypatch.setattr("hopscope.cli.output.Output.__init__", terminal)
    other = str(shutil.copy(DEMO, tmp_path / "other.scap"))

    def screen(path: str, *words: str, tabs: Sequence[str] = (), **_: object) -> int:
        asked.append((path, [*words, *tabs]))
        return 0

    assert hopscope("--tabs", DEMO, other, "proc.name=fetch", screen=screen).status == 0
    assert hopscope("--tabs", str(tmp_path), screen=screen).status == 0
    assert asked == [(DEMO, ["proc.name=fetch", "", other]), (other, ["", ""])]
    for words, said in (
        (("--tabs", DEMO, "--clock-offset", "a=1"), "--clock-offset is about captures in one time line"),
        (("--tabs", "-", DEMO), "standard input cannot be opened together"),
    ):
        done = hopscope(*words, screen=screen)
        assert (done.status, said in done.err) == (2, True), done.err


def terminal(output: object) -> None:
    """Stands for Output's constructor where standard output is a terminal."""
    output.__dict__.update(_stream=sys.stdout, is_terminal=True)


def test_without_a_terminal_the_screen_is_refused(hopscope: Hopscope) -> None:
    done = hopscope(DEMO, screen=lambda *_, **__: 0)

    assert done.status == 2
    assert "no terminal" in done.err


def test_a_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*RUN, "events", DEMO], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("words", [("events", DEMO), ("info", DEMO), ("view", "files", DEMO), ("--help",)])
def test_a_full_disk_is_one_sentence(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*RUN, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 1
    assert one_sentence(done.stderr), done.stderr
    assert "No space left" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell of POSIX systems closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_break_nothing(closed: str) -> None:
    for words, status in (("info", 0), ("events", 0), ("hop", 2)):
        line = " ".join((*(f"'{word}'" for word in RUN), words, f"'{DEMO}'", closed))
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)

        assert done.returncode == (1 if closed.startswith(">&-") and status == 0 else status)
        assert "Traceback" not in done.stderr


def opened_for_reading_elsewhere(fifo: Path) -> int:
    """A handle to write to, as soon as the program has come so far as to read."""
    for _ in range(400):
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.05)
    raise AssertionError("the program never opened its input")


@pytest.mark.skipif(os.name != "posix", reason="signals are a matter of POSIX systems")
@pytest.mark.parametrize(
    ("program", "status"), [(RUN, 130), ((sys.executable, "-m", "hopscope_tui"), -signal.SIGINT)]
)
def test_ctrl_c_is_quiet(program: tuple[str, ...], status: int, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [*program, "events", str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    feed = opened_for_reading_elsewhere(fifo)
    os.write(feed, demo_path().read_bytes()[:1000])
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    os.close(feed)

    assert (running.returncode, out, err) == (status, b"", b"")


LOADING = """
import builtins, os, signal, sys
MODULE = sys.argv[1]
sys.argv = ["hopscope", "view", "processes", sys.argv[2]]
from hopscope_tui.__main__ import main
load = builtins.__import__
def interrupted(name, *rest, **named):
    if MODULE in (name, *(rest[2] or () if len(rest) > 2 else ())):
        os.kill(os.getpid(), signal.SIGINT)
    return load(name, *rest, **named)
builtins.__import__ = interrupted
sys.exit(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are a matter of POSIX systems")
@pytest.mark.parametrize("module", ["cli", "numpy", "orjson", "hopscope.views"])
def test_ctrl_c_is_quiet_while_the_program_loads(module: str) -> None:
    loading = subprocess.run([sys.executable, "-c", LOADING, module, DEMO], capture_output=True, check=False)

    assert (loading.returncode, loading.stdout, loading.stderr) == (-signal.SIGINT, b"", b"")


def test_standard_input_is_a_capture_too() -> None:
    with demo_path().open("rb") as capture:
        piped = subprocess.run(
            [*RUN, "events", "-", "evt.type=accept"], stdin=capture, capture_output=True, check=False
        )
    named = subprocess.run([*RUN, "events", DEMO, "evt.type=accept"], capture_output=True, check=False)

    assert (piped.returncode, piped.stderr) == (0, b"")
    assert piped.stdout == named.stdout != b""


@pytest.mark.parametrize("command", [OPEN, *COMMANDS.values()], ids=lambda one: one.module)
def test_every_row_names_a_module_that_runs_it(command: Command) -> None:
    assert callable(importlib.import_module(f"hopscope.cli.{command.module}").run)


def test_the_screen_opens_before_the_commands_are_imported() -> None:
    """A second of start is a second of waiting: what only commands need is imported only by them."""
    code = "import sys; import hopscope.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"numpy", "rich", "dnslib", "hopscope.views", "hopscope.trail", "hopscope.filters"}
    assert heavy & set(loaded) == set()


def test_what_is_missing_is_said_and_the_rest_printed(hopscope: Hopscope, tmp_path: Path) -> None:
    cut = tmp_path / "cut.scap"
    cut.write_bytes(demo_path().read_bytes()[:200_001])
    whole, done = hopscope("events", DEMO).out, hopscope("events", str(cut))

    assert done.status == 0
    assert len(done.out) > 10_000
    assert whole.startswith(done.out)
    assert one_sentence(done.err), done.err
    assert "ends in the middle of a block" in done.err


def test_progress_is_shown_on_a_terminal_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(Progress, "PATIENCE", -1.0)
    with Progress() as progress:
        progress.report("reading", 0.25)

    assert "reading ... 25%" in shown.getvalue()
    assert shown.getvalue().rsplit("\r", 2)[1].strip() == ""


def test_a_limit_for_unpacking_holds_for_one_command(hopscope: Hopscope, tmp_path: Path) -> None:
    path = tmp_path / "demo.scap.gz"
    path.write_bytes(gzip.compress(Path(DEMO).read_bytes()))
    short = hopscope("events", str(path), "--unpack-limit", "100k")

    assert one_sentence(short.err.splitlines(keepends=True)[0])
    assert "unpacking stopped at 100 KiB" in short.err
    assert 0 < short.out.count("\n") < hopscope("events", str(path)).out.count("\n")
    assert hopscope("events", str(path), "--unpack-limit", "none").err == ""
    wrong = hopscope("info", str(path), "--unpack-limit", "some")
    assert wrong.status == 2
    assert one_sentence(wrong.err)
    assert "--unpack-limit: 'some' is no size" in wrong.err
