"""What ``hopscope findings`` prints about the demo capture and the real one."""

from __future__ import annotations

import json

import golden
from commands import Hopscope
from hopscope.demo import demo_path
from paths import SHARED, needs_shared

DEMO = str(demo_path())


def test_all_findings_of_the_demo(hopscope: Hopscope) -> None:
    golden.check("demo-findings.txt", hopscope("findings", DEMO).out)


def test_the_story_of_the_demo(hopscope: Hopscope) -> None:
    listed = json.loads(hopscope("findings", DEMO, "--json").out)
    worst, late = listed[:2]
    (expanded,) = [one for one in listed if one["rule"] == "search-list"]
    read = hopscope(
        "events", DEMO, f"evt.num={expanded['evidence'][0]} and proc.name=fetch", "-p%fd.name %evt.buffer"
    )

    assert (worst["rule"], worst["process"]) == ("dns-unanswered", "dnsd")
    assert [round(part["lost_ns"] / 1e9, 1) for part in worst["parts"]] == [4.0, 4.0]
    assert (late["rule"], late["process"]) == ("late-look", "fetch")
    assert round(late["lost_ns"] / 1e9, 2) == 0.39
    assert "it has 4 dots, ndots is 5" in expanded["sentence"]
    assert read.out.startswith("/etc/resolv.conf search shop.svc.cluster.local"), "read by that very process"


def test_findings_of_the_demo_are_sorted_by_time_lost(hopscope: Hopscope) -> None:
    listed = json.loads(hopscope("findings", DEMO, "--json").out)
    lost = [one["lost_ns"] for one in listed]

    assert lost == sorted(lost, reverse=True)
    assert "search-list" in {one["rule"] for one in listed}
    assert len(hopscope("findings", DEMO).out.splitlines()) == 1 + len(listed)
    assert len(hopscope("findings", DEMO, "--limit", "1").out.splitlines()) == 2


def test_a_filter_leaves_the_findings_that_its_events_belong_to(hopscope: Hopscope) -> None:
    first = json.loads(hopscope("findings", DEMO, "--json").out)[0]
    chosen = json.loads(hopscope("findings", DEMO, f"evt.num={first['events'][0]}", "--json").out)

    assert first in chosen
    assert first in json.loads(hopscope("findings", DEMO, "proc.name=fetch", "--json").out), (
        "fetch waited for it"
    )
    assert hopscope("findings", DEMO, "proc.name=nobody", "--json").out.split() == ["[", "]"]


@needs_shared
def test_the_story_of_the_real_capture(hopscope: Hopscope) -> None:
    listed = json.loads(hopscope("findings", str(SHARED / "kubernetes-dns.scap"), "--json").out)
    worst = listed[0]
    (expanded,) = [one for one in listed if one["rule"] == "search-list"]

    assert worst["rule"] == "dns-unanswered"
    assert (
        "backend.critical-app.svc.cluster.local.localdomain from 8.8.8.8:53 in 2 rounds" in worst["sentence"]
    )
    assert worst["sentence"].endswith("curl 22369 in client waited for it")
    assert worst["evidence"] == [10664, 10703, 58216, 58230, 58278, 58292, 104209, 104221]
    assert [round(part["lost_ns"] / 1e9, 1) for part in worst["parts"]] == [4.0, 4.0]
    assert (worst["process"], worst["pid"], worst["severity"]) == ("skydns", 4617, "high")
    assert (expanded["process"], expanded["pid"], expanded["pod"]) == ("curl", 22369, "client")
    assert expanded["evidence"][0] == 10022
    assert "it has 4 dots, ndots is 5" in expanded["sentence"]
    assert round(expanded["elapsed_ns"] / 1e9, 1) == 8.0
    assert expanded["lost_ns"] < 0.1e9, "the unanswered queries have been counted already"


@needs_shared
def test_what_else_the_real_capture_tells(hopscope: Hopscope) -> None:
    listed = json.loads(hopscope("findings", str(SHARED / "kubernetes-dns.scap"), "--json").out)
    late = listed[1]
    (translated,) = [one for one in listed if one["rule"] == "address-translated"]
    failed = [one for one in listed if one["rule"] == "http-failed" and one["process"] == "skydns"]

    assert (late["rule"], late["pid"], late["evidence"]) == ("late-look", 22369, [104528, 102841, 107962])
    assert round(late["lost_ns"] / 1e9, 2) == 0.53
    assert "its thread 22370 had ended" in late["sentence"]
    assert translated["evidence"] == [107992, 108005]
    assert "10.3.0.214:80 arrived at 172.17.0.5:80, where nginx 7203" in translated["sentence"]
    assert failed[0]["sentence"].endswith("; it came from etcd 3343 in k8s-etcd itself")
