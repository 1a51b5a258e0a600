"""What descriptors are called, and from when to when."""

from __future__ import annotations

import socket

import pytest

from hopscope.capture.lists import DescriptorEntry, Interface
from recording import Recording, listed, name_at

V4 = socket.AF_INET
O_CLOEXEC = 4096


def end(text: str, port: int) -> tuple[bytes, int]:
    family = socket.AF_INET6 if ":" in text else V4
    return socket.inet_pton(family, text), port


def receive(recording: Recording, sender: tuple[bytes, int]) -> int:
    ends = (sender, end("0.0.0.0", 53))
    return recording.call("recvmsg", 200, {"fd": 6}, res=5, size=5, data=b"query", tuple=ends)


CLIENT, SERVER = end("10.0.0.1", 40000), end("10.0.0.2", 80)


def test_a_number_used_again_is_another_life() -> None:
    recording = Recording()
    first = recording.call("open", 200, {}, fd=4, name="/a", flags=1)
    closed = recording.call("close", 200, {"fd": 4}, res=0)
    second = recording.call("open", 200, {}, fd=4, name="/b", flags=1)
    store = recording.store()

    assert (name_at(store, first), name_at(store, closed), name_at(store, second)) == ("/a", "/a", "/b")
    assert store.descriptor_life[first] != store.descriptor_life[second]
    row = int(store.descriptor[first])
    assert (store.descriptors.opened[row], store.descriptors.closed[row]) == (first, closed)
    assert store.descriptors.closed[int(store.descriptor[second])] == -1


def test_a_failed_close_leaves_it_open() -> None:
    recording = Recording()
    recording.call("open", 200, {}, fd=4, name="/a", flags=1)
    recording.call("close", 200, {"fd": 4}, res=-5)
    row = recording.event("read", ">", 200, fd=4, size=1)
    store = recording.store()

    assert name_at(store, row) == "/a"


def test_a_number_made_anew_during_its_close_stays() -> None:
    recording = Recording([listed(200, "srv"), listed(201, "srv", pid=200, flags=1)])
    recording.call("open", 200, {}, fd=4, name="/a", flags=1)
    recording.event("close", ">", 200, fd=4)
    recording.call("open", 201, {}, fd=4, name="/b", flags=1)
    recording.event("close", "<", 200, res=0)
    row = recording.event("read", ">", 200, fd=4, size=1)
    store = recording.store()

    assert name_at(store, row) == "/b"


def test_a_connection_is_named_from_client_to_server_at_both_ends() -> None:
    recording = Recording()
    recording.call("socket", 100, {"domain": 2, "type": 1, "proto": 6}, fd=3)
    unnamed = recording.event("connect", ">", 100, fd=3)
    connected = recording.event("connect", "<", 100, res=0, tuple=(CLIENT, SERVER))
    accepted = recording.call("accept", 200, {}, fd=7, tuple=(CLIENT, SERVER))
    store = recording.store()

    assert name_at(store, unnamed) == ""
    assert name_at(store, connected) == name_at(store, accepted) == "10.0.0.1:40000->10.0.0.2:80"
    mine, its = int(store.descriptor[connected]), int(store.descriptor[accepted])
    assert store.descriptors.local_is_client[mine] == 1
    assert store.descriptors.local_is_client[its] == 0
    assert store.descriptors.l4[mine] == store.descriptors.l4[its] == "tcp"
    assert store.descriptors.life[mine] == store.descriptors.life[int(store.descriptor[unnamed])]


@pytest.mark.parametrize(("result", "named"), [(0, True), (-115, True), (-111, False)])
def test_only_a_connection_that_came_about_or_may_gets_a_name(result: int, named: bool) -> None:
    recording = Recording()
    recording.call("socket", 100, {"domain": 2, "type": 1, "proto": 6}, fd=3)
    recording.event("connect", ">", 100, fd=3)
    row = recording.event("connect", "<", 100, res=result, tuple=(CLIENT, SERVER))
    store = recording.store()

    assert bool(name_at(store, row)) == named


def test_mapped_addresses_are_shown_as_ipv4() -> None:
    recording = Recording()
    mapped = (end("::ffff:10.0.0.1", 40000), end("::ffff:10.0.0.2", 80))
    row = recording.call("accept", 200, {}, fd=7, tuple=mapped)
    store = recording.store()

    assert name_at(store, row) == "10.0.0.1:40000->10.0.0.2:80"
    assert store.descriptors.kind[int(store.descriptor[row])] == "ipv4"


def test_a_bound_datagram_socket_keeps_its_own_name() -> None:
    recording = Recording()
    recording.call("socket", 200, {"domain": 10, "type": 2, "proto": 17}, fd=6)
    recording.call("bind", 200, {"fd": 6}, res=0, addr=end("::", 53))
    first = recording.call(
        "recvmsg", 200, {"fd": 6}, res=5, size=5, data=b"query", tuple=(CLIENT, end("0.0.0.0", 53))
    )
    other = recording.call(
        "recvmsg", 200, {"fd": 6}, res=5, size=5, data=b"query", tuple=(SERVER, end("0.0.0.0", 53))
    )
    store = recording.store()

    assert name_at(store, first) == name_at(store, other) == ":::53"
    assert store.message_tuple(first) == (CLIENT, end("0.0.0.0", 53))
    assert store.message_tuple(other) == (SERVER, end("0.0.0.0", 53))


