"""The other end, for each way in which two processes can talk, on made captures of both layouts."""

from __future__ import annotations

import pytest

from core.trail.scene import (
    IPV4_ENTRY,
    PIPE_ENTRY,
    TCP_ENTRY,
    UDP_ENTRY,
    UNIX_ENTRY,
    Address,
    Scene,
    ip,
    mapped,
)
from hopscope.capture.lists import DescriptorEntry
from hopscope.decode.capture_writer import Layout
from hopscope.trail import absence

CLIENT = ip("10.0.0.7", 40000)
SERVER = ip("10.0.0.9", 80)
SERVICE = ip("10.96.0.1", 80)

both_layouts = pytest.mark.parametrize("layout", ["sysdig", "newest"])


def reverse(ends: tuple[Address, Address]) -> tuple[Address, Address]:
    return ends[1], ends[0]


def connected(
    layout: Layout = "sysdig",
    seen_by_client: tuple[Address, Address] = (CLIENT, SERVER),
    seen_by_server: tuple[Address, Address] = (CLIENT, SERVER),
    snap: int = 80,
) -> tuple[Scene, int, int]:
    """Process 10 connects its descriptor 3 to process 20, which accepts it as 5."""
    scene = Scene({10: "client", 20: "server", 30: "other"}, layout, snap=snap)
    scene.socket(10, 3)
    asked = scene.connect(10, 3, seen_by_client)
    accepted = scene.accept(20, 5, seen_by_server)
    return scene, asked, accepted


# --- TCP -----------------------------------------------------------------------------------------


@both_layouts
@pytest.mark.parametrize(
    ("seen_by_client", "seen_by_server"),
    [
        pytest.param((CLIENT, SERVER), (CLIENT, SERVER), id="direct"),
        pytest.param((CLIENT, SERVICE), (CLIENT, SERVER), id="service address translated"),
        pytest.param((CLIENT, SERVICE), (CLIENT, ip("10.0.0.9", 8080)), id="service port translated"),
        pytest.param((CLIENT, SERVER), (ip("10.0.0.1", 40000), SERVER), id="client address translated"),
        pytest.param(
            (CLIENT, SERVER), (mapped(CLIENT), mapped(SERVER)), id="IPv4 on an IPv6 socket of the server"
        ),
        pytest.param((mapped(CLIENT), mapped(SERVER)), (CLIENT, SERVER), id="IPv4 on an IPv6 socket"),
    ],
)
def test_a_tcp_connection_joins_its_two_ends(
    layout: Layout, seen_by_client: tuple[Address, Address], seen_by_server: tuple[Address, Address]
) -> None:
    scene, asked, accepted = connected(layout, seen_by_client, seen_by_server)
    sent = scene.send(10, 3, b"a question", seen_by_client)
    got = scene.receive(20, 5, b"a question", seen_by_server)
    head = scene.call("writev", 20, fd=5, size=6, res=6, data=b"header")
    body = scene.call("sendfile", 20, out_fd=5, in_fd=9, offset=0, size=94, res=94)
    answer = scene.receive(10, 3, b"header" + bytes(94), reverse(seen_by_client))
    assert scene.peer(asked) == accepted
    assert scene.peer(accepted) == asked
    assert scene.peer(sent) == got
    assert scene.peer(got) == sent
    assert scene.peer(head) == scene.peer(body) == answer
    assert [one.number for one in scene.peers(answer)] == [head, body]


@both_layouts
def test_both_ends_translated_are_recognised_by_their_bytes(layout: Layout) -> None:
    scene, _, _ = connected(layout, (CLIENT, SERVICE), (ip("10.0.0.1", 51515), ip("10.0.0.9", 8080)))
    data = b"GET /only/here HTTP/1.1\r\n\r\n"
    sent = scene.write(10, 3, data)
    got = scene.read(20, 5, data)
    assert scene.peer(sent) == got
    assert scene.peer(got) == sent
    assert "no address is equal: both ends were translated" in scene.peers(sent)[0].evidence


