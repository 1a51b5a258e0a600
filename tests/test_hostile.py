"""A capture made to attack: what every command writes to a terminal is visible text and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import attack
from attack import HOSTILE, MARKUP, SEQUENCES, harmless, hostile, write_attack
from fuzz.adversarial import long_name
from hopscope.bookmarks import Bookmarks
from hopscope.capture.lists import MachineInfo, ProcessEntry
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.store.build import open_store
from hopscope.views import VIEWS
from paths import needs_sysdig
from raw_terminal import Written, run_on_terminal, undrawn

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are read the Linux way")

PROGRAM = (sys.executable, "-c", "import sys; from hopscope.cli import main; sys.exit(main())")
ALL_IN_A_ROW = """
import json, sys, traceback
from hopscope.cli import main
from hopscope.redaction import set_redacting
with open(sys.argv[1], encoding="ascii") as file:
    commands = json.load(file)
for words in commands:
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 1
    set_redacting(False)
    sys.stderr.flush()
    print(f"\\n@@@ ended with {status} @@@", flush=True)
"""
END = re.compile(r"\r\n@@@ ended with (\d+) @@@\r\n")
WORDS = (
    *(("view", name, "CAPTURE") for name in (*(tab.name for tab in VIEWS.tabs), "spy_users", "errors")),
    ("view", "processes", "CAPTURE", "--json"),
    ("top", "CAPTURE", "--by", "proc.name,fd.name", "--of", "events"),
    ("top", "CAPTURE", "--by", "TEXT"),
    ("slow", "CAPTURE", "--over", "0"),
    ("echo", "CAPTURE"),
    ("echo", "CAPTURE", "--plain"),
    ("log", "exits", "CAPTURE"),
    ("log", "files", "CAPTURE"),
    ("log", "http", "CAPTURE", "--where", "url=TEXT"),
    ("state", "ps", "CAPTURE"),
    ("state", "lsof", "CAPTURE", "--at", "TEXT"),
    ("udp", "CAPTURE"),
    ("flame", "CAPTURE"),
    ("flame", "CAPTURE", "--format", "svg"),
    ("around", "CAPTURE", "evt.num>0"),
    ("chisel", "TEXT", "CAPTURE"),
    ("chisel", "spy_ip", "CAPTURE", "TEXT"),
    ("events", "CAPTURE"),
    ("events", "CAPTURE", "--json"),
    ("events", "CAPTURE", "-A", "-pc"),
    ("events", "CAPTURE", "-b"),
    ("events", "CAPTURE", "-p", "*%evt.num %proc.cmdline %proc.env %fd.name %evt.buffer %evt.rawarg.data"),
    ("events", "CAPTURE", "-j", "-A", "-p", "*%proc.name %evt.arg[1] %evt.rawarg.name"),
    ("events", "CAPTURE", "proc.nme=TEXT"),
    ("events", "CAPTURE", 'proc.name contains "TEXT"'),
    ("view", "TEXT", "CAPTURE"),
    ("view", "processes", "CAPTURE", "--sort", "TEXT"),
    ("view", "processes", "CAPTURE", "--limit", "TEXT"),
    ("hop", "CAPTURE", "16"),
    ("hop", "CAPTURE", "20", "--json"),
    ("hop", "CAPTURE", "TEXT"),
    ("messages", "CAPTURE"),
    ("messages", "CAPTURE", "--full"),
    ("messages", "CAPTURE", "--full", "--json"),
    ("file", "CAPTURE", "TEXT"),
    ("file", "CAPTURE", "/data/TEXT", "--json"),
    ("events", "CAPTURE", "--redact"),
    ("view", "processes", "CAPTURE", "--redact"),
    ("messages", "CAPTURE", "--full", "--redact"),
    ("events", "CAPTURE", "-p", "%TEXT"),
    ("events", "CAPTURE", "-w", "CUT"),
    ("file", "CAPTURE", "/data/TEXT", "--output", "CUT"),
    ("index", "CAPTURE"),
    ("index", "FOREIGN"),
    ("cache", "list"),
    ("cache", "list", "--json"),
    ("info", "CAPTURE"),
    ("info", "CAPTURE", "--json"),
    ("bookmarks", "CAPTURE"),
    ("bookmarks", "CAPTURE", "--json"),
    ("info", "CUT"),
    ("info", "MISSING"),
    ("info", "FOREIGN"),
    ("TEXT",),
    ("CAPTURE", "proc.name=TEXT", "--view", "TEXT"),
    ("--TEXT",),
)
"""Command lines. Capitals stand for paths of captures and for a text of the attacker."""


class Scene:
    """A folder with a capture, damaged ones, and bookmarks, all with texts of one kind."""

    def __init__(self, folder: Path, text: attack.Text) -> None:
        self.text = text(600).replace("\0", "").replace('"', "")
        capture = write_attack(folder, text)
        cut = capture.with_name("cut" + capture.name)
        cut.write_bytes(capture.read_bytes()[:-7])
        foreign = capture.with_name("foreign" + capture.name)
        foreign.write_bytes(b"nothing " * 20)
        self.paths = {
            "CAPTURE": capture,
            "CUT": cut,
            "FOREIGN": foreign,
            "MISSING": folder / ("no" + capture.name),
        }
        self.data = folder / "data"
        self.cache = folder / "cache"
        self._mark(capture, text)

    def _mark(self, capture: Path, text: attack.Text) -> None:
        source = open_store(capture).source
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOPSCOPE_DATA_DIR", str(self.data))
            bookmarks = Bookmarks.load(source.content_key(), source.name)
            bookmarks.add(16, text(400), attack.START, text(400))

    def run(self, commands: Sequence[tuple[str, ...]]) -> list[Written]:
        """What each command writes; one process runs all of them, as starting it takes longest."""
        filled = [
            [str(self.paths.get(word, word)).replace("TEXT", self.text) for word in words]
            for words in commands
        ]
        listed = self.data.with_name("commands.json")
        listed.write_text(json.dumps(filled), encoding="ascii")
        places = {"HOPSCOPE_DATA_DIR": str(self.data), "HOPSCOPE_CACHE_DIR": str(self.cache)}
        words = (sys.executable, "-c", ALL_IN_A_ROW, str(listed))
        *parts, rest = END.split(run_on_terminal(words, environment=places, patience=300).raw)
        assert not rest, rest
        return [Written(raw, int(status)) for raw, status in zip(parts[::2], parts[1::2], strict=True)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], tuple[Written, Written]]:
    """By command what it writes on a hostile and on a harmless capture."""
    made = [Scene(tmp_path_factory.mktemp(text.__name__), text).run(WORDS) for text in (hostile, harmless)]
    return dict(zip(WORDS, zip(*made, strict=True), strict=True))


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_terminal_gets_visible_text_only(
    written: dict[tuple[str, ...], tuple[Written, Written]], words: tuple[str, ...]
) -> None:
    attacked, peaceful = written[words]

    assert "Traceback" not in attacked.raw
    assert attacked.status in (0, 2)
    assert attacked.sequences() == peaceful.sequences()
    assert not undrawn(attacked.text())
    for sequence in SEQUENCES:
        assert sequence not in attacked.raw


LONG = 100_000_000


@pytest.mark.parametrize(
    "words", [("info",), ("events",), ("view", "processes"), ("view", "events")], ids=" ".join
)
def test_a_hundred_megabytes_of_attack_are_a_line_on_a_terminal(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "long.scap"
    path.write_bytes(long_name(LONG, HOSTILE.encode("utf-8", "surrogateescape")))
    assert path.stat().st_size < 1_000_000

    written = run_on_terminal((*PROGRAM, *words, str(path)))

    assert written.status == 0
    assert len(written.raw) < 100_000
    assert written.sequences() <= {"m"}
    assert not undrawn(written.text())


def test_the_reader_of_terminals_finds_each_attack() -> None:
    """Guards the tests above: each sequence and character alone is noticed in a program's output."""
    for sequence in SEQUENCES:
        written = Written(f"all {sequence} good\r\n", 0)
        assert written.sequences() or undrawn(written.text()), sequence
    for character in attack.CHARACTERS[: attack.CHARACTERS.index("a")]:
        assert undrawn(character) or character == "\n", f"{character!r}"


