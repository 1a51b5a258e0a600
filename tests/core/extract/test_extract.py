"""Chosen events as a capture of their own, read by this program and by the reference."""

from __future__ import annotations

import gzip
import io
import os
import stat
import subprocess
from pathlib import Path

import numpy as np
import pytest

from hopscope.capture.blocks import MAX_SMALL_EVENT, BlockType
from hopscope.capture.walk import walk
from hopscope.capture.writer import frame, pack_event, section_header
from hopscope.cli.main import main
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.decode.event_table import codes_named
from hopscope.decode.render import render_line
from hopscope.demo import demo_path
from hopscope.extract import Extracted, extract, needed_for, writing
from hopscope.extract.writing import state_only
from hopscope.fields import field_text
from hopscope.filters import compile_filter
from hopscope.kept.new_file import NewFileError
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED, needs_shared, needs_sysdig

FILTERS = """
proc.name=curl
proc.name in (bash, sh, sshd)
proc.name!=bash and evt.dir=<
container.id!=host
container.id=b3a718d8b339
fd.type=ipv4
fd.type in (file, pipe)
fd.type=unix or fd.type=inotify
fd.name contains /etc
evt.type in (open, openat, close)
evt.type in (read, write, recvfrom, sendto, recvmsg)
evt.type in (execve, clone)
evt.type=switch
evt.type=procinfo
evt.failed=true
evt.buffer contains HTTP
proc.aname=dockerd
evt.num>=1000 and evt.num<=1100
evt.num>=100000 and evt.num<=100200
evt.reltime.s=3
evt.num=30
""".strip().splitlines()

READ_BY_BOTH = ("kubernetes-dns", "run_as_user_0_container", "single_ipv6_conn", "cat_write")
READ_HERE = ("lab-http-2024", "lab-calls-2024", "lab-calls-2026")

SOME = FILTERS[::4]
"""For large captures, on which each filter takes seconds."""

FIELDS = (
    "evt.rawtime", "evt.cpu", "proc.name", "thread.tid", "evt.dir", "evt.type", "evt.info", "fd.name",
    "proc.cwd", "proc.aname[2]", "container.id", "user.name", "evt.latency", "evt.reltime", "proc.vmsize",
)  # fmt: skip