def test_two_clients_of_one_server_are_kept_apart() -> None:
    scene = Scene({10: "one", 11: "two", 20: "server"})
    ends = {10: (ip("10.0.0.7", 40000), SERVICE), 11: (ip("10.0.0.8", 40000), SERVICE)}
    for tid, seen in ends.items():
        scene.socket(tid, 3)
        scene.connect(tid, 3, seen)
    for fd, tid in ((5, 11), (6, 10)):
        scene.accept(20, fd, (ends[tid][0], SERVER))
    sent = {tid: scene.send(tid, 3, b"the same question", seen) for tid, seen in ends.items()}
    first = scene.receive(20, 5, b"the same question")
    second = scene.receive(20, 6, b"the same question")
    assert [one.number for one in scene.peers(sent[11])] == [first]
    assert [one.number for one in scene.peers(sent[10])] == [second]


def test_ends_of_one_process_are_kept_apart() -> None:
    scene = Scene({10: "both"})
    ends = (ip("127.0.0.1", 40000), ip("127.0.0.1", 80))
    scene.socket(10, 3)
    asked = scene.connect(10, 3, ends)
    accepted = scene.accept(10, 5, ends)
    sent = scene.send(10, 3, b"to myself")
    got = scene.receive(10, 5, b"to myself")
    back = scene.send(10, 5, b"and back")
    got_back = scene.receive(10, 3, b"and back")
    assert scene.peer(asked) == accepted
    assert scene.peer(sent) == got
    assert scene.peer(back) == got_back


def test_a_port_that_is_used_again_is_another_connection() -> None:
    scene = Scene({10: "client", 20: "server"})
    pairs = []
    for fd in (5, 6, 7):
        scene.socket(10, 3)
        asked = scene.connect(10, 3, (CLIENT, SERVER))
        accepted = scene.accept(20, fd, (CLIENT, SERVER))
        sent = scene.send(10, 3, b"ping")
        got = scene.receive(20, fd, b"ping")
        scene.close(10, 3)
        scene.close(20, fd)
        pairs += [(asked, accepted), (sent, got)]
    for one, other in pairs:
        assert scene.peer(one) == other
        assert scene.peer(other) == one


def entry(fd: int, source: Address, destination: Address | None, kind: int = IPV4_ENTRY) -> DescriptorEntry:
    return DescriptorEntry(fd, 0, kind, source=source, destination=destination, l4=TCP_ENTRY)


def test_a_connection_from_before_the_capture_is_aligned_by_its_bytes() -> None:
    scene = Scene({10: "client", 20: "server"})
    scene.open_before(10, [entry(3, CLIENT, SERVER)])
    scene.open_before(20, [entry(5, SERVER, CLIENT), entry(4, SERVER, None, kind=5)])
    questions = [b"question number %d of the stream" % i for i in range(6)]
    # What was sent before the capture began is received in it.
    scene.read(20, 5, b"the end of something older, sent before")
    pairs = [(scene.write(10, 3, one), scene.read(20, 5, one)) for one in questions]
    for sent, got in pairs:
        assert scene.peer(sent) == got
        assert scene.peer(got) == sent


def test_exits_alone_may_come_in_the_wrong_order() -> None:
    scene, _, _ = connected("newest")
    got = scene.receive(20, 5, b"received before the sender returned")
    sent = scene.send(10, 3, b"received before the sender returned")
    assert scene.peer(got) == sent
    assert scene.peer(sent) == got


def test_what_nobody_received_has_no_peer() -> None:
    scene = Scene({10: "client"})
    scene.socket(10, 3)
    asked = scene.connect(10, 3, (CLIENT, SERVER))
    sent = scene.send(10, 3, b"into the void")
    failed = scene.call("read", 10, fd=3, size=10, res=-11)
    for number in (asked, sent):
        assert scene.peers(number) == []
        said = absence(scene.store, scene.store.row_of(number))
        assert said.startswith("the other end 10.0.0.9:80 belongs to no process of the capture")
    assert scene.peers(failed) == []
    assert absence(scene.store, scene.store.row_of(failed)) == "the read failed, so nothing moved"


