"""What ``hopscope messages`` prints about the demo capture and the real ones."""

from __future__ import annotations

import json
from typing import Any

import golden
from commands import Hopscope
from hopscope.demo import demo_path
from paths import SHARED, needs_shared

DEMO = str(demo_path())
KUBERNETES = str(SHARED / "kubernetes-dns.scap")


def listed(hopscope: Hopscope, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(hopscope("messages", *words, "--json").out)
    return found


def test_all_exchanges_of_the_demo(hopscope: Hopscope) -> None:
    golden.check("demo-messages.txt", hopscope("messages", DEMO).out)


def test_messages_in_full(hopscope: Hopscope) -> None:
    done = hopscope("messages", DEMO, "evt.num in (384, 350)", "--full")

    assert done.status == 0
    golden.check("demo-messages-full.txt", done.out)


def test_json_tells_both_halves_with_all_events(hopscope: Hopscope) -> None:
    (one,) = listed(hopscope, DEMO, "evt.num=350", "--full")

    assert one["summary"].startswith("DNS A inventory.shop.svc.cluster.local.")
    assert one["summary"].endswith(" -> NXDOMAIN")
    assert (one["request"]["events"], one["response"]["events"]) == ([350], [390])
    assert (one["status"], one["failed"], one["protocol"]) == (3, True, "dns")
    assert one["latency_ns"] == one["response"]["time"] - one["request"]["time"] > 0
    assert [part["title"] for part in one["response"]["parts"]][:2] == ["DNS header", "Question"]


def test_a_filter_on_either_half_finds_the_exchange(hopscope: Hopscope) -> None:
    by_request = listed(hopscope, DEMO, "evt.num=350")
    by_response = listed(hopscope, DEMO, "evt.num=390")

    assert by_request == by_response
    assert listed(hopscope, DEMO, "proc.name=nobody") == []


def test_limit(hopscope: Hopscope) -> None:
    assert len(hopscope("messages", DEMO, "--limit", "3").out.splitlines()) == 4


@needs_shared
def test_the_story_of_the_real_capture(hopscope: Hopscope) -> None:
    found = {tuple(one.get("request", {}).get("events", ())): one for one in listed(hopscope, KUBERNETES)}
    asked, etcd, page, served = found[10049,], found[10117,], found[108006,], found[108015,]

    assert (asked["summary"][:9], asked["response"]["events"], asked["status"]) == ("DNS AAAA ", [10173], 3)
    assert (etcd["process"], etcd["response"]["events"], etcd["status"]) == ("etcd", [10158], 404)
    assert (page["process"], page["summary"]) == ("curl", "GET / -> 200 OK")
    assert (page["pod"], page["response"]["events"], page["response"]["bytes"]) == ("client", [108069], 850)
    assert (served["process"], served["request"]["bytes"]) == ("nginx", 102)
    assert (served["response"]["events"], served["response"]["bytes"]) == ([108024, 108026], 850)
    forwarded = [found[number,] for number in (10664, 10703, 58230, 58292)]
    assert all(one["summary"].endswith("localdomain -> no answer") for one in forwarded)
    repeated = found[75904,]
    assert repeated["repeats"] == 10593
    assert found[10593,]["response"]["events"] == repeated["response"]["events"] == [104217]
    assert found[10593,]["latency_ns"] > 8_000_000_000
