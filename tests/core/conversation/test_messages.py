"""Messages of made captures: of many events, paired, cut by the snap length, on all kinds of ends."""

from __future__ import annotations

import pytest

from core.trail.scene import Scene, ip
from hopscope.capture.lists import DescriptorEntry
from hopscope.conversation import Messages, messages_of
from hopscope.conversation.messages import KINDS, PROTOCOLS

CLIENT, SERVER = 10, 20
HERE, THERE = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
ENDS = (HERE, THERE)


def connected(scene: Scene) -> None:
    scene.socket(CLIENT, 3)
    scene.connect(CLIENT, 3, ENDS)
    scene.accept(SERVER, 5, ENDS)


def made(snap: int = 4096) -> Scene:
    scene = Scene({CLIENT: "ask", SERVER: "say"}, snap=snap)
    connected(scene)
    return scene


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: web\r\n\r\n".encode()


def answer(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def sentences(messages: Messages) -> list[tuple[str, str]]:
    """Who and what of every exchange."""
    store = messages.store
    return [
        (store.threads.comm[store.thread[messages.row(one)]], messages.sentence(one))
        for one in messages.exchanges().tolist()
    ]


def numbers(messages: Messages, one: int) -> list[int]:
    found: list[int] = messages.store.number[messages.rows(one)].tolist()
    return found


def test_both_ends_see_the_exchange() -> None:
    scene = made()
    asked = scene.send(CLIENT, 3, get("/a"))
    heard = scene.receive(SERVER, 5, get("/a"))
    said = scene.send(SERVER, 5, answer(b"hello"))
    got = scene.receive(CLIENT, 3, answer(b"hello"))
    messages = messages_of(scene.store)

    assert sentences(messages) == [("ask", "GET /a -> 200 OK"), ("say", "GET /a -> 200 OK")]
    first, second = messages.exchanges().tolist()
    assert (numbers(messages, first), numbers(messages, messages.partner[first])) == ([asked], [got])
    assert (numbers(messages, second), numbers(messages, messages.partner[second])) == ([heard], [said])
    time = scene.store.time
    assert messages.latency[first] == time[got - 1] - time[asked - 1]


def test_a_message_of_many_events_and_an_event_of_many_messages() -> None:
    scene = made()
    whole = answer(b"x" * 100)
    scene.send(CLIENT, 3, get("/1") + get("/2"))
    parts = [
        scene.receive(CLIENT, 3, whole[:50]),
        scene.receive(CLIENT, 3, whole[50:] + answer(b"y")[:10]),
        scene.receive(CLIENT, 3, answer(b"y")[10:]),
    ]
    messages = messages_of(scene.store)

    assert sentences(messages) == [("ask", "GET /1 -> 200 OK"), ("ask", "GET /2 -> 200 OK")]
    one, two = messages.exchanges().tolist()
    assert numbers(messages, one) == numbers(messages, two)
    assert (messages.start[two], messages.stop[two]) == (len(get("/1")), 2 * len(get("/1")))
    assert numbers(messages, int(messages.partner[one])) == parts[:2]
    assert numbers(messages, int(messages.partner[two])) == parts[1:]


@pytest.mark.parametrize("snap", [40, 80])
def test_sizes_are_counted_where_the_bytes_are_cut(snap: int) -> None:
    scene = made(snap)
    for i in range(3):
        scene.send(CLIENT, 3, get(f"/{i}"))
        scene.receive(CLIENT, 3, answer(b"x" * 5000))
        scene.receive(CLIENT, 3, b"")
    messages = messages_of(scene.store)

    assert sentences(messages) == [("ask", f"GET /{i} -> 200 OK") for i in range(3)]
    answers = [int(messages.partner[one]) for one in messages.exchanges()]
    size = len(answer(b"x" * 5000))
    assert [int(messages.start[one]) for one in answers] == [0, size, 2 * size]


def test_the_messages_of_an_event() -> None:
    scene = made()
    asked = scene.send(CLIENT, 3, get("/1") + get("/2"))
    whole = answer(b"x" * 100)
    middle = [scene.receive(CLIENT, 3, part) for part in (whole[:20], whole[20:60], whole[60:])][1]
    messages = messages_of(scene.store)
    row = scene.store.row_of

    assert messages.of_row(row(asked)) == messages.of_row(row(asked) - 1) == messages.exchanges().tolist()
    assert messages.of_row(row(middle)) == [int(messages.partner[0])]
    assert messages.of_row(0) == []


def test_gaps_are_shown_where_they_are() -> None:
    scene = made(80)
    scene.send(CLIENT, 3, get("/"))
    scene.receive(CLIENT, 3, answer(b"x" * 100))
    scene.receive(CLIENT, 3, b"")
    messages = messages_of(scene.store)
    said = int(messages.partner[messages.exchanges()[0]])

    pieces = messages.pieces(said)
    assert [(one.start, one.size, one.data is None) for one in pieces] == [(0, 80, False), (80, 60, True)]
    assert [part.title for part in messages.parts(said)][-1] == "60 bytes from byte 80 that were not recorded"


def test_sendfile_counts_though_its_bytes_are_never_recorded() -> None:
    scene = made()
    scene.receive(SERVER, 5, get("/"))
    scene.send(SERVER, 5, answer(b"x" * 500)[:-500], name="writev")
    scene.call("sendfile", SERVER, out_fd=5, in_fd=9, offset=0, size=500, res=500)
    scene.receive(SERVER, 5, get("/2"))
    scene.send(SERVER, 5, answer(b"ok"))
    messages = messages_of(scene.store)

    assert sentences(messages) == [("say", "GET / -> 200 OK"), ("say", "GET /2 -> 200 OK")]
    first, second = (int(messages.partner[one]) for one in messages.exchanges())
    assert messages.stop[first] == messages.start[second] == len(answer(b"x" * 500))
    assert len(numbers(messages, first)) == 2


def test_a_lost_answer_does_not_shift_the_others() -> None:
    scene = made(20)
    for i in range(3):
        scene.send(CLIENT, 3, get(f"/{i}"))
        if i == 1:
            scene.receive(CLIENT, 3, b"\0" * 200)
        else:
            scene.receive(CLIENT, 3, answer(b"x" * 300))
    messages = messages_of(scene.store)

    assert sentences(messages) == [
        ("ask", "GET /0 -> 200 OK"),
        ("ask", "GET /1 -> no answer"),
        ("ask", "GET /2 -> 200 OK"),
    ]


def test_the_rest_of_a_body_that_was_lost_is_not_taken_for_an_answer() -> None:
    scene = made(60)
    scene.send(CLIENT, 3, get("/1"))
    scene.receive(
        CLIENT, 3, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" + bytes(500)
    )
    scene.send(CLIENT, 3, get("/2"))
    scene.receive(CLIENT, 3, b"z" * 50)
    scene.receive(CLIENT, 3, answer(b"y", "404 Not Found"))
    messages = messages_of(scene.store)

    assert sentences(messages) == [("ask", "GET /1 -> 200 OK"), ("ask", "GET /2 -> 404 Not Found")]


def test_dns_on_a_socket_that_talks_to_many() -> None:
    scene = Scene({CLIENT: "ask", SERVER: "say"})
    scene.socket(SERVER, 5, kind=2)
    scene.call("bind", SERVER, fd=5, res=0, addr=ip("10.0.0.2", 53))
    server, one, two = ip("10.0.0.2", 53), ip("10.0.0.1", 1111), ip("10.0.0.3", 2222)
    scene.receive(SERVER, 5, dns(7, "a.example"), (one, server))
    scene.receive(SERVER, 5, dns(7, "a.example"), (two, server))
    scene.send(SERVER, 5, dns(7, "a.example", failed=True), (server, two))
    scene.send(SERVER, 5, dns(7, "a.example", failed=True), (server, one))
    messages = messages_of(scene.store)

    assert sentences(messages) == [("say", "DNS A a.example -> NXDOMAIN")] * 2
    first, second = messages.exchanges().tolist()
    assert messages.partner[first] > messages.partner[second]
    assert messages.repeats[second] == -1


def test_a_query_that_is_repeated_shares_the_answer() -> None:
    scene = Scene({CLIENT: "ask"})
    scene.socket(CLIENT, 3, kind=2)
    scene.connect(CLIENT, 3, (HERE, ip("8.8.8.8", 53)))
    scene.send(CLIENT, 3, dns(7, "a.example"))
    scene.send(CLIENT, 3, dns(7, "a.example"))
    scene.send(CLIENT, 3, dns(8, "a.example"))
    scene.receive(CLIENT, 3, dns(7, "a.example", failed=True))
    messages = messages_of(scene.store)

    told = [messages.sentence(one) for one in messages.exchanges()]
    assert told == ["DNS A a.example -> NXDOMAIN"] * 2 + ["DNS A a.example -> no answer"]
    assert messages.repeats.tolist()[:3] == [-1, 0, -1]
    assert messages.partner[3] == 0
    assert messages.latency[0] > messages.latency[1] > 0


def test_dns_over_tcp_after_its_length() -> None:
    scene = made()
    for query in (dns(1, "a.example"), dns(2, "b.example")):
        scene.send(CLIENT, 3, len(query).to_bytes(2, "big") + query)
    said = dns(2, "b.example", failed=True)
    scene.receive(CLIENT, 3, len(said).to_bytes(2, "big"))
    scene.receive(CLIENT, 3, said)
    messages = messages_of(scene.store)

    assert [messages.sentence(one) for one in messages.exchanges()] == [
        "DNS A a.example -> no answer",
        "DNS A b.example -> NXDOMAIN",
    ]


def test_a_length_that_is_read_alone_belongs_to_what_follows() -> None:
    scene = made()
    query, said = dns(1, "a.example"), dns(1, "a.example", failed=True)
    first = scene.receive(SERVER, 5, len(query).to_bytes(2, "big"))
    second = scene.receive(SERVER, 5, query)
    scene.send(SERVER, 5, len(said).to_bytes(2, "big") + said)
    messages = messages_of(scene.store)

    assert [messages.sentence(one) for one in messages.exchanges()] == ["DNS A a.example -> NXDOMAIN"]
    assert numbers(messages, 0) == [first, second]


def test_a_connection_that_goes_over_to_tls() -> None:
    scene = made()
    scene.send(CLIENT, 3, b"\0\0\0\x08\x04\xd2\x16\x2f")
    scene.receive(CLIENT, 3, b"S")
    scene.send(CLIENT, 3, b"\x16\x03\x01\x00\x2a\x01\x00\x00\x26\x03\x03" + bytes(36))
    scene.send(CLIENT, 3, b"\x17\x03\x03\x00\x64" + bytes(100))
    messages = messages_of(scene.store)

    assert [PROTOCOLS[one] for one in messages.protocol] == ["postgresql", "postgresql", "tls", "tls"]
    assert messages.sentence(0) == "PostgreSQL ask for TLS -> yes"


def test_a_connection_that_was_open_before_the_capture_is_read_from_its_next_message() -> None:
    scene = Scene({CLIENT: "ask"})
    scene.open_before(CLIENT, [DescriptorEntry(3, 7, 3, "", HERE, THERE, 2)])
    scene.receive(CLIENT, 3, b"rest of a body")
    scene.send(CLIENT, 3, get("/next"))
    messages = messages_of(scene.store)

    assert [messages.sentence(one) for one in messages.exchanges()] == ["GET /next -> no answer"]


def test_logs_in_files_and_pipes_are_notes() -> None:
    scene = Scene({CLIENT: "app", SERVER: "collector"})
    scene.call("open", CLIENT, fd=4, name="/var/log/app.json", flags=4 | 8)
    scene.write(CLIENT, 4, b'{"level":"error","msg":"no disk"}\n{"level":"info","msg":"bye"}\n')
    scene.write(CLIENT, 4, b"not of that kind\n")
    messages = messages_of(scene.store)

    assert [KINDS[one] for one in messages.kind] == ["note", "note"]
    assert [messages.sentence(one) for one in messages.exchanges()] == ["JSON error no disk", "JSON info bye"]
    assert messages.failed.tolist() == [True, False]


def test_a_filter_chooses_exchanges_by_any_event_of_them() -> None:
    scene = made()
    scene.send(CLIENT, 3, get("/a"))
    parts = [scene.receive(CLIENT, 3, part) for part in (answer(b"xyz")[:20], answer(b"xyz")[20:40], b"yz")]
    messages = messages_of(scene.store)

    for number in parts:
        mask = scene.store.number == number
        assert len(messages.exchanges(mask)) == 1
    assert len(messages.exchanges(scene.store.number == 1)) == 0


def test_nothing_is_read_of_what_looks_like_no_protocol() -> None:
    scene = made()
    for _ in range(20):
        scene.send(CLIENT, 3, bytes(range(1, 80)))
    scene.send(CLIENT, 3, get("/late"))

    assert len(messages_of(scene.store)) == 0


def dns(identifier: int, name: str, *, failed: bool = False) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    flags = b"\x81\x83" if failed else b"\x01\x00"
    return identifier.to_bytes(2, "big") + flags + b"\0\1" + bytes(6) + labels + b"\0\0\1\0\1"