@both_layouts
def test_the_end_of_a_stream_leads_to_who_closed_it(layout: Layout) -> None:
    scene, _, _ = connected(layout)
    closed = scene.close(10, 3)
    end = scene.receive(20, 5, b"")
    assert scene.peer(end) == closed
    assert scene.peer(closed) == end


def test_an_enter_event_stands_for_its_exit() -> None:
    scene, _, _ = connected()
    sent = scene.send(10, 3, b"bytes")
    got = scene.receive(20, 5, b"bytes")
    assert scene.peer(sent - 1) == got
    assert scene.peer(got - 1) == sent


# --- pipes and unix sockets ----------------------------------------------------------------------


@both_layouts
def test_a_pipe_reaches_through_fork_and_dup(layout: Layout) -> None:
    scene = Scene({10: "sh"}, layout)
    scene.pipe(10, 3, 4, 777)
    scene.fork(10, 11, "sh")
    scene.call("dup", 11, fd=4, oldfd=4, res=1)
    scene.close(10, 4)
    first = scene.write(11, 1, b"one line\n")
    second = scene.write(11, 4, b"another line\n")
    got = scene.read(10, 3, b"one line\nanother line\n")
    assert [one.number for one in scene.peers(got)] == [first, second]
    assert scene.peer(first) == scene.peer(second) == got


def test_a_pipe_from_before_is_joined_by_its_inode() -> None:
    scene = Scene({10: "logger", 20: "reader", 30: "stranger"})
    for tid, fd, inode in ((10, 1, 4711), (20, 9, 4711), (30, 9, 4712)):
        scene.open_before(tid, [DescriptorEntry(fd, inode, PIPE_ENTRY, f"pipe:[{inode}]")])
    sent = scene.write(10, 1, b"a line of the log")
    strange = scene.read(30, 9, b"a line of the log")
    got = scene.read(20, 9, b"a line of the log")
    assert scene.peer(sent) == got
    assert scene.peers(strange) == []


@both_layouts
def test_a_socketpair_is_its_own_other_end(layout: Layout) -> None:
    scene = Scene({10: "parent"}, layout)
    scene.call("socketpair", 10, res=0, fd1=3, fd2=4, source=0xAAA0, peer=0xBBB0, domain=1, type=1)
    scene.fork(10, 11, "child")
    sent = scene.write(10, 3, b"to the child")
    got = scene.read(11, 4, b"to the child")
    back = scene.write(11, 4, b"back")
    got_back = scene.read(10, 3, b"back")
    assert scene.peer(sent) == got
    assert scene.peer(back) == got_back


@both_layouts
def test_kernel_addresses_that_are_used_again_join_the_right_sockets(layout: Layout) -> None:
    scene = Scene({10: "client", 20: "server"}, layout)
    ends = (0xFFFF_8881_0000_1000, 0xFFFF_8881_0000_2000, "/run/x.sock")
    pairs = []
    for fd in (5, 6):
        scene.socket(10, 3, domain=1)
        asked = scene.connect(10, 3, ends)
        accepted = scene.accept(20, fd, ends)
        sent = scene.write(10, 3, b"hello")
        got = scene.read(20, fd, b"hello")
        scene.close(10, 3)
        scene.close(20, fd)
        pairs += [(asked, accepted), (sent, got)]
    for one, other in pairs:
        assert scene.peer(one) == other
        assert scene.peer(other) == one


def test_unix_sockets_whose_peer_is_not_recorded_are_paired_by_their_bytes() -> None:
    scene = Scene({10: "client", 20: "daemon", 30: "bystander"})
    for tid, fd, own in ((10, 3, 0x1000), (20, 7, 0x2000), (30, 7, 0x3000)):
        scene.open_before(tid, [DescriptorEntry(fd, 0, UNIX_ENTRY, unix_source=own)])
    questions = [scene.write(10, 3, b"GET /containers/%d" % i) for i in range(2)]
    got = [scene.read(20, 7, b"GET /containers/%d" % i) for i in range(2)]
    answer = scene.write(20, 7, b"x" * 5000)
    parts = [scene.read(10, 3, b"x" * 4096), scene.read(10, 3, b"x" * 904)]
    scene.write(30, 7, b"something else entirely")
    assert [scene.peer(number) for number in questions] == got
    assert {one.number for one in scene.peers(answer)} == set(parts)


