"""What is done for many descriptors at once is what the handlers do one after the other."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from operator import itemgetter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store.likeness import assert_alike
from hopscope.capture.lists import DescriptorEntry
from hopscope.capture.source import Source
from hopscope.decode.capture_writer import Layout, code_for, params_of
from hopscope.decode.event_table import EVENTS
from hopscope.state import by_descriptor, replay
from hopscope.state.told import Call, Told
from hopscope.state.world import World
from hopscope.store import stretches
from hopscope.store.build import build_store
from hopscope.store.store import Store
from recording import Recording, listed

CLONE_THREAD_AND_FILES = 8192 | 1
O_CLOEXEC = 4096

SERVER = (socket.inet_pton(socket.AF_INET, "10.0.0.2"), 80)
ENDS = (
    ((socket.inet_pton(socket.AF_INET, "10.0.0.1"), 40000), SERVER),
    ((socket.inet_pton(socket.AF_INET, "10.0.0.3"), 40001), SERVER),
    ((socket.inet_pton(socket.AF_INET6, "::ffff:10.0.0.1"), 40000), (bytes(15) + b"\x01", 80)),
    (0x1000, 0x2000, "/run/x"),
    None,
)
PATHS = ("/a", "/a/../b", "c", "./d/", "/e//f", "")

Step = tuple[str, int, int, int]
"""Kind of call, thread, descriptor, and a number from which the rest follows."""

KINDS = (
    "open", "open", "openat", "close", "close", "close enter", "close exit", "socket", "socket", "connect",
    "connect", "connect enter", "connect exit", "accept", "bind", "sendto", "recvfrom", "dup", "fcntl",
    "pipe", "eventfd", "fork", "thread", "execve", "chdir", "procexit", "close_range", "setuid",
)  # fmt: skip
QUIET = tuple(
    kind
    for kind in KINDS
    if kind not in ("fork", "thread", "execve", "chdir", "procexit", "close_range", "dup", "fcntl")
)

THREADS = (100, 200, 201, 300, 999)


def steps(kinds: Sequence[str]) -> st.SearchStrategy[list[Step]]:
    one = st.tuples(st.sampled_from(kinds), st.sampled_from(THREADS), st.integers(3, 6), st.integers(0, 59))
    return st.lists(one, max_size=40)


def parameters(step: Step) -> dict[str, object]:
    """What a call may store; each layout stores some of it."""
    kind, tid, fd, more = step
    ends, path = ENDS[more % len(ENDS)], PATHS[more % len(PATHS)]
    result = -2 if more % 7 == 6 else 0
    always = {"fd": fd, "res": result, "name": path, "path": path, "tuple": ends, "ino": more}
    own: dict[str, dict[str, object]] = {
        "open": {
            "fd": fd if result == 0 else result,
            "flags": 1 | more % 2 * O_CLOEXEC | more % 3 // 2 * 1024,
        },
        "openat": {"dirfd": 3 + more % 4 if more % 2 else -100, "flags": 1},
        "socket": {"domain": (2, 10, 1)[more % 3], "type": 1 + more % 3, "proto": 0},
        "connect": {"res": (0, -115, -111)[more % 3], "addr": SERVER if more % 2 else "/run/y"},
        "accept": {"fd": fd if result == 0 else result},
        "bind": {"addr": SERVER},
        "sendto": {"res": 1, "size": 1, "data": b"x"},
        "recvfrom": {"res": 1, "size": 1, "data": b"x"},
        "dup": {"res": 3 + more % 4, "oldfd": fd},
        "fcntl": {"res": 3 + more % 4, "cmd": (1, 26, 4)[more % 3]},
        "pipe": {"fd1": fd, "fd2": fd + more % 2},
        "eventfd": {"res": fd},
        "execve": {"exe": "z", "comm": "z", "pid": tid, "filename": "/bin/z"},
        "close_range": {"first": 3, "last": fd, "flags": 0},
        "setuid": {"uid": more},
    }
    return always | own.get(kind, {})


class Writer:
    """Writes calls, as whole ones or one half of them."""

    def __init__(self, recording: Recording, layout: Layout) -> None:
        self.recording, self.layout = recording, layout

    def event(self, name: str, direction: str, tid: int, params: dict[str, object]) -> None:
        if name == "close_range" and (self.layout == "sysdig" or direction == ">"):
            return  # the tables do not have it
        known = {one.name for one in params_of(EVENTS[code_for(name, direction, self.layout)], self.layout)}
        kept = {key: value for key, value in params.items() if key in known}
        self.recording.event(name, direction, tid, **kept)

    def write(self, step: Step) -> None:
        kind, tid, _, more = step
        if kind in ("fork", "thread"):
            self.clone(tid, (300, 400, 201)[more % 3], CLONE_THREAD_AND_FILES if kind == "thread" else 0)
        elif kind == "procexit":
            self.event(kind, ">", tid, {})
        else:
            name, _, half = kind.partition(" ")
            params = parameters((name, *step[1:]))
            for direction in {"": "><", "enter": ">", "exit": "<"}[half]:
                self.event(name, direction, tid, params)

    def clone(self, tid: int, child: int, flags: int) -> None:
        self.event("clone", ">", tid, {})
        for own, res in ((tid, child), (child, 0)):
            pid = tid if flags else own
            told = {"res": res, "exe": "x", "comm": "x", "flags": flags, "pid": pid, "ptid": tid, "vtid": own}
            self.event("clone", "<", own, told)


def capture_of(some: Sequence[Step], layout: Layout) -> Source:
    """A capture of these calls, in which some descriptors are open before."""
    threads = [
        listed(100, "sh"),
        listed(200, "srv"),
        listed(201, "srv", pid=200, flags=1),
        listed(300, "job", ptid=100),
    ]
    opened = [
        DescriptorEntry(3, 1, type=1, name="/log", open_flags=1),
        DescriptorEntry(4, 2, type=5, source=SERVER, l4=2),
        DescriptorEntry(5, 3, type=2, name="/srv"),
    ]
    recording = Recording(threads, [(tid, opened) for tid in (100, 200, 300)], layout=layout)
    writer = Writer(recording, layout)
    for step in some:
        writer.write(step)
    return Source("made", np.frombuffer(recording.data(), np.uint8))


def all_in_order(world: World, told: Sequence[Told], stop: int) -> list[Call]:
    """What the handlers alone would do."""
    return sorted((call for one in told for call in one.calls(slice(None))), key=itemgetter(0))


def rows(store: Store) -> list[tuple[int, ...]]:
    """What is a number or an event row in the table of descriptors, in an order of its own."""
    names = ("table", "fd", "first", "stop", "opened", "closed", "opener", "process")
    return sorted(zip(*(getattr(store.descriptors, name).tolist() for name in names), strict=True))


def assert_the_same(source: Source, stretch: int = stretches.STRETCH) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "STRETCH", stretch)
        together = build_store(source)
        patch.setattr(replay, "change_descriptors", all_in_order)
        in_order = build_store(source)
    assert rows(together) == rows(in_order)
    assert_alike(in_order, together)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["sysdig", "newest"]),
    st.sampled_from([700, stretches.STRETCH]),
    st.one_of(steps(KINDS), steps(QUIET)),
)
def test_any_calls(layout: Layout, stretch: int, some: list[Step]) -> None:
    assert_the_same(capture_of(some, layout), stretch)


@pytest.mark.parametrize("layout", ["sysdig", "newest"])
def test_quiet_processes_leave_nothing_to_the_handlers(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Call] = []
    change = by_descriptor.change_descriptors

    def seen(world: World, told: Sequence[Told], stop: int) -> list[Call]:
        left.extend(change(world, told, stop))
        return []

    some: list[Step] = [
        ("open", 200, 6, 0), ("close", 200, 6, 0), ("socket", 201, 6, 0), ("connect", 200, 6, 0),
        ("close", 201, 6, 0), ("accept", 300, 5, 1), ("accept", 300, 6, 3), ("close", 300, 5, 0),
        ("open", 100, 3, 1), ("eventfd", 100, 6, 0),
    ]  # fmt: skip
    source = capture_of(some, layout)
    monkeypatch.setattr(replay, "change_descriptors", seen)
    store = build_store(source)
    monkeypatch.undo()

    assert left == []
    assert "10.0.0.1:40000->10.0.0.2:80" in store.descriptors.name
    assert_the_same(source)


def test_what_a_fork_copies_is_done_before_it() -> None:
    some: list[Step] = [
        ("open", 200, 6, 0), ("fork", 200, 3, 1), ("open", 400, 5, 0), ("close", 200, 6, 0),
        ("dup", 400, 6, 0),
    ]  # fmt: skip
    source = capture_of(some, "sysdig")
    store = build_store(source)

    of_child = [
        name
        for name, origin in zip(store.descriptors.name, store.descriptors.origin, strict=True)
        if origin >= 0
    ]
    assert of_child.count("/a") == 2
    assert_the_same(source)


def test_a_datagram_is_named_by_what_listens_at_that_moment() -> None:
    some: list[Step] = [("socket", 200, 6, 1), ("sendto", 200, 6, 0), ("close", 200, 4, 0)]
    source = capture_of(some, "sysdig")
    descriptors = build_store(source).descriptors

    named = np.flatnonzero((descriptors.fd == 6) & (np.array(descriptors.name) != ""))
    assert descriptors.role[named].tolist() == [2]
    assert_the_same(source)
