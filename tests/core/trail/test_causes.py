"""Causes and effects inside a process, on made captures."""

from __future__ import annotations

import pytest

from core.trail.scene import IPV4_ENTRY, TCP_ENTRY, Scene, ip
from hopscope.capture.lists import DescriptorEntry

both_layouts = pytest.mark.parametrize("layout", ["sysdig", "newest"])

LISTENING = 5
CLIENTS = [ip("10.0.0.7", 40000 + i) for i in range(8)]
HERE = ip("10.0.0.9", 8000)
BEHIND = ip("10.0.0.20", 5432)


def server(threads: int = 0, layout: str = "sysdig", clients: int = 2) -> Scene:
    """Process 20 serves ``clients`` connections as 5, 6 … and has one to another server as 4."""
    scene = Scene({20: "server"}, layout, threads={20 + i: 20 for i in range(1, threads + 1)})  # type: ignore[arg-type]
    entries = [DescriptorEntry(3, 0, LISTENING, source=HERE, l4=TCP_ENTRY)]
    entries += [
        DescriptorEntry(5 + i, 0, IPV4_ENTRY, source=HERE, destination=CLIENTS[i], l4=TCP_ENTRY)
        for i in range(clients)
    ]
    entries.append(
        DescriptorEntry(4, 0, IPV4_ENTRY, source=ip("10.0.0.9", 33333), destination=BEHIND, l4=TCP_ENTRY)
    )
    scene.open_before(20, entries)
    return scene


def get(path: str, host: str = "shop.test") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@both_layouts
def test_a_server_answers_what_it_received(layout: str) -> None:
    scene = server(layout=layout)
    asked = scene.read(20, 5, get("/"))
    answered = scene.write(20, 5, OK)
    logged = scene.call("write", 20, fd=2, size=20, res=20, data=b"10.0.0.7 GET / 200  ")
    assert scene.effect(asked) == answered
    assert scene.cause(answered) == asked
    assert logged not in (scene.effect(asked), None)


@both_layouts
def test_a_server_that_asks_another_is_followed_through_it(layout: str) -> None:
    scene = server(layout=layout)
    asked = scene.read(20, 5, get("/order/4711"))
    inner = scene.write(20, 4, b"select price from goods where order = 4711;")
    scene.wait(3_000_000)
    result = scene.read(20, 4, b"price: 12.50, order: 4711")
    answered = scene.write(20, 5, OK)
    assert scene.effect(asked) == inner
    assert scene.cause(inner) == asked
    assert scene.effect(inner) == result
    assert scene.cause(result) == inner
    assert scene.effect(result) == answered
    assert scene.cause(answered) == result
    by_way = next(one for one in scene.effects(asked) if one.number == answered)
    assert f"by way of the question {inner} and its answer {result}" in by_way.evidence
    nested = scene.causes(answered)[0].evidence
    assert f"answers {asked}, for which {inner} had asked" in nested


@both_layouts
def test_content_tells_requests_apart_that_are_served_together(layout: str) -> None:
    scene = server(threads=2, layout=layout)
    paths = ["/customer/alpha-one/basket", "/customer/bravo-two/basket"]
    asked = [scene.read(20, 5 + i, get(path)) for i, path in enumerate(paths)]
    # A third thread asks for both, in the other order.
    inner = {}
    for i in (1, 0):
        inner[i] = scene.write(22, 4, f"load {paths[i]} now".encode())
    for i in (0, 1):
        assert scene.effect(asked[i]) == inner[i]
        assert scene.cause(inner[i]) == asked[i]