@both_layouts
def test_an_eventfd_wakes_its_reader(layout: Layout) -> None:
    scene = Scene({10: "app"}, layout, threads={11: 10})
    scene.call("eventfd", 10, res=8, initval=0)
    one = scene.write(10, 8, (1).to_bytes(8, "little"))
    two = scene.write(10, 8, (1).to_bytes(8, "little"))
    woken = scene.read(11, 8, (2).to_bytes(8, "little"))
    assert scene.peer(one) == scene.peer(two) == woken
    assert {found.number for found in scene.peers(woken)} == {one, two}


@both_layouts
def test_splice_moves_bytes_from_a_pipe_to_a_socket(layout: Layout) -> None:
    scene, _, _ = connected(layout)
    scene.pipe(10, 6, 7, 888)
    filled = scene.write(10, 7, b"s" * 300)
    spliced = scene.call("splice", 10, fd_in=6, fd_out=3, size=300, res=300)
    got = scene.receive(20, 5, b"s" * 300)
    assert {one.number for one in scene.peers(spliced)} == {filled, got}
    assert scene.peer(filled) == spliced
    assert scene.peer(got) == spliced


# --- datagrams -----------------------------------------------------------------------------------


def bound_server(scene: Scene, tid: int = 20, fd: int = 6, port: int = 53) -> None:
    listening = DescriptorEntry(fd, 0, 5, source=(bytes(4), port), l4=UDP_ENTRY)
    scene.open_before(tid, [listening])


@both_layouts
def test_a_datagram_finds_the_server_that_is_bound_to_any_address(layout: Layout) -> None:
    scene = Scene({10: "one", 11: "two", 20: "server"}, layout)
    bound_server(scene)
    server = ip("10.0.0.9", 53)
    sent, got = {}, {}
    for tid in (10, 11):
        scene.socket(tid, 3, kind=2)
        scene.connect(tid, 3, (ip("10.0.0.7", 40000 + tid), server))
    for tid in (10, 11):
        sent[tid] = scene.send(tid, 3, b"the same datagram", (ip("10.0.0.7", 40000 + tid), server))
    for tid in (11, 10):
        ends = (ip("10.0.0.7", 40000 + tid), (bytes(4), 53))
        got[tid] = scene.receive(20, 6, b"the same datagram", ends, name="recvmsg")
    for tid in (10, 11):
        assert scene.peer(sent[tid]) == got[tid]
        assert scene.peer(got[tid]) == sent[tid]


def test_an_answer_through_a_service_address_finds_its_way_back() -> None:
    scene = Scene({10: "client", 20: "server"})
    bound_server(scene)
    client, service = ip("10.0.0.7", 40000), ip("10.96.0.10", 53)
    scene.socket(10, 3, kind=2)
    scene.connect(10, 3, (client, service))
    scene.send(10, 3, b"question", (client, service))
    scene.receive(20, 6, b"question", (client, (bytes(4), 53)))
    answered = scene.send(20, 6, b"an answer", ((bytes(4), 53), client), name="sendmsg")
    got = scene.receive(10, 3, b"an answer", (service, client))
    assert scene.peer(answered) == got
    assert scene.peer(got) == answered


def dns(identifier: int, name: bytes = b"\x03web\x04test\x00", answer: bool = False) -> bytes:
    flags = 0x8180 if answer else 0x0100
    head = b"".join(value.to_bytes(2, "big") for value in (identifier, flags, 1, 0, 0, 0))
    return head + name + b"\x00\x01\x00\x01"


