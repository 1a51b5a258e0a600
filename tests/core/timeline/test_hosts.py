"""What is said of events, processes and connections of several machines."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.timeline.lab import MICROSECOND, MILLISECOND, Lab, Machine, connect, exchange, ip
from hopscope.capture.lists import User
from hopscope.errors import HopscopeError
from hopscope.fields import field_value
from hopscope.filters import compile_filter
from hopscope.store.store import Store
from hopscope.timeline import open_timeline
from hopscope.trail import absence, peers
from hopscope.views import Selection, evaluate

DELAY = 80 * MICROSECOND


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two machines that talk to each other, where both also talk to themselves over the same addresses."""
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "curl", 200: "local"}, 3 * MILLISECOND)
    back = Machine(lab, "back", "10.0.0.2", {100: "app", 200: "local"})
    front.writer.user(User(0, 0, "root", "/root", "/bin/sh"))
    back.writer.user(User(0, 0, "admin", "/root", "/bin/sh"))
    connect(front, 100, back, 100, 80, 40000, DELAY)
    exchange(front, 100, 3, back, 100, 7, b"how are you today?", DELAY)
    exchange(back, 100, 7, front, 100, 3, b"fine, thank you!", DELAY)
    for machine in (front, back):
        own = (ip("127.0.0.1", 50000), ip("127.0.0.1", 9000))
        machine.call("socket", 100, {"domain": 2, "type": 1, "proto": 0}, fd=9)
        machine.call("connect", 100, {"fd": 9}, res=0, tuple=own)
        machine.call("accept", 200, {}, fd=9, tuple=own)
        machine.send(100, 9, b"said on the machine itself")
        machine.receive(200, 9, b"said on the machine itself")
        machine.call("pipe", 200, {}, res=0, fd1=11, fd2=12, ino=77)
        machine.send(200, 12, b"through the pipe")
        machine.receive(200, 11, b"through the pipe")
    folder = tmp_path_factory.mktemp("hosts")
    return open_timeline([front.save(folder), back.save(folder)])


def rows(store: Store, text: str) -> list[int]:
    return [int(row) for row in np.flatnonzero(compile_filter(text).mask(store))]


def test_each_event_knows_its_file_and_its_host(store: Store) -> None:
    for name in ("front", "back"):
        found = rows(store, f"evt.hostname={name}")
        assert found == rows(store, f"hopscope.file endswith {name}.scap")
        assert [field_value(store, row, "hopscope.filenum") for row in found] == list(
            range(1, len(found) + 1)
        )
        assert {field_value(store, row, "evt.hostname") for row in found} == {name}
    assert len(rows(store, "evt.hostname=front and hopscope.filenum <= 3")) == 3
    assert len(rows(store, "evt.num > 0")) == len(store)


def test_the_time_of_the_hosts_own_clock_can_be_asked_for(store: Store) -> None:
    members = store.members
    assert members is not None
    for row in range(0, len(store), 7):
        clock = members.host_at(row).clock
        assert field_value(store, row, "hopscope.hosttime") == int(store.time[row]) - clock.offset
        assert clock.recorded(int(store.time[row])) == int(store.time[row]) - clock.offset


def test_numbers_of_users_mean_those_of_the_host(store: Store) -> None:
    names = {
        host: {field_value(store, row, "user.name") for row in rows(store, f"evt.hostname={host}")}
        for host in ("front", "back")
    }

    assert names == {"front": {"root"}, "back": {"admin"}}


def test_addresses_of_a_machine_are_local_there(store: Store) -> None:
    row = rows(store, "evt.hostname=front and evt.type=write and fd.rip=10.0.0.2")[-1]
    other = rows(store, "evt.hostname=back and evt.type=read and fd.rip=10.0.0.1")[-1]

    assert field_value(store, row, "fd.lip") == field_value(store, other, "fd.rip")


def test_loopback_and_pipes_stay_on_the_machine(store: Store) -> None:
    moved = rows(store, "evt.dir=< and evt.type in (read, write) and evt.buffer contains 'the '")
    assert len(moved) == 8
    for row in moved:
        (found, *others) = peers(store, row)
        assert store.host[found.row] == store.host[row]
        assert all(store.host[one.row] == store.host[row] for one in others)


def test_evidence_names_the_hosts(store: Store) -> None:
    row = rows(store, "evt.dir=< and evt.buffer contains 'how are you' and evt.hostname=front")[0]
    (found,) = peers(store, row)

    assert store.hosts[int(store.host[found.row])].name == "back"
    assert "one end on front, the other on back" in found.evidence