def test_work_is_followed_to_a_thread_that_was_woken() -> None:
    """Two threads read requests that say nothing; each wakes a worker of its own."""
    scene = server(threads=4)
    scene.futex(23, 0x3000, 0, ">")
    scene.futex(24, 0x4000, 0, ">")
    asked = {21: scene.read(21, 5, b"\x01\x02\x03\x04"), 22: scene.read(22, 6, b"\x05\x06\x07\x08")}
    for waker, worker, address in ((22, 24, 0x4000), (21, 23, 0x3000)):
        scene.futex(waker, address, 1, ">")
        scene.futex(waker, address, 1, "<", res=1)
        scene.futex(worker, address, 0, "<")
    sent = {21: scene.write(23, 4, b"abcd"), 22: scene.write(24, 4, b"efgh")}
    for reader in (21, 22):
        words = next(one for one in scene.effects(asked[reader]) if one.number == sent[reader]).evidence
        assert "its thread was woken by the one that received" in words
    other = next(one for one in scene.effects(asked[21]) if one.number == sent[22]).evidence
    assert "its thread was woken by the one that received" not in other


def test_a_worker_is_followed_over_a_pipe_and_a_new_thread() -> None:
    scene = server(threads=2)
    scene.pipe(20, 8, 9, 99)
    asked = scene.read(20, 5, b"\x01\x02\x03\x04")
    scene.write(20, 9, b"!")
    scene.read(21, 8, b"!")
    sent = scene.write(21, 4, b"zzzz")
    words = next(one for one in scene.effects(asked) if one.number == sent).evidence
    assert "its thread was woken by the one that received" in words


@both_layouts
def test_a_connection_is_opened_because_of_an_answer(layout: str) -> None:
    scene = server(layout=layout)
    scene.socket(20, 7, kind=2)
    ends = (ip("10.0.0.9", 41000), ip("10.0.0.2", 53))
    scene.connect(20, 7, ends)
    question = scene.send(20, 7, dns(7), ends)
    answer = scene.receive(20, 7, dns(7, address=bytes([10, 3, 0, 214])), (ends[1], ends[0]))
    scene.socket(20, 9)
    opened = scene.connect(20, 9, (ip("10.0.0.9", 42000), ip("10.3.0.214", 80)))
    assert scene.effect(question) == answer
    assert scene.cause(answer) == question
    assert scene.effect(answer) == opened
    assert scene.cause(opened) == answer
    assert scene.causes(opened)[0].evidence[0] == "the answer gave the address 10.3.0.214 for web.test"


def dns(identifier: int, address: bytes = b"", failed: bool = False) -> bytes:
    flags = 0x8183 if failed else 0x8180 if address else 0x0100
    head = [identifier, flags, 1, 1 if address else 0, 0, 0]
    question = b"\x03web\x04test\x00\x00\x01\x00\x01"
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04" + address if address else b""
    return b"".join(value.to_bytes(2, "big") for value in head) + question + record


@both_layouts
def test_a_question_without_an_answer_is_given_up_and_asked_again(layout: str) -> None:
    scene = server(layout=layout)
    calls = []
    for port in (41000, 41001):
        scene.socket(20, 7, kind=2)
        ends = (ip("10.0.0.9", port), ip("8.8.8.8", 53))
        scene.connect(20, 7, ends)
        asked = scene.send(20, 7, dns(9), ends)
        scene.wait(4_000_000_000)
        calls.append((asked, scene.close(20, 7)))
    (first, closed), (again, _) = calls
    assert scene.effect(first) == again
    assert scene.cause(again) == first
    assert "no answer came, the same 26 bytes are sent again 4.0 s later" in scene.effects(first)[0].evidence
    assert closed in {one.number for one in scene.effects(first)}
    assert scene.cause(closed) == first
    assert scene.effect(closed) == again


def test_answers_to_parallel_questions_are_told_apart_by_their_numbers() -> None:
    scene = server()
    scene.socket(20, 7, kind=2)
    ends = (ip("10.0.0.9", 41000), ip("10.0.0.2", 53))
    scene.connect(20, 7, ends)
    questions = [scene.send(20, 7, dns(number), ends) for number in (1, 2, 3)]
    answers = [
        scene.receive(20, 7, dns(number, address=bytes([10, 3, 0, number])), (ends[1], ends[0]))
        for number in (3, 1, 2)
    ]
    order = [answers[1], answers[2], answers[0]]
    assert [scene.effect(question) for question in questions] == order
    assert [scene.cause(answer) for answer in order] == questions


