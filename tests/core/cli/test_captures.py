"""Several captures on one command line: which words they are, and what is printed of them."""

from __future__ import annotations

import gzip
import json
from argparse import Namespace
from pathlib import Path

import pytest

from commands import Hopscope
from core.timeline.lab import MICROSECOND, MILLISECOND, Lab, Machine, connect, exchange
from core.timeline.splitting import save, split
from hopscope.bookmarks import load_bookmarks
from hopscope.cli.captures import begins_like_capture, clock_offset, sort_words
from hopscope.demo import demo_path
from hopscope.errors import UsageError
from hopscope.store.build import open_store
from hopscope.timeline import open_timeline


@pytest.fixture
def ring(tmp_path: Path) -> list[str]:
    whole = open_store(demo_path())
    folder = tmp_path / "ring"
    folder.mkdir()
    return save(folder, split(whole, [1000, 2000]))


@pytest.fixture
def two_hosts(tmp_path: Path) -> list[str]:
    lab = Lab()
    web = Machine(lab, "web", "10.0.0.1", {100: "nginx"})
    db = Machine(lab, "db", "10.0.0.2", {100: "postgres"}, 2_500 * MILLISECOND)
    connect(web, 100, db, 100, 5432, 40000, 80 * MICROSECOND)
    exchange(web, 100, 3, db, 100, 7, b"select name from shop", 80 * MICROSECOND)
    exchange(db, 100, 7, web, 100, 3, b"name | price | soap | 3", 80 * MICROSECOND)
    return [machine.save(tmp_path) for machine in (web, db)]


def sorted_words(capture: str, *words: str, **more: object) -> tuple[list[str], list[str]]:
    arguments = Namespace(capture=capture, filter=list(words), **more)
    sort_words(arguments)
    assert arguments.capture == arguments.captures[0]
    return arguments.captures, arguments.filter


def test_words_behind_the_capture_that_are_captures_are_opened_too(ring: list[str]) -> None:
    folder = str(Path(ring[0]).parent)

    assert sorted_words(ring[0], ring[1], "proc.name=curl") == (ring[:2], ["proc.name=curl"])
    assert sorted_words(ring[0], "proc.name", "=", ring[1]) == (ring[:1], [f"proc.name = {ring[1]}"])
    assert sorted_words(folder, "evt.num", "<", "3") == (ring, ["evt.num < 3"])
    assert sorted_words(str(demo_path()), folder) == ([str(demo_path()), *ring], [])
    assert sorted_words(ring[0], "a", "or", "b", filter_text="c") == (ring[:1], ["(a or b) and (c)"])
    assert sorted_words("-", ring[0]) == (["-", ring[0]], [])


def test_what_is_no_capture_is_a_filter(tmp_path: Path) -> None:
    other, packed, real = tmp_path / "text", tmp_path / "packed.gz", tmp_path / "real.gz"
    other.write_text("proc.name=curl")
    packed.write_bytes(gzip.compress(b"text"))
    real.write_bytes(gzip.compress(demo_path().read_bytes()))
    empty = tmp_path / "empty"
    empty.mkdir()

    assert [begins_like_capture(str(one)) for one in (other, packed, real, empty)] == [
        False,
        False,
        True,
        False,
    ]
    assert not begins_like_capture("a\0b")
    assert sorted_words(str(real), str(other)) == ([str(real)], [str(other)])
    with pytest.raises(UsageError, match="there is no capture in the directory"):
        sorted_words(str(empty))


def test_behind_two_dashes_all_is_a_filter(
    hopscope: Hopscope, ring: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(ring[0]).parent)
    Path("fd.num").write_bytes(Path(ring[0]).read_bytes())

    assert hopscope("events", "ring.scap0", "--limit", "1", "--", "fd.num", "exists").status == 0
    assert hopscope("events", "ring.scap0", "--limit", "1", "--filter", "fd.num exists").status == 0
    twice = hopscope("events", "ring.scap0", "fd.num", "exists")
    assert twice.status == 2  # the file is taken for a capture, which is the same as the first
    assert "holds the same as" in twice.err