def story(text: str, folder: Path) -> tuple[Store, Store, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The demo, what a filter takes out of it, and the events that are taken."""
    capture = demo_path()
    store = open_store(capture)
    chosen = compile_filter(text).mask(store)
    extract(store, chosen, folder / "part.scap")
    return store, open_store(folder / "part.scap"), chosen & ~store.hidden


def lines(store: Store, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[str]:
    """What is printed of events, without their numbers, and what fields say of them."""
    return [
        " | ".join(
            [render_line(store, row).split(" ", 1)[1], *(field_text(store, row, name) for name in FIELDS[7:])]
        )
        for row in rows.tolist()
    ]


def shown(store: Store) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.flatnonzero(~store.hidden)


def printed_by_sysdig(capture: Path, *words: str) -> list[bytes]:
    layout = "*" + "|".join(f"%{name}" for name in FIELDS)
    command = ["sysdig", "-r", str(capture), *(["-d", *words] if words else []), "-p", layout]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert not done.stderr or b"no events in file" in done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("text", FILTERS)
def test_written_events_of_the_demo_look_as_they_did(text: str, tmp_path: Path) -> None:
    store, part, chosen = story(text, tmp_path)
    assert lines(part, shown(part)) == lines(store, np.flatnonzero(chosen))


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("capture", READ_BY_BOTH + READ_HERE)
def test_written_events_look_as_they_did(capture: str, tmp_path: Path) -> None:
    store = open_store(SHARED / f"{capture}.scap")
    for text in SOME if len(store) > 30_000 else FILTERS:
        chosen = compile_filter(text).mask(store)
        rows = np.flatnonzero(chosen & ~store.hidden)
        extract(store, chosen, tmp_path / "part.scap", force=True)
        part = open_store(tmp_path / "part.scap")
        assert len(shown(part)) == len(rows), text
        some = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), 60)).astype(np.int64))
        assert lines(part, shown(part)[some]) == lines(store, rows[some]), text


@pytest.mark.reference
@pytest.mark.shared
@needs_shared
@needs_sysdig
@pytest.mark.parametrize("capture", READ_BY_BOTH)
def test_the_reference_prints_written_events_as_it_did(capture: str, tmp_path: Path) -> None:
    whole = SHARED / f"{capture}.scap"
    store = open_store(whole)
    there = printed_by_sysdig(whole, "evt.num>0")
    for text in SOME if len(store) > 30_000 else FILTERS:
        chosen = compile_filter(text).mask(store)
        extract(store, chosen, tmp_path / "part.scap", force=True)
        here = printed_by_sysdig(tmp_path / "part.scap")
        # What a filter accepts may differ from the reference, see the page on deviations of filters.
        moments = {line.split(b"|", 1)[0] for line in here}
        assert [line for line in there if line.split(b"|", 1)[0] in moments] == here, text
        assert len(here) == int(np.count_nonzero(chosen & ~store.hidden)), text


def test_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    store, part, chosen = story("proc.name=fetch", tmp_path)
    assert len(part) < len(store) // 2
    kept = needed_for(store, chosen)
    assert not (kept.chosen & kept.state).any()
    last = int(np.flatnonzero(chosen)[-1])
    assert not kept.state[last + 1 :].any()
    strangers = ~np.isin(store.process, store.process[chosen])
    opened = np.isin(store.code, codes_named("read", "write", "recvfrom", "sendto", "poll"))
    assert not (kept.state & strangers & opened).any()


def test_nothing_chosen_leaves_the_lists(tmp_path: Path) -> None:
    store, part, chosen = story("proc.name=nobody", tmp_path)
    assert not len(part)
    assert store.threads.comm[0] in part.threads.comm
    assert not chosen.any()


def test_everything_chosen_is_a_copy(tmp_path: Path) -> None:
    capture = demo_path()
    store = open_store(capture)
    extract(store, np.ones(len(store), dtype=np.bool_), tmp_path / "whole.scap")
    assert (tmp_path / "whole.scap").read_bytes() == capture.read_bytes()


def test_the_file_is_packed_by_its_name_and_its_owners_only(tmp_path: Path) -> None:
    capture = demo_path()
    store = open_store(capture)
    chosen = compile_filter("proc.name=fetch").mask(store)
    made = extract(store, chosen, tmp_path / "a.scap.gz")
    plain = extract(store, chosen, tmp_path / "a.scap")
    packed = (tmp_path / "a.scap.gz").read_bytes()
    assert made == Extracted(plain.chosen, plain.state, len(packed))
    assert gzip.decompress(packed) == (tmp_path / "a.scap").read_bytes()
    assert stat.S_IMODE((tmp_path / "a.scap").stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.scap", "a.scap.gz"]


def test_no_file_is_replaced_without_being_told(tmp_path: Path) -> None:
    capture = demo_path()
    store = open_store(capture)
    chosen = np.zeros(len(store), dtype=np.bool_)
    there = tmp_path / "mine.txt"
    there.write_text("mine")
    with pytest.raises(NewFileError, match=r"exists already; --force replaces it"):
        extract(store, chosen, there)
    assert there.read_text() == "mine"
    link = tmp_path / "link"
    link.symlink_to(there)
    extract(store, chosen, link, force=True)
    assert link.is_symlink()
    assert there.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"


@pytest.mark.parametrize("force", [False, True])
def test_what_is_read_and_what_is_no_file_is_never_replaced(force: bool, tmp_path: Path) -> None:
    capture = demo_path()
    store = open_store(capture)
    chosen = np.zeros(len(store), dtype=np.bool_)
    mine = tmp_path / "mine.scap"
    mine.write_bytes(b"capture")
    os.mkfifo(tmp_path / "pipe")
    for name, why in (
        ("mine.scap", "being read"),
        ("", "a directory"),
        ("pipe", "no regular file"),
        ("no/such", "No such file"),
        ("a\0b", "null"),
    ):
        with pytest.raises(NewFileError, match=why):
            extract(store, chosen, f"{tmp_path}/{name}", sources=[mine], force=force)
    assert mine.read_bytes() == b"capture"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = demo_path()
    store = open_store(capture)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NewFileError, match="No space left on device"):
        extract(store, np.ones(len(store), dtype=np.bool_), tmp_path / "a.scap")
    assert not list(tmp_path.iterdir())


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = demo_path()
    store = open_store(capture)

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    extract(store, np.ones(len(store), dtype=np.bool_), tmp_path / "a.scap")
    assert [one.name for one in tmp_path.iterdir()] == ["a.scap"]


@pytest.mark.parametrize("flags", [None, 0, 2, 3])
@pytest.mark.parametrize(("version", "large"), [(1, False), (2, False), (2, True)])
def test_marked_blocks_say_the_same(flags: int | None, version: int, large: bool) -> None:
    block = pack_event(
        6, [b"abc", b"", b"1234567"], ts=7, tid=8, cpu=3, dump_flags=flags, version=version, large=large
    )
    kind = int.from_bytes(block[:4], "little")
    expected = pack_event(
        6,
        [b"abc", b"", b"1234567"],
        ts=7,
        tid=8,
        cpu=3,
        dump_flags=(flags or 0) | 1,
        version=version,
        large=large,
    )
    assert state_only(kind, block) == expected


def test_a_block_that_has_no_room_for_the_mark_is_left_out() -> None:
    longest = pack_event(6, [bytes(MAX_SMALL_EVENT - 52), b"", b"abcd"], ts=1, tid=1)
    assert MAX_SMALL_EVENT - 4 < len(longest) <= MAX_SMALL_EVENT
    assert state_only(BlockType.EVENT_V2, longest) == b""


def _two_sections() -> bytes:
    def section(start: int) -> bytes:
        stream = io.BytesIO()
        with CaptureWriter(stream) as writer:
            for i in range(4):
                writer.event("open", ">", ts=start + 10 * i, tid=5)
                writer.event("open", "<", ts=start + 10 * i + 3, tid=5, fd=3 + i, name=f"/file{start}-{i}")
        return stream.getvalue()

    return section(1_000) + section(2_000)


def test_sections_behind_the_last_written_event_are_left_out(tmp_path: Path) -> None:
    whole = tmp_path / "two.scap"
    whole.write_bytes(_two_sections())
    store = open_store(whole)
    assert len(store.sections) == 2
    for number, sections in ((4, 1), (12, 2)):
        chosen = store.number == number
        extract(store, chosen, tmp_path / "part.scap", force=True)
        part = open_store(tmp_path / "part.scap")
        assert len(part.sections) == sections
        assert lines(part, shown(part)) == lines(store, np.flatnonzero(chosen))


def test_damage_behind_is_not_copied(tmp_path: Path) -> None:
    whole = tmp_path / "cut.scap"
    whole.write_bytes(_two_sections()[:-7])
    store = open_store(whole)
    assert store.loss
    extract(store, np.ones(len(store), dtype=np.bool_), tmp_path / "part.scap")
    part = open_store(tmp_path / "part.scap")
    assert not part.loss
    assert len(part) == len(store)


def test_blocks_of_unknown_types_stay(tmp_path: Path) -> None:
    whole = tmp_path / "odd.scap"
    rest = _two_sections()
    rest = rest[: len(rest) // 2]
    whole.write_bytes(section_header() + frame(0x999, b"12345678") + rest[28:])
    store = open_store(whole)
    extract(store, store.number == 2, tmp_path / "part.scap")
    blocks = walk(open_store(tmp_path / "part.scap").data)
    assert 0x999 in blocks.type.tolist()


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = demo_path()
    store = open_store(capture)
    monkeypatch.setattr(writing, "_PIECE", 1 << 12)
    told: list[float] = []
    extract(
        store, np.ones(len(store), dtype=np.bool_), tmp_path / "a", report=lambda _, part: told.append(part)
    )
    assert told == sorted(told)


def test_the_command_writes_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "fetch.scap"
    capture = demo_path()
    words = ["events", str(capture), "-w", str(target), "proc.name=fetch"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert not out
    assert "that only carry state" in err
    assert main(["events", str(target)]) == 0
    assert " fetch (" in capsys.readouterr().out
    assert main(words) == 2
    assert "exists already" in capsys.readouterr().err
    assert main([*words, "--force", "--limit", "5"]) == 0
    assert "wrote" in capsys.readouterr().err
    assert main(["events", str(target)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["-w", "x", "-j"], "-j does not go with -w"),
        (["-w", "x", "-pc"], "-p does not go with -w"),
        (["-w", "x", "-A"], "does not go with -w"),
        (["--force"], "--force goes with -w"),
        (["-w", "x", "proc.nam=a"], "there is no field proc.nam"),
    ],
)
def test_options_that_do_not_go_together(
    words: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    capture = demo_path()
    assert main(["events", str(capture), *words]) == 2
    assert why in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