@needs_sysdig
def test_a_pipe_gets_the_bytes_that_the_reference_gives(tmp_path: Path) -> None:
    path = tmp_path / "x.scap"
    shown = HOSTILE.split("\0")[0]
    with path.open("wb") as stream, CaptureWriter(stream) as writer:
        writer.machine(MachineInfo(cpus=1))
        writer.process(ProcessEntry(10, 10, 1, comm=shown, exe="x", args=(shown,), cwd="/", fdlimit=9))
        moment = attack.START
        for sequence in (*SEQUENCES, *attack.CHARACTERS.replace("\0", ""), MARKUP, attack.INVALID):
            moment += 10
            writer.event("open", ">", ts=moment, tid=10, name="/" + sequence, flags=1)
            writer.event("open", "<", ts=moment + 1, tid=10, fd=3, name="/" + sequence, flags=1)
            writer.event("write", ">", ts=moment + 2, tid=10, fd=3, size=9)
            data = sequence.encode("utf-8", "surrogateescape")
            writer.event("write", "<", ts=moment + 3, tid=10, res=9, data=data)
    reference = subprocess.run(["sysdig", "-r", str(path)], capture_output=True, check=True).stdout
    ours = subprocess.run([*PROGRAM, "events", str(path)], capture_output=True, check=True).stdout

    assert b"\x1b" in reference
    assert ours.split(b"\n") == reference.split(b"\n")