def test_all_commands_read_a_ring_as_one_capture(hopscope: Hopscope, ring: list[str]) -> None:
    folder = str(Path(ring[0]).parent)

    alone = hopscope("events", str(demo_path()), "fd.type=ipv4", "--json")
    assert alone.status == 0
    assert hopscope("events", *ring[::-1], "fd.type=ipv4", "--json").out == alone.out
    for command in (("view", "connections"), ("view", "processes")):
        together = hopscope(*command, folder, "--json")
        assert json.loads(together.out) == json.loads(hopscope(*command, str(demo_path()), "--json").out)
    number = json.loads(alone.out.splitlines()[-1])["evt.num"]
    assert (
        hopscope("hop", *ring, str(number), "--json").out
        == hopscope("hop", str(demo_path()), str(number), "--json").out
    )
    facts = json.loads(hopscope("info", folder, "--json").out)
    assert [one["events"] for one in facts["files"]] == [1000, 1000, len(open_store(demo_path())) - 2000]


def test_info_says_how_far_apart_clocks_are(hopscope: Hopscope, two_hosts: list[str]) -> None:
    told = hopscope("info", *two_hosts)
    facts = json.loads(hopscope("info", *two_hosts, "--json").out)

    assert (told.status, told.err) == (0, "")
    assert "web: reference, its times count as recorded" in told.out
    assert "db: -2." in told.out
    assert "from 3 messages recorded at both ends" in told.out
    assert [host["name"] for host in facts["hosts"]] == ["db", "web"]
    assert abs(facts["hosts"][0]["clock_offset_ns"] + 2_500 * MILLISECOND) < 100 * MICROSECOND
    recorded = json.loads(hopscope("info", *two_hosts, "--json", "--no-clock-correction").out)
    assert [host["clock_offset_ns"] for host in recorded["hosts"]] == [0, 0]
    given = json.loads(hopscope("info", *two_hosts, "--json", "--clock-offset", "db=-2.5").out)
    assert given["hosts"][0]["clock_offset_ns"] == -2_500 * MILLISECOND
    assert given["hosts"][1]["clock_offset_ns"] == 0


def test_a_clock_needs_a_host_and_seconds(hopscope: Hopscope, two_hosts: list[str]) -> None:
    assert clock_offset("web=+0.123") == ("web", 123_000_000)
    assert clock_offset("a=b=-1") == ("a=b", -1_000_000_000)
    for wrong in ("web", "web=", "=1", "web=soon", "web=1e300", "web=nan"):
        told = hopscope("info", *two_hosts, "--clock-offset", wrong)
        assert told.status == 2
        assert "is no HOST=SECONDS" in told.err
    nobody = hopscope("info", *two_hosts, "--clock-offset", "cache=1")
    assert (nobody.status, nobody.out) == (2, "")
    assert "there is no host cache; the captures are of db, web" in nobody.err


def test_what_goes_with_one_capture_only_says_so(hopscope: Hopscope, ring: list[str], tmp_path: Path) -> None:
    for line in (
        ["events", *ring, "-w", str(tmp_path / "out.scap")],
        ["info", ring[0], ring[0]],
        ["info", ring[0], str(tmp_path / "absent")],
    ):
        told = hopscope(*line)
        assert told.status == 2, line
        assert told.err.count("\n") == 1
        assert told.out == ""


def test_bookmarks_of_a_time_line_are_those_of_its_files(hopscope: Hopscope, ring: list[str]) -> None:
    store = open_timeline(ring)
    bookmarks = load_bookmarks(store, complete=True)
    bookmarks.add(1500, "here", int(store.time[1499]), "a label")
    alone = load_bookmarks(open_store(ring[1]), complete=True)
    (mark,) = alone.list()
    assert (mark.number, mark.note, mark.time_ns) == (500, "here", int(store.time[1499]))
    alone.add(501, "there", int(store.time[1500]))
    bookmarks.refresh()
    assert [one.number for one in bookmarks.list()] == [1500, 1501]
    bookmarks.remove(1500)
    alone.refresh()
    assert [one.number for one in alone.list()] == [501]
    assert not load_bookmarks(open_store(ring[0]), complete=True).list()
    assert "1501" in hopscope("bookmarks", *ring).out
