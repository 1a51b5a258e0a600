"""Lookups that failed or took a detour, found in made captures and in the real one."""

from __future__ import annotations

import pytest
from dnslib import RCODE, DNSRecord

from core.findings.looking import found
from core.trail.scene import Address, Scene, ip
from hopscope.findings import findings_of
from hopscope.findings.case import Case
from hopscope.findings.rules.search_list import parse

ASK, SERVE = 10, 20
HERE, THERE, UPSTREAM = ip("10.0.0.1", 40000), ip("10.0.0.2", 53), ip("8.8.8.8", 53)
SECOND = 1_000_000_000


def query(name: str, number: int = 7, qtype: str = "A") -> bytes:
    record = DNSRecord.question(name, qtype)
    record.header.id = number
    packed: bytes = record.pack()
    return packed


def reply(name: str, number: int = 7, rcode: str = "NXDOMAIN", qtype: str = "A") -> bytes:
    record = DNSRecord.parse(query(name, number, qtype)).reply()
    record.header.rcode = getattr(RCODE, rcode)
    packed: bytes = record.pack()
    return packed


def udp(scene: Scene, tid: int, fd: int, ends: tuple[Address, Address]) -> None:
    scene.socket(tid, fd, kind=2)
    scene.connect(tid, fd, ends)


def read_configuration(scene: Scene, tid: int, text: bytes) -> int:
    scene.call("open", tid, fd=9, name="/etc/resolv.conf", flags=1, mode=0)
    number = scene.read(tid, 9, text)
    scene.close(tid, 9)
    return number


def look_up(scene: Scene, name: str, rcode: str, number: int) -> int:
    """One question of the asking process on a socket of its own; the number of its query."""
    ends = ip("10.0.0.1", 40000 + number), THERE
    udp(scene, ASK, 3, ends)
    asked = scene.send(ASK, 3, query(name, number))
    scene.wait(SECOND // 10)
    scene.receive(ASK, 3, reply(name, number, rcode))
    scene.close(ASK, 3)
    return asked


def test_rounds_of_queries_without_an_answer_and_who_waited() -> None:
    scene = Scene({ASK: "ask", SERVE: "serve"}, snap=200)
    udp(scene, ASK, 3, (HERE, THERE))
    udp(scene, SERVE, 4, (THERE, HERE))
    scene.send(ASK, 3, query("web.example"))
    scene.receive(SERVE, 4, query("web.example"), (HERE, THERE))
    cited = []
    for port in (50001, 50002):
        udp(scene, SERVE, 5, (ip("10.0.0.2", port), UPSTREAM))
        cited.append(scene.send(SERVE, 5, query("web.example", 8)))
        scene.wait(4 * SECOND)
        cited.append(scene.close(SERVE, 5))
    scene.send(SERVE, 4, reply("web.example", 7, "SERVFAIL"), (THERE, HERE))
    scene.receive(ASK, 3, reply("web.example", 7, "SERVFAIL"))
    (one,) = found(scene.store, "dns-unanswered")

    assert one.sentence == (
        "no answer to DNS A web.example from 8.8.8.8:53 in 2 rounds of queries, after 4.000s and 4.000s; "
        "ask 10 waited for it"
    )
    assert [scene.store.number[row] for row in one.evidence] == cited
    assert [round(part.lost / SECOND, 3) for part in one.parts] == [4.0, 4.0]
    assert round(one.lost / SECOND, 3) == 8.0


def test_the_same_query_sent_again_on_the_same_socket_costs_what_lies_between() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    udp(scene, ASK, 3, (HERE, THERE))
    first = scene.send(ASK, 3, query("web.example"))
    scene.wait(5 * SECOND)
    second = scene.send(ASK, 3, query("web.example"))
    scene.receive(ASK, 3, reply("web.example", rcode="NOERROR"))
    (one,) = found(scene.store, "dns-unanswered")

    assert [scene.store.number[row] for row in one.evidence] == [first, second]
    assert round(one.lost / SECOND, 3) == 5.0
    assert "one round of queries" in one.sentence


def test_a_socket_that_stays_open_does_not_make_a_query_wait_for_ever() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    udp(scene, ASK, 3, (HERE, THERE))
    scene.send(ASK, 3, query("web.example"))
    scene.wait(3600 * SECOND)
    scene.close(ASK, 3)
    (one,) = found(scene.store, "dns-unanswered")

    assert one.lost == 30 * SECOND
    assert len(one.evidence) == 1


def test_silence_is_an_answer_where_many_are_asked() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    group = ip("224.0.0.251", 5353)
    udp(scene, ASK, 3, (HERE, group))
    scene.send(ASK, 3, query("printer.local"), (HERE, group))
    scene.wait(SECOND)
    scene.close(ASK, 3)

    assert findings_of(scene.store) == []


def test_answered_queries_are_no_finding() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    look_up(scene, "web.example", "NOERROR", 1)

    assert findings_of(scene.store) == []


def test_a_name_is_looked_up_through_the_search_list_first() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    read = read_configuration(scene, ASK, b"search a.local b.local\nnameserver 10.0.0.2\noptions ndots:3 x\n")
    tried = [
        look_up(scene, f"web.example.{ending}", "NXDOMAIN", i)
        for i, ending in ((1, "a.local"), (2, "b.local"))
    ]
    itself = look_up(scene, "web.example", "NOERROR", 3)
    (one,) = found(scene.store, "search-list")
    numbers = [int(scene.store.number[row]) for row in one.evidence]

    assert one.sentence.startswith(
        "web.example was looked up as web.example.a.local, web.example.b.local before itself, which took 200."
    )
    assert one.sentence.endswith(
        "it has 1 dot, ndots is 3 and the search list a.local b.local in /etc/resolv.conf "
        f"as read at event {read}"
    )
    assert numbers[0] == read
    assert {*tried, itself} <= set(numbers)
    assert round(one.lost / SECOND, 2) == 0.2


def test_the_same_detour_taken_again_adds_up() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    read_configuration(scene, ASK, b"search a.local\noptions ndots:5\n")
    for i in range(3):
        look_up(scene, "web.example.a.local", "NXDOMAIN", 2 * i + 1)
        look_up(scene, "web.example", "NOERROR", 2 * i + 2)
        scene.wait(SECOND)
    (one,) = found(scene.store, "search-list")

    assert one.sentence.startswith(
        "web.example was looked up as web.example.a.local before itself, 3 times, which took 300."
    )
    assert round(one.lost / SECOND, 2) == 0.3
    assert len(one.spans) == 3


def test_a_name_that_is_never_asked_for_as_itself() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    read_configuration(scene, ASK, b"search a.local b.local\noptions ndots:5\n")
    look_up(scene, "web.a.local", "NXDOMAIN", 1)
    look_up(scene, "web.b.local", "NXDOMAIN", 2)
    (one,) = found(scene.store, "search-list")

    assert one.sentence.startswith(
        "web was looked up as web.a.local, web.b.local and never as itself, which took"
    )
    assert "it has 0 dots" in one.sentence


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (b"search a.local\noptions ndots:1\n", "NXDOMAIN"),  # enough dots: not tried first by this resolver
        (b"search c.local\noptions ndots:5\n", "NXDOMAIN"),  # another list
        (b"search a.local\noptions ndots:5\n", "NOERROR"),  # the list was right
    ],
)
def test_other_configurations_are_no_finding(text: bytes, first: str) -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    read_configuration(scene, ASK, text)
    look_up(scene, "web.example.a.local", first, 1)
    look_up(scene, "web.example", "NOERROR", 2)

    assert found(scene.store, "search-list") == []