def test_a_later_question_on_the_connection_is_no_answer() -> None:
    """What a server receives after its answer is the client's next request and not caused by it."""
    scene = server()
    scene.read(20, 5, get("/"))
    answered = scene.write(20, 5, OK)
    scene.read(20, 5, get("/next"))
    assert all(one.score < 0.4 for one in scene.effects(answered))


def test_messages_of_other_processes_are_no_candidates() -> None:
    scene = Scene({10: "one", 20: "other"})
    for tid in (10, 20):
        scene.pipe(tid, 3, 4, 100 + tid)
    got = scene.read(10, 3, b"the very same words")
    sent = scene.write(20, 4, b"the very same words")
    assert sent not in {one.number for one in scene.effects(got)}
    assert got not in {one.number for one in scene.causes(sent)}


def test_the_end_of_a_stream_leads_to_its_close_and_to_nothing_else() -> None:
    scene = server()
    scene.read(20, 5, get("/"))
    scene.write(20, 5, OK)
    end = scene.read(20, 5, b"")
    closed = scene.close(20, 5)
    other = scene.read(20, 6, get("/other"))
    scene.write(20, 6, OK)
    unrelated = scene.close(20, 6)
    assert [one.number for one in scene.effects(end)] == [closed]
    assert [one.number for one in scene.causes(closed)] == [end]
    assert end not in {one.number for one in scene.causes(unrelated)}
    assert scene.effects(other)


def opened_file(scene: Scene, fd: int, path: str) -> None:
    scene.recording.event("open", ">", 20)
    scene.recording.event("open", "<", 20, fd=fd, name=path, flags=1, mode=0)


def test_programs_and_libraries_that_the_loader_reads_explain_no_message() -> None:
    scene = server()
    opened_file(scene, 8, "/lib/libc.so.6")
    code = scene.read(20, 8, b"\x7fELF\x02\x01\x01" + bytes(60))
    opened_file(scene, 9, "/etc/app.conf")
    settings = scene.read(20, 9, b"colour = green")
    asked = scene.write(20, 4, b"select 1;")
    again = scene.write(20, 4, b"select 2;")
    assert [one.number for one in scene.causes(asked)] == [settings]
    assert scene.causes(again) == [] or settings not in {one.number for one in scene.causes(again)}
    assert code not in {one.number for one in scene.causes(asked)}


@both_layouts
def test_the_files_of_the_resolver_explain_a_query(layout: str) -> None:
    scene = server(layout=layout)
    opened_file(scene, 8, "/etc/hosts")
    hosts = scene.read(20, 8, b"127.0.0.1 localhost")
    opened_file(scene, 9, "/etc/resolv.conf")
    servers = scene.read(20, 9, b"nameserver 10.0.0.2\nsearch shop.test\n")
    scene.socket(20, 7, kind=2)
    ends = (ip("10.0.0.9", 41000), ip("10.0.0.2", 53))
    scene.connect(20, 7, ends)
    question = scene.send(20, 7, dns(7), ends)
    found = scene.causes(question)
    assert [one.number for one in found[:2]] == [servers, hosts]
    assert "/etc/resolv.conf names the address 10.0.0.2" in found[0].evidence
    assert scene.effect(servers) == question


def test_a_thread_that_waited_for_two_answers_goes_on_because_of_both() -> None:
    scene = server()
    scene.socket(20, 7, kind=2)
    ends = (ip("10.0.0.9", 41000), ip("10.0.0.2", 53))
    scene.connect(20, 7, ends)
    for number in (1, 2):
        scene.send(20, 7, dns(number), ends)
    answers = [scene.receive(20, 7, dns(number, failed=True), (ends[1], ends[0])) for number in (1, 2)]
    scene.socket(20, 9, kind=2)
    following = (ip("10.0.0.9", 41001), ip("10.0.0.2", 53))
    scene.connect(20, 9, following)
    again = scene.send(20, 9, dns(3).replace(b"\x04test", b"\x04home"), following)
    assert [scene.effect(answer) for answer in answers] == [again, again]
    assert {one.number for one in scene.causes(again)} == set(answers)