def test_a_nameless_datagram_socket_is_named_by_its_first_message() -> None:
    recording = Recording(interfaces=[Interface("eth0", CLIENT[0], b"\xff\xff\xff\0", b"\x0a\0\0\xff")])
    recording.call("socket", 100, {"domain": 2, "type": 2, "proto": 17}, fd=3)
    message = {"fd": 3, "size": 4, "tuple": (end("0.0.0.0", 5000), SERVER)}
    row = recording.call("sendto", 100, message, res=4, data=b"ping")
    store = recording.store()

    assert name_at(store, row) == "10.0.0.1:5000->10.0.0.2:80"
    assert store.descriptors.local_is_client[int(store.descriptor[row])] == 1


def test_a_listed_bound_socket_that_gets_messages_is_no_tcp_socket() -> None:
    entry = DescriptorEntry(6, 77, 6, source=end("::", 53), l4=2)
    recording = Recording(descriptors=[(200, [entry])])
    row = recording.call(
        "recvmsg", 200, {"fd": 6}, res=5, size=5, data=b"query", tuple=(CLIENT, end("0.0.0.0", 53))
    )
    store = recording.store()

    assert (name_at(store, row), store.descriptors.l4[int(store.descriptor[row])]) == (":::53", "udp")


def test_the_direction_of_listed_connections_follows_from_listening_ports() -> None:
    listening = DescriptorEntry(3, 1, 5, source=end("0.0.0.0", 80), l4=2)
    served = DescriptorEntry(4, 2, 3, source=SERVER, destination=CLIENT, l4=2)
    asked = DescriptorEntry(5, 3, 3, source=end("10.0.0.2", 50000), destination=end("10.0.0.9", 443), l4=2)
    store = Recording(descriptors=[(200, [listening, served, asked])]).store()

    table = store.descriptors
    assert table.name == ["0.0.0.0:80", "10.0.0.1:40000->10.0.0.2:80", "10.0.0.2:50000->10.0.0.9:443"]
    assert table.local_is_client.tolist() == [0, 0, 1]
    assert table.first.tolist() == [-1, -1, -1]


def test_duplicates_share_what_they_are_and_close_alone() -> None:
    recording = Recording()
    recording.call("open", 200, {}, fd=4, name="/a", flags=1)
    recording.call("dup", 200, {"fd": 4}, res=8, code=None)
    recording.call("close", 200, {"fd": 4}, res=0)
    row = recording.event("read", ">", 200, fd=8, size=1)
    store = recording.store()

    assert name_at(store, row) == "/a"


def test_both_ends_of_a_pipe_have_its_inode() -> None:
    recording = Recording()
    recording.call("pipe", 200, {}, res=0, fd1=3, fd2=4, ino=4711)
    read = recording.event("read", ">", 200, fd=3, size=1)
    write = recording.event("write", ">", 200, fd=4, size=1)
    store = recording.store()

    inodes = {int(store.descriptors.ino[int(store.descriptor[row])]) for row in (read, write)}
    assert inodes == {4711}


def test_each_half_of_a_socketpair_has_the_other_as_peer() -> None:
    recording = Recording()
    recording.call(
        "socketpair", 200, {"domain": 1, "type": 1, "proto": 0}, res=0, fd1=3, fd2=4, source=0xAA, peer=0xBB
    )
    rows = [recording.event("read", ">", 200, fd=fd, size=1) for fd in (3, 4)]
    store = recording.store()

    ends = [
        (int(store.descriptors.source[d]), int(store.descriptors.peer[d])) for d in store.descriptor[rows]
    ]
    assert ends == [(0xAA, 0xBB), (0xBB, 0xAA)]


def test_execve_closes_what_was_opened_to_be_closed() -> None:
    recording = Recording()
    recording.call("open", 200, {}, fd=4, name="/kept", flags=1)
    recording.call("open", 200, {}, fd=5, name="/dropped", flags=1 | O_CLOEXEC)
    recording.call(
        "execve", 200, {"filename": "/bin/x"}, res=0, exe="x", comm="x", tid_=200, pid=200, ptid=100
    )
    kept = recording.event("read", ">", 200, fd=4, size=1)
    dropped = recording.event("read", ">", 200, fd=5, size=1)
    store = recording.store()

    assert name_at(store, kept) == "/kept"
    assert name_at(store, dropped) is None


def test_relative_paths_start_at_their_directory() -> None:
    recording = Recording()
    recording.call("open", 200, {}, fd=4, name="/srv/data", flags=1 | 1024)
    row = recording.call(
        "openat", 200, {"dirfd": 4, "name": "../y//z", "flags": 1}, fd=5, dirfd=4, name="../y//z", flags=1
    )
    store = recording.store()

    assert name_at(store, row) == "/srv/y/z"