def test_what_another_process_read_does_not_count() -> None:
    scene = Scene({ASK: "ask", SERVE: "serve"}, snap=200)
    read_configuration(scene, SERVE, b"search a.local\noptions ndots:5\n")
    look_up(scene, "web.example.a.local", "NXDOMAIN", 1)
    look_up(scene, "web.example", "NOERROR", 2)

    assert found(scene.store, "search-list") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", ((), 1)),
        (b"search A.x. b.y # c\noptions timeout:1 ndots:5", (("a.x", "b.y"), 5)),
        (b"domain one.x two.x\n", (("one.x",), 1)),
        (b"search a\nsearch b\noptions ndots:99 ndots:x\n;search c", (("b",), 15)),
        (b"search\noptions\n\xff\xfe ndots:2", ((), 1)),
    ],
)
def test_reading_the_configuration(text: bytes, expected: tuple[tuple[str, ...], int]) -> None:
    assert parse(text) == expected


def test_messages_are_read_once() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    look_up(scene, "web.example", "NOERROR", 1)
    case = Case(scene.store)

    assert case.messages is Case(scene.store).messages


def test_failures_are_told_by_name_to_the_one_who_heard_them() -> None:
    scene = Scene({ASK: "ask", SERVE: "serve"}, snap=200)
    udp(scene, ASK, 3, (HERE, THERE))
    udp(scene, SERVE, 4, (THERE, HERE))
    for number, qtype in ((1, "A"), (2, "AAAA")):
        scene.send(ASK, 3, query("web.example", number, qtype))
        scene.receive(SERVE, 4, query("web.example", number, qtype), (HERE, THERE))
        scene.wait(SECOND)
        scene.send(SERVE, 4, reply("web.example", number, "SERVFAIL", qtype), (THERE, HERE))
        scene.receive(ASK, 3, reply("web.example", number, "SERVFAIL", qtype))
    (one,) = findings_of(scene.store)

    assert (one.rule, one.row) == ("dns-failed", one.evidence[0])
    assert one.sentence == "10.0.0.2:53 answered SERVFAIL to DNS A and AAAA web.example twice"
    assert scene.store.threads.comm[scene.store.thread[one.row]] == "ask"
    assert len(one.all_rows()) == 4
    assert one.lost // SECOND == 2


def test_where_nobody_hears_it_the_server_tells() -> None:
    scene = Scene({SERVE: "serve"}, snap=200)
    udp(scene, SERVE, 4, (THERE, HERE))
    scene.receive(SERVE, 4, query("web.example"), (HERE, THERE))
    scene.send(SERVE, 4, reply("web.example"), (THERE, HERE))
    (one,) = findings_of(scene.store)

    assert one.sentence == "answered NXDOMAIN to DNS A web.example once"
    assert one.lost == 0
