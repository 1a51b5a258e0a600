"""Threads that looked too late at what had been there before."""

from __future__ import annotations

import pytest

from core.findings.looking import found
from core.trail.scene import SHARED_FILES, Scene, ip
from hopscope.decode.capture_writer import Layout
from hopscope.decode.names import syscall_names
from hopscope.demo import demo_path
from hopscope.store.build import open_store

RULE = "late-look"
APP, THREAD, OTHER, CHILD = 10, 11, 20, 30
ENDS = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
WAIT4 = next(number for number, name in syscall_names().items() if name == "wait4")
MILLISECOND = 1_000_000
LAYOUTS: tuple[Layout, ...] = ("sysdig", "newest")


def begin(scene: Scene, name: str, tid: int, **params: object) -> int:
    return scene.event(name, ">", tid, **params) if scene.layout == "sysdig" else 0


def poll(scene: Scene, ms: int) -> int:
    begin(scene, "poll", APP, fds=[], timeout=ms)
    scene.wait(ms * MILLISECOND)
    return scene.event("poll", "<", APP, fds=[], timeout=ms, res=0)


def late(scene: Scene, ms: int) -> tuple[int, int]:
    """A thread ends in the middle of a poll that times out; numbers of both events."""
    begin(scene, "poll", APP, fds=[], timeout=ms)
    scene.wait(ms // 2 * MILLISECOND)
    ended = scene.event("procexit", ">", THREAD, status=0)
    scene.wait(ms // 2 * MILLISECOND)
    return ended, scene.event("poll", "<", APP, fds=[], timeout=ms, res=0)


def made(layout: Layout = "sysdig") -> Scene:
    scene = Scene({APP: "app", OTHER: "other"}, threads={THREAD: APP}, layout=layout)
    scene.socket(APP, 3)
    return scene


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_thread_that_had_ended_before_the_poll_timed_out(layout: Layout) -> None:
    scene = made(layout)
    poll(scene, 100)
    ended, over = late(scene, 400)
    scene.close(APP, 3)
    (one,) = found(scene.store, RULE)

    assert one.sentence.startswith("went on 200.")
    assert one.sentence.endswith("ms after its thread 11 had ended: it looked only when a poll timed out")
    assert scene.store.number[[one.evidence[0], one.evidence[-1]]].tolist() == [ended, over]
    assert one.lost // MILLISECOND == 200


def test_a_thread_that_the_waiting_one_had_made() -> None:
    scene = Scene({APP: "app"})
    own = {"exe": "app", "comm": "app", "pid": APP, "ptid": 1, "flags": SHARED_FILES}
    scene.event("clone", ">", APP)
    scene.event("clone", "<", APP, res=THREAD, **own)
    scene.event("clone", "<", THREAD, res=0, **own)
    late(scene, 400)
    scene.call("brk", APP, addr=0)
    (one,) = found(scene.store, RULE)

    assert one.lost // MILLISECOND == 200


@pytest.mark.parametrize("again", [True, False])
def test_a_thread_whose_end_nobody_waits_for(again: bool) -> None:
    """The poll neither belongs to a loop of polls that ends then, nor had its thread made the other one."""
    scene = made()
    if again:
        poll(scene, 100)
    late(scene, 400)
    if again:
        poll(scene, 100)
    scene.close(APP, 3)

    assert found(scene.store, RULE) == []


def test_a_poll_that_did_not_time_out_is_not_late() -> None:
    scene = made()
    poll(scene, 100)
    begin(scene, "poll", APP, fds=[(3, 1)], timeout=900)
    scene.event("procexit", ">", THREAD, status=0)
    scene.wait(400 * MILLISECOND)
    scene.event("poll", "<", APP, fds=[(3, 1)], res=1)
    scene.close(APP, 3)

    assert found(scene.store, RULE) == []


def test_a_child_that_had_ended_before_its_parent_looked() -> None:
    scene = Scene({APP: "sh"})
    scene.fork(APP, CHILD, "gzip")
    begin(scene, "nanosleep", APP, interval=300 * MILLISECOND)
    scene.wait(100 * MILLISECOND)
    ended = scene.event("procexit", ">", CHILD, status=0)
    scene.wait(200 * MILLISECOND)
    over = scene.event("nanosleep", "<", APP, res=0)
    scene.call("syscall", APP, ID=WAIT4, nativeID=61)
    (one,) = found(scene.store, RULE)

    assert "after its child gzip 30 had ended: it looked only when a nanosleep timed out" in one.sentence
    assert scene.store.number[[one.evidence[0], one.evidence[-1]]].tolist() == [ended, over]
    assert one.lost // MILLISECOND == 200


@pytest.mark.parametrize("sleeping", [True, False])
def test_an_answer_that_lay_there_while_the_thread_slept(sleeping: bool) -> None:
    scene = Scene({APP: "app", OTHER: "other"})
    scene.socket(APP, 3)
    scene.connect(APP, 3, ENDS)
    scene.accept(OTHER, 5, ENDS)
    if not sleeping:
        scene.send(OTHER, 5, b"an answer that is long enough")
    begin(scene, "nanosleep", APP, interval=300 * MILLISECOND)
    scene.wait(100 * MILLISECOND)
    sent = scene.send(OTHER, 5, b"an answer that is long enough") if sleeping else 0
    scene.wait(200 * MILLISECOND)
    scene.event("nanosleep", "<", APP, res=0)
    scene.receive(APP, 3, b"an answer that is long enough")
    listed = found(scene.store, RULE)

    assert len(listed) == sleeping
    for one in listed:
        assert "what it read from 10.0.0.1:40000->10.0.0.2:80 had been sent" in one.sentence
        assert scene.store.number[one.evidence[0]] == sent
        assert one.lost // MILLISECOND == 200


def test_the_demo_looked_too_late() -> None:
    store = open_store(demo_path())
    (one,) = found(store, RULE)

    assert round(one.lost / 1e9, 2) == 0.39
    assert "its thread 5121 had ended" in one.sentence
