"""What the commands print about the demo capture."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import golden
from commands import Hopscope
from hopscope.bookmarks import Bookmarks
from hopscope.capture.source import open_source
from hopscope.cli import COMMANDS
from hopscope.decode.clock import time_of_day
from hopscope.demo import demo_path
from hopscope.views import VIEWS

DEMO = str(demo_path())
needs_sysdig = pytest.mark.skipif(shutil.which("sysdig") is None, reason="sysdig is not installed")


def sysdig(*arguments: str) -> list[str]:
    done = subprocess.run(
        ["sysdig", "-r", DEMO, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"TZ": "UTC"},
    )
    return done.stdout.splitlines()


# --- events ----------------------------------------------------------------------------------------


@needs_sysdig
@pytest.mark.reference
def test_events_are_what_the_reference_prints(hopscope: Hopscope) -> None:
    ours, theirs = hopscope("events", DEMO).out.splitlines(), sysdig()

    assert [a for a, b in zip(ours, theirs, strict=True) if a.rstrip() != b.rstrip()][:3] == []


@needs_sysdig
@pytest.mark.reference
@pytest.mark.parametrize(
    "condition",
    [
        "evt.type=connect",
        "proc.name in (fetch, httpd) and evt.dir=<",
        "container.name contains checkout and not evt.type=switch",
        "fd.sport=8080 or evt.num<30",
        "proc.name startswith ht and evt.type!=switch",
    ],
)
def test_filtered_events_are_what_the_reference_prints(hopscope: Hopscope, condition: str) -> None:
    ours = [line.rstrip() for line in hopscope("events", DEMO, condition).out.splitlines()]

    assert ours == [line.rstrip() for line in sysdig("-d", condition)]
    assert ours


@needs_sysdig
@pytest.mark.reference
def test_json_events_have_the_keys_and_values_of_the_reference(hopscope: Hopscope) -> None:
    condition = "evt.type in (openat, open, connect)"
    ours = [json.loads(line) for line in hopscope("events", DEMO, condition, "--json").out.splitlines()]
    theirs = [json.loads(line) for line in sysdig("-j", condition)]

    assert len(ours) == len(theirs) > 50
    for mine, reference in zip(ours, theirs, strict=True):
        assert list(mine) == sorted(mine)
        assert {key: mine[key] for key in reference} | {"evt.info": ""} == reference | {"evt.info": ""}
        assert mine["evt.info"].rstrip() == reference["evt.info"].rstrip()


def test_events_in_text_and_json_say_the_same(hopscope: Hopscope) -> None:
    words = ("events", DEMO, "proc.name=fetch and evt.type=recvfrom")
    text = hopscope(*words, "-b").out.splitlines()
    objects = [json.loads(line) for line in hopscope(*words, "-b", "--json").out.splitlines()]

    composed = [
        f"{o['evt.num']} {time_of_day(o['evt.outputtime'])} {o['evt.cpu']} {o['proc.name']}"
        f" ({o['thread.tid']}) {o['evt.dir']} {o['evt.type']} {o['evt.info']}"
        for o in objects
    ]
    assert composed == text
    golden.check("demo-events-fetch-recvfrom.txt", hopscope(*words).out)


def test_limit_cuts_events(hopscope: Hopscope) -> None:
    everything = hopscope("events", DEMO).out.splitlines()

    assert hopscope("events", DEMO, "--limit", "3").out.splitlines() == everything[:3]
    assert hopscope("events", DEMO, "--limit", "0").out == ""


def test_no_event_passes_is_no_fault(hopscope: Hopscope) -> None:
    done = hopscope("events", DEMO, "proc.name=nobody")

    assert (done.status, done.out, done.err) == (0, "", "")


# --- views -----------------------------------------------------------------------------------------


SHOWN = [tab.name for tab in VIEWS.tabs if tab.name != "events"] + [
    "timeline", "errors", "directories", "io_by_type", "server_ports", "new_connections", "spy_users",
    "processes_errors", "fd_usage", "kubernetes_pods", "latency",
]  # fmt: skip
"""Views whose text is kept."""


@pytest.mark.parametrize("name", SHOWN)
def test_a_view_as_text(hopscope: Hopscope, name: str) -> None:
    golden.check(f"demo-view-{name}.txt", hopscope("view", name, DEMO).out)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_as_json_has_the_rows_of_the_text(hopscope: Hopscope, name: str) -> None:
    words = ("view", name, DEMO, "proc.name=fetch", "--limit", "20")
    rows = json.loads(hopscope(*words, "--json").out)
    lines = hopscope(*words).out.splitlines()

    assert len(rows) == len(lines) - 1
    assert rows or VIEWS[name].filter or VIEWS[name].needs
    assert all(set(row) <= {column.name for column in VIEWS[name].columns} for row in rows)


def test_views_can_be_sorted_both_ways(hopscope: Hopscope) -> None:
    def column(*words: str) -> list[int]:
        rows = json.loads(hopscope("view", "connections", DEMO, "--json", "--sort", "bytes_in", *words).out)
        return [row["bytes_in"] for row in rows if row["bytes_in"] is not None]

    falling, rising = column(), column("--ascending")
    assert falling == sorted(falling, reverse=True) != rising == sorted(rising)


def test_views_lists_every_view(hopscope: Hopscope) -> None:
    assert [row["name"] for row in json.loads(hopscope("views", "--json").out)] == list(VIEWS)
    assert all(name in hopscope("views").out for name in VIEWS)


# --- hops ------------------------------------------------------------------------------------------


def event_numbers(hopscope: Hopscope, condition: str) -> list[int]:
    lines = hopscope("events", DEMO, condition, "--json").out.splitlines()
    return [json.loads(line)["evt.num"] for line in lines]


def test_hop_prints_an_object_with_three_lists(hopscope: Hopscope) -> None:
    number = event_numbers(hopscope, "proc.name=kvd and evt.type=read and evt.rawres>0")[0]
    found = json.loads(hopscope("hop", DEMO, str(number), "--json").out)

    assert list(found) == ["event", "peer", "causes", "effects"]
    assert found["event"] == number
    for candidates in (found["peer"], found["causes"], found["effects"]):
        assert all(set(one) == {"event", "score", "evidence"} for one in candidates)
        assert all(0 <= one["score"] <= 1 and one["evidence"] for one in candidates)
        scores = [one["score"] for one in candidates]
        assert scores == sorted(scores, reverse=True)
    golden.check("demo-hop.json", hopscope("hop", DEMO, str(number), "--json").out)
    golden.check("demo-hop.txt", hopscope("hop", DEMO, str(number)).out)


def first_peer(hopscope: Hopscope, condition: str) -> tuple[int, int]:
    number = event_numbers(hopscope, condition)[0]
    return number, json.loads(hopscope("hop", DEMO, str(number), "--json").out)["peer"][0]["event"]


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (
            "proc.name=fetch and evt.type=connect and fd.sport=80",
            "proc.name=httpd and evt.type=accept and fd.cport=38220",
        ),
        (
            "proc.name=fetch and evt.type=sendto",
            "proc.name=httpd and evt.type=recvfrom and fd.cport=38220 and evt.rawres>0",
        ),
        ("proc.name=du and evt.type=write", "proc.name=wc and evt.type=read and fd.type=pipe"),
        ("proc.name=cron and evt.type=sendto", "proc.name=syslogd and evt.type=recvfrom"),
        (
            "proc.name=kubelet and evt.type=write and fd.type=unix",
            "proc.name=containerd and evt.type=read and fd.type=unix",
        ),
        (
            "proc.name=dnsd and evt.type=write and fd.type=pipe",
            "proc.name=shim and evt.type=read and fd.type=pipe",
        ),
        ("proc.name=dnsd and evt.type=sendmsg", "proc.name=fetch and evt.type=recvfrom"),
    ],
)
def test_peers_are_found_both_ways_over_every_transport(hopscope: Hopscope, sent: str, received: str) -> None:
    number, peer = first_peer(hopscope, f"({sent}) and evt.dir=<")
    there, back = first_peer(hopscope, f"({received}) and evt.dir=<")

    assert (peer, back) == (there, number)


# --- the rest --------------------------------------------------------------------------------------


def test_info_as_text_and_json(hopscope: Hopscope) -> None:
    facts = json.loads(hopscope("info", DEMO, "--json").out)

    text = hopscope("info", DEMO).out.replace(DEMO, "story.scap")
    golden.check("demo-info.txt", text)
    golden.check("demo-info.json", json.dumps(facts, indent=2).replace(DEMO, "story.scap") + "\n")


def test_bookmarks_follow_the_content_and_not_the_name(hopscope: Hopscope, tmp_path: Path) -> None:
    copy = tmp_path / "renamed"
    copy.write_bytes(demo_path().read_bytes())
    Bookmarks.load(open_source(DEMO).content_key()).add(100, note="here", label="read res=1")

    done = hopscope("bookmarks", str(copy))

    assert "| 100 |  | read res=1 | here |" in done.out
    assert json.loads(hopscope("bookmarks", str(copy), "--json").out)[0]["event"] == 100
    assert copy.read_bytes() == demo_path().read_bytes()


def test_fields_can_be_searched(hopscope: Hopscope) -> None:
    assert "proc.name" in hopscope("fields").out
    found = json.loads(hopscope("fields", "container.id", "--json").out)
    assert "container.id" in [row["name"] for row in found]
    assert len(found) < 10


def test_captures_are_indexed_listed_and_forgotten(
    hopscope: Hopscope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    capture = tmp_path / "copy.scap"
    capture.write_bytes(demo_path().read_bytes())
    fresh = hopscope("events", str(capture))

    assert f"{capture}: indexed, " in hopscope("index", str(capture)).out
    assert f"{capture}: indexed already, " in hopscope("index", str(capture)).out
    assert f"{capture}: verified, " in hopscope("index", str(capture), "--verify").out
    listed = json.loads(hopscope("cache", "list", "--json").out)
    assert [(one["capture"], one["usable"]) for one in listed["indexes"]] == [(str(capture), True)]
    assert f" {capture}\n1 index, {listed['indexes'][0]['size']:,} of " in hopscope("cache", "list").out

    monkeypatch.setattr("hopscope.index.opening.open_store", None)
    assert hopscope("events", str(capture)) == fresh
    monkeypatch.undo()
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))

    monkeypatch.setattr("hopscope.index.opening.from_sections", None)
    assert hopscope("events", "--no-cache", str(capture)) == fresh
    assert hopscope("cache", "clear").out.startswith("1 index removed, ")
    assert hopscope("cache", "list").out.startswith("0 indexes, 0 of ")
    assert hopscope("index", "-").status == 2


def test_each_of_several_captures_gets_an_index(
    hopscope: Hopscope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    ring = tmp_path / "ring"
    ring.mkdir()
    for number in (1, 2):
        (ring / f"{number}.scap").write_bytes(demo_path().read_bytes())

    said = hopscope("index", str(ring)).out.splitlines()
    assert [line.partition(": indexed, ")[0] for line in said] == [str(ring / f"{n}.scap") for n in (1, 2)]
    said = hopscope("index", str(ring / "1.scap"), str(ring / "2.scap")).out.splitlines()
    assert [line.partition(": ")[2].partition(",")[0] for line in said] == ["indexed already"] * 2


def test_the_walk_goes_round_through_all_processes(hopscope: Hopscope) -> None:
    done = hopscope("demo", "--text")

    assert (done.status, done.err) == (0, "")
    chapters = done.out.split("hop by hop:")
    processes = [
        re.findall(r"^\s*\d+ [\d:.]+ \d (\S+) \(", chapter, re.MULTILINE) for chapter in chapters[1:]
    ]
    assert processes[0] == ["fetch", "dnsd", "dnsd", "kvd", "kvd", "dnsd", "dnsd", "fetch"]
    assert processes[1] == ["fetch", "dnsd", "dnsd", "dnsd", "dnsd", "dnsd", "fetch"]
    assert chapters[2].count("198.51.100.53:53 belongs to no process of the capture") == 2
    assert re.findall(r"which caused, (\+4\.\d+ s)", chapters[2]) == ["+4.000 s", "+4.000 s"]
    assert processes[2][0] == processes[2][-1] == "fetch"
    assert "httpd" in processes[2]
    golden.check("demo-walk.txt", done.out)


def test_trail_prints_the_tree_of_an_event(hopscope: Hopscope) -> None:
    done = hopscope("trail", DEMO, "366")

    golden.check("demo-trail.txt", done.out)


def test_overview_prints_what_there_is_and_with_all_what_there_is_not(hopscope: Hopscope) -> None:
    done = hopscope("overview", DEMO)

    golden.check("demo-overview.txt", done.out)
    every = hopscope("overview", DEMO, "--all").out
    assert len(every.splitlines()) > len(done.out.splitlines())
    told = {one["name"]: one for one in json.loads(hopscope("overview", DEMO, "--json").out)}
    assert told["dns_errors"]["value"] == len(told["dns_errors"]["events"]) > 0


def test_tree_prints_who_began_whom(hopscope: Hopscope) -> None:
    golden.check("demo-tree.txt", hopscope("tree", DEMO).out)

    fetch = next(one for one in json.loads(hopscope("tree", DEMO, "--json").out) if one["name"] == "fetch")
    assert (fetch["ended"], fetch["status"], len(fetch["ran"])) == ("exit 0", 0, 2)


def test_tree_prints_processes_below_those_that_began_them(hopscope: Hopscope) -> None:
    done = hopscope("tree", DEMO, "proc.name=wc")

    assert (done.status, done.err) == (0, "")
    assert [line.split()[:3] for line in done.out.splitlines()[1:]] == [
        ["systemd", "1", "/usr/lib/systemd/systemd"],
        ["└", "cron", "412"],
        ["└", "sh", "5201"],
        ["└", "wc", "5203"],
    ]


@needs_sysdig
def test_overview_counts_what_a_filter_leaves(hopscope: Hopscope) -> None:
    def programs(*words: str) -> int:
        rows = [line.split() for line in hopscope("overview", DEMO, *words).out.splitlines()]
        return next(int(row[3]) for row in rows if row[1:3] == ["Programs", "run"])

    ran = len(sysdig("-d", "evt.type=execve and evt.dir=< and evt.failed=false"))
    assert programs() == ran
    assert programs("proc.name=wc") == 1


def test_every_command_is_tried_here() -> None:
    texts = [file.read_text() for file in Path(__file__).parent.glob("test_*.py")]
    tried = set(re.findall(r'hopscope\("([a-z]+)"', "".join(texts))) | {"events"}

    assert tried >= set(COMMANDS)
