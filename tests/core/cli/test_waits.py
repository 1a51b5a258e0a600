"""What ``hopscope waits`` and ``hopscope gaps`` print about the demo capture and the real one."""

from __future__ import annotations

import json
from typing import Any

import pytest

import golden
from commands import Hopscope
from hopscope.demo import demo_path
from paths import SHARED, needs_shared

DEMO = str(demo_path())
REAL = str(SHARED / "kubernetes-dns.scap")


def longest(hopscope: Hopscope, *words: str) -> dict[str, Any]:
    (found,) = json.loads(hopscope("waits", *words, "--json").out)
    assert sum(part["elapsed_ns"] for part in found["parts"]) == found["elapsed_ns"]
    lengths = [part["elapsed_ns"] for part in found["parts"]]
    assert lengths == sorted(lengths, reverse=True)
    return dict(found)


def test_where_the_time_of_the_demo_went(hopscope: Hopscope) -> None:
    golden.check("demo-waits.txt", hopscope("waits", DEMO, "proc.name=fetch").out)
    golden.check("demo-gaps.txt", hopscope("gaps", DEMO, "proc.name=fetch", "--longer", "0.3s").out)


def test_the_demo_waited_for_dns_and_then_for_its_own_timer(hopscope: Hopscope) -> None:
    found = longest(hopscope, DEMO, "proc.name=fetch")
    dns, timer = found["parts"][:2]

    assert (found["process"], found["pid"], found["pod"]) == ("fetch", 5120, "checkout")
    assert (dns["state"], dns["target"]) == ("wait", "connection")
    assert dns["waited_for"].endswith("->10.96.0.10:53")
    assert round(dns["elapsed_ns"] / 1e9, 1) == 8.0
    assert (timer["target"], timer["waited_for"]) == ("timer", "time-out of poll")
    assert timer["timed_out_ns"] == timer["elapsed_ns"]
    assert round(timer["elapsed_ns"] / 1e9, 2) == 0.39


def test_a_piece_is_cut_out_by_events(hopscope: Hopscope) -> None:
    whole = longest(hopscope, DEMO, "proc.name=fetch")
    first, last = whole["parts"][1]["events"]
    piece = longest(hopscope, DEMO, "proc.name=fetch", "--from", str(first), "--to", str(last))

    assert piece["elapsed_ns"] < whole["elapsed_ns"] / 5
    assert piece["end"] - piece["begin"] == piece["elapsed_ns"]


def test_threads_and_processes_one_by_one_or_together(hopscope: Hopscope) -> None:
    threads = json.loads(hopscope("waits", DEMO, "--process", "5120", "--threads", "--json").out)
    together = longest(hopscope, DEMO, "proc.name in (fetch, dnsd)", "--together")
    lines = hopscope("waits", DEMO, "--most", "1", "--limit", "1").out.splitlines()

    assert {one["threads"][0] for one in threads} == {5120, 5121}
    assert together["process"] is None
    assert "->10.96.0.10:53" not in together["parts"][0]["waited_for"], "dnsd is one of the two"
    assert lines[3].split()[-2:] == ["other", "things"] or len(lines) < 4
    assert lines[-1].endswith("more; choose some with a filter, or print more with --most")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("waits", DEMO, "--process", "99999"), "no process has the number 99999"),
        (("waits", DEMO, "--from", "999999"), "there is no event 999999"),
        (("gaps", DEMO, "--longer", "soon"), "'soon' is no duration such as 100ms, 1.5s or 20us"),
        (("waits", DEMO, "proc.name="), "a value is missing"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    hopscope: Hopscope, words: tuple[str, ...], said: str
) -> None:
    done = hopscope(*words)

    assert done.status == 2
    assert said in done.err.splitlines()[0]


def test_nothing_is_printed_of_nobody(hopscope: Hopscope) -> None:
    assert hopscope("waits", DEMO, "proc.name=nobody").out == ""
    assert json.loads(hopscope("gaps", DEMO, "proc.name=nobody", "--json").out) == []


def test_gaps_tell_the_events_around_them(hopscope: Hopscope) -> None:
    found = json.loads(hopscope("gaps", DEMO, "proc.name=fetch", "--longer", "300ms", "--json").out)

    assert [one["length_ns"] for one in found] == sorted((one["length_ns"] for one in found), reverse=True)
    assert all(one["stop"] - one["start"] == one["length_ns"] > 300_000_000 for one in found)
    for one in found:
        (fetch,) = one["meanwhile"]
        assert fetch["process"] == "fetch"
        assert sum(part["elapsed_ns"] for part in fetch["parts"]) == one["length_ns"]
    between = f"evt.num>{found[0]['before']} and evt.num<{found[0]['after']}"
    assert hopscope("events", DEMO, f"proc.name=fetch and {between}").out == ""


@needs_shared
@pytest.mark.shared
def test_where_the_time_of_curl_went(hopscope: Hopscope) -> None:
    found = longest(hopscope, REAL, "--process", "22369")
    dns, timer = found["parts"][:2]

    assert round(found["elapsed_ns"] / 1e9, 2) == 8.56
    assert abs(sum(part["elapsed_ns"] for part in found["parts"]) - 8.56e9) < 0.01 * 8.56e9
    assert dns["waited_for"] == "connection 172.17.0.7:47441->10.0.2.15:53"
    assert round(dns["elapsed_ns"] / 1e9, 2) == 8.01
    assert {10631, 75899, 75930, 104273} <= set(dns["events"])
    assert (timer["waited_for"], timer["evidence"]) == ("time-out of poll", [102841, 107962])
    assert round(timer["elapsed_ns"] / 1e9, 2) == 0.53


@needs_shared
@pytest.mark.shared
def test_the_gap_in_which_nobody_looked(hopscope: Hopscope) -> None:
    found = json.loads(hopscope("gaps", REAL, "proc.name=curl", "--longer", "530ms", "--json").out)
    gap = next(one for one in found if one["before"] == 104528)

    assert gap["after"] == 107962
    assert gap["meanwhile"][0]["parts"][0]["waited_for"] == "time-out of poll"
