"""Hops never fail, whatever a capture holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import small_capture
from core.trail.scene import Scene, ip
from hopscope.capture.source import Source
from hopscope.store.build import build_store
from hopscope.store.store import Store
from hopscope.trail import absence, causes, effects, index_of, peers

CALLS = (
    "read", "write", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "readv", "writev",
    "connect", "accept", "socket", "socketpair", "pipe", "dup", "close", "splice", "sendfile", "eventfd",
    "futex", "shutdown", "bind", "poll",
)  # fmt: skip

ENDS = (
    None,
    (ip("10.0.0.1", 1000), ip("10.0.0.2", 53)),
    (ip("10.0.0.2", 53), ip("10.0.0.1", 1000)),
    (ip("0.0.0.0", 0), ip("10.0.0.2", 53)),
    (b"\x00" * 15 + b"\x01", 80),
    (0x1000, 0x2000, "/run/x"),
    (0x2000, 0, ""),
)

call = st.tuples(
    st.sampled_from(CALLS),
    st.sampled_from((10, 11, 20, 2**62)),
    st.integers(-1, 6),
    st.integers(-11, 400),
    st.binary(max_size=40),
    st.sampled_from([ends for ends in ENDS if ends is None or len(ends) == 3 or isinstance(ends[0], tuple)]),
)


def ask_everything(store: Store) -> None:
    for row in range(len(store)):
        assert absence(store, row)
        for hop in (peers, causes, effects):
            found = hop(store, row)
            assert len(found) <= 20
            assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
            for one in found:
                assert 0 <= one.row < len(store)
                assert one.row != row
                assert one.number == store.number[one.row]
                assert 0 < one.score < 1
                assert one.evidence
                assert all(word.isprintable() for word in one.evidence)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["sysdig", "newest"]), st.lists(call, max_size=25))
def test_any_sequence_of_calls(layout: str, calls: list[tuple[str, int, int, int, bytes, object]]) -> None:
    scene = Scene({10: "one", 20: "two"}, layout, threads={11: 10})  # type: ignore[arg-type]
    for name, tid, fd, size, data, ends in calls:
        scene.call(
            name, tid, fd=fd, res=size, size=max(size, 0), data=data, tuple=ends, fd1=fd, fd2=fd + 1,
            ino=abs(fd), source=fd + 2, peer=fd + 3, fd_in=fd, fd_out=fd + 1, out_fd=fd, in_fd=fd + 1,
            oldfd=fd, addr=fd + 5 if name == "futex" else None, op=size & 1, domain=2, type=2, fds=[(3, 1)],
        )  # fmt: skip
    ask_everything(scene.store)


def test_a_capture_without_messages() -> None:
    ask_everything(Scene({10: "idle"}).store)


@pytest.mark.parametrize("cut", [200, 400, 600, 800])
def test_a_capture_that_was_cut(cut: int) -> None:
    data = small_capture()
    ask_everything(build_store(Source("cut", np.frombuffer(data[: len(data) - cut], np.uint8))))


def test_the_index_is_built_once_for_a_store() -> None:
    store = Scene({10: "idle"}).store
    assert index_of(store) is index_of(store)