@pytest.mark.parametrize("told", [True, False], ids=["client told", "client not told"])
def test_a_call_of_which_nothing_was_recorded_finds_its_datagrams(told: bool) -> None:
    """sendmmsg of older captures has no parameter; the answers tell which datagrams were its own."""
    scene = Scene({10: "one", 11: "two", 20: "server"})
    bound_server(scene)
    server = ip("10.0.0.9", 53)
    clients = {10: ip("10.0.0.7", 40010), 11: ip("10.0.0.7", 40011)}
    called = {}
    for tid, client in clients.items():
        scene.socket(tid, 3, kind=2)
        scene.connect(tid, 3, (client, server))
    for tid in clients:
        called[tid] = scene.call("sendmmsg", tid)
    got = {}
    for tid, identifiers in ((11, (1, 2)), (10, (3, 4))):
        for identifier in identifiers:
            source = clients[tid] if told else (bytes(4), 0)
            ends = (source, (bytes(4), 53))
            got[identifier] = scene.receive(20, 6, dns(identifier), ends, name="recvmsg")
            back = ((bytes(4), 53), clients[tid])
            scene.send(20, 6, dns(identifier, answer=True), back, name="sendmsg")
            scene.receive(tid, 3, dns(identifier, answer=True), (server, clients[tid]))
    # The server answered the first of each call before it received the second.
    assert [one.number for one in scene.peers(called[11])] == [got[1], got[2]]
    assert [one.number for one in scene.peers(called[10])] == [got[3], got[4]]
    assert scene.peer(got[1]) == scene.peer(got[2]) == called[11]
    assert scene.peer(got[3]) == scene.peer(got[4]) == called[10]


def test_of_datagrams_received_back_to_back_the_last_one_is_what_sets_the_server_to_work() -> None:
    scene = Scene({10: "client", 20: "server"})
    bound_server(scene)
    client, server = ip("10.0.0.7", 40000), ip("10.0.0.9", 53)
    scene.socket(10, 3, kind=2)
    scene.connect(10, 3, (client, server))
    called = scene.call("sendmmsg", 10)
    got = [scene.receive(20, 6, dns(i), (client, (bytes(4), 53)), name="recvmsg") for i in (1, 2)]
    for i in (1, 2):
        scene.send(20, 6, dns(i, answer=True), ((bytes(4), 53), client), name="sendmsg")
        scene.receive(10, 3, dns(i, answer=True), (server, client))
    found = scene.peers(called)
    assert [one.number for one in found] == [got[1], got[0]]
    words = f"datagram 1 of 2 of this call; the receiver went to work after {got[1]}"
    assert words in found[1].evidence


def test_connecting_a_datagram_socket_leads_to_what_was_first_sent_over_it() -> None:
    scene = Scene({10: "client", 20: "server"})
    bound_server(scene)
    client, server = ip("10.0.0.7", 40000), ip("10.0.0.9", 53)
    scene.socket(10, 3, kind=2)
    asked = scene.connect(10, 3, (client, server))
    scene.send(10, 3, b"question", (client, server))
    got = scene.receive(20, 6, b"question", (client, (bytes(4), 53)))
    assert scene.peer(asked) == got
    assert scene.peers(asked)[0].score < scene.peers(got)[0].score


def test_newer_captures_tell_each_datagram_of_a_call() -> None:
    scene = Scene({10: "client", 20: "server"}, "newest")
    bound_server(scene)
    client, server = ip("10.0.0.7", 40000), ip("10.0.0.9", 53)
    scene.socket(10, 3, kind=2)
    scene.connect(10, 3, (client, server))
    sent = [
        scene.event("sendmmsg", "<", 10, res=2, fd=3, size=26, data=dns(i), tuple=(client, server))
        for i in (1, 2)
    ]
    got = [
        scene.event("recvmmsg", "<", 20, res=2, fd=6, size=26, data=dns(i), tuple=(client, server))
        for i in (1, 2)
    ]
    assert [scene.peer(number) for number in sent] == got
    assert [scene.peer(number) for number in got] == sent


def test_a_call_entered_before_the_capture_is_on_what_its_thread_reads_next() -> None:
    scene = Scene({10: "logger", 20: "reader"})
    for tid, fd in ((10, 1), (20, 9)):
        scene.open_before(tid, [DescriptorEntry(fd, 4711, PIPE_ENTRY, "pipe:[4711]")])
    sent = scene.write(10, 1, b"a line of the log")
    got = scene.event("read", "<", 20, res=17, data=b"a line of the log")
    scene.read(20, 9, b"another line")
    assert scene.peer(sent) == got
    assert scene.peer(got) == sent