def test_views_have_a_column_for_the_host(store: Store) -> None:
    for view in ("processes", "threads", "connections", "descriptors", "containers", "events"):
        result = evaluate(store, view, Selection())
        column = result.column_index("host")
        assert {result.value(i, column) for i in range(len(result))} == {"front", "back"}, view
    result = evaluate(store, "connections", Selection())
    host, peer, local = (result.column_index(name) for name in ("host", "peer", "lip"))
    found = {
        (result.value(i, local), result.value(i, host)): result.value(i, peer) for i in range(len(result))
    }
    assert found["10.0.0.1", "front"] == "app 100 on back"
    assert found["10.0.0.2", "back"] == "curl 100 on front"
    processes = evaluate(store, "processes", Selection())
    assert len(processes) == 4


def test_a_single_capture_has_no_such_columns(tmp_path: Path) -> None:
    lab = Lab()
    alone = Machine(lab, "alone", "10.0.0.1", {100: "sh"})
    alone.call("close", 100, {"fd": 0}, res=0)
    store = open_timeline([alone.save(tmp_path)])

    for view in ("processes", "events"):
        columns = {column.title for column in evaluate(store, view, Selection()).columns}
        assert not columns & {"HOST", "FILE NUM"}
    assert absence(store, 1)


def said(one: Machine, fd: int, other: Machine, other_fd: int, data: bytes, ends: object) -> tuple[int, int]:
    """A datagram from one machine to another; the numbers of the two exits."""
    sent = one.call("sendto", 100, {"fd": fd, "size": len(data), "tuple": ends}, res=len(data), data=data)
    one.lab.wait(DELAY)
    got = other.call("recvfrom", 100, {"fd": other_fd, "size": 512}, res=len(data), data=data, tuple=ends)
    return sent, got


def test_datagrams_go_from_machine_to_machine(tmp_path: Path) -> None:
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "dig"}, 700 * MILLISECOND)
    back = Machine(lab, "back", "10.0.0.2", {100: "dns"})
    asked, answered = (ip("10.0.0.1", 40000), ip("10.0.0.2", 53)), (ip("10.0.0.2", 53), ip("10.0.0.1", 40000))
    front.call("socket", 100, {"domain": 2, "type": 2, "proto": 0}, fd=3)
    front.call("connect", 100, {"fd": 3}, res=0, tuple=asked)
    back.call("socket", 100, {"domain": 2, "type": 2, "proto": 0}, fd=5)
    back.call("bind", 100, {"fd": 5}, res=0, addr=(ip("0.0.0.0", 53)))
    pairs = []
    for number in range(4):
        question = b"question number %d, please" % number
        pairs.append(("front", *said(front, 3, back, 5, question, asked)))
        answer = b"answer to number %d, thanks" % number
        pairs.append(("back", *said(back, 5, front, 3, answer, answered)))
    store = open_timeline([front.save(tmp_path), back.save(tmp_path)])
    members = store.members
    assert members is not None
    clock = members.hosts[1].clock
    assert abs(abs(clock.offset or members.hosts[0].clock.offset) - 700 * MILLISECOND) <= DELAY
    for host, number, arrived in pairs:
        other = "back" if host == "front" else "front"
        row = rows(store, f"evt.hostname={host} and hopscope.filenum={number}")[0]
        target = rows(store, f"evt.hostname={other} and hopscope.filenum={arrived}")[0]
        assert peers(store, row)[0].row == target
        assert f"sent on {host}, received on {other}" in peers(store, row)[0].evidence


def pair_of_captures() -> tuple[bytes, bytes]:
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "curl"})
    back = Machine(lab, "back", "10.0.0.2", {100: "app"}, MILLISECOND)
    connect(front, 100, back, 100, 80, 40000, DELAY)
    for number in range(5):
        exchange(front, 100, 3, back, 100, 7, b"question number %d" % number, DELAY)
        exchange(back, 100, 7, front, 100, 3, b"the answer to number %d" % number, DELAY)
    return front.capture(), back.capture()


FRONT, BACK = pair_of_captures()


@settings(max_examples=120, deadline=None)
@given(st.integers(36, len(BACK) - 1), st.integers(0, 255), st.sampled_from(("change", "cut", "drop")))
def test_whatever_is_broken_in_one_file_leaves_the_other_whole(at: int, byte: int, how: str) -> None:
    broken = {
        "change": BACK[:at] + bytes([byte]) + BACK[at + 1 :],
        "cut": BACK[:at],
        "drop": BACK[:at] + BACK[at + 4 :],
    }[how]
    with TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("front.scap", "back.scap")]
        for path, data in zip(paths, (FRONT, broken), strict=True):
            path.write_bytes(data)
        try:
            store = open_timeline([str(path) for path in paths])
        except HopscopeError as error:
            if "back.scap" in str(error):
                return
            raise
        members = store.members
        assert members is not None
        place = [Path(one.path).name for one in members.files].index("front.scap")
        assert members.own_number[members.file_of == place].tolist() == list(range(1, 25))
        assert len(store) == sum(one.events for one in members.files)
        for row in range(len(store)):
            peers(store, row)
