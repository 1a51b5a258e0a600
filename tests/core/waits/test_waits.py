"""What each thread waited for, on captures that tell much or little."""

from __future__ import annotations

import numpy as np
import pytest

from core.trail.scene import Scene, ip
from core.waits.telling import MILLISECOND, breakdown, kinds, process_of, told
from hopscope.decode.names import syscall_names
from hopscope.waits import waits_of

APP, OTHER, THREAD = 10, 20, 11
ENDS = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
WAIT4 = next(number for number, name in syscall_names().items() if name == "wait4")
NAME = "10.0.0.1:40000->10.0.0.2:80"


def connected(layout: str = "sysdig") -> Scene:
    scene = Scene({APP: "app", OTHER: "other"}, layout=layout)  # type: ignore[arg-type]
    scene.socket(APP, 3)
    scene.connect(APP, 3, ENDS)
    return scene


def slow(scene: Scene, name: str, tid: int, ms: int, enter: dict[str, object], /, **leave: object) -> int:
    """A call that takes some time; returns the number of its exit."""
    if scene.layout == "sysdig":
        scene.event(name, ">", tid, **enter)
    scene.wait(ms * MILLISECOND)
    return scene.event(name, "<", tid, **(enter | leave))


def switch(scene: Scene, leaving: int, coming: int) -> int:
    return scene.event("switch", ">", leaving, next=coming)


@pytest.mark.parametrize("layout", ["sysdig", "newest"])
def test_a_read_waits_for_its_connection(layout: str) -> None:
    scene = connected(layout)
    scene.send(APP, 3, b"hello")
    slow(scene, "recvfrom", APP, 40, {"fd": 3, "size": 9}, res=5, data=b"world")

    assert told(scene, APP) == {f"connection {NAME}": 40}


@pytest.mark.parametrize("layout", ["sysdig", "newest"])
def test_poll_waits_for_what_is_ready_and_else_for_what_it_asked(layout: str) -> None:
    scene = connected(layout)
    scene.call("openat", APP, fd=4, dirfd=-100, name="/dev/tty", flags=1, mode=0)
    slow(scene, "poll", APP, 30, {"fds": [(4, 1), (3, 1)], "timeout": 900}, res=1, fds=[(3, 1)])
    slow(scene, "poll", APP, 70, {"fds": [(4, 1)], "timeout": 70}, res=0, fds=[(4, 1)])
    slow(scene, "poll", APP, 20, {"fds": [], "timeout": 20}, res=0, fds=[])

    assert told(scene, APP) == {"file /dev/tty": 70, f"connection {NAME}": 30, "time-out of poll": 20}
    parts = [part for part in breakdown(scene, APP).parts if part.calls]
    assert [round(part.timed_out / MILLISECOND) for part in parts] == [70, 0, 20]


@pytest.mark.parametrize("layout", ["sysdig", "newest"])
def test_epoll_waited_for_what_the_thread_uses_next(layout: str) -> None:
    scene = connected(layout)
    slow(scene, "epoll_wait", APP, 50, {"maxevents": 8}, res=1)
    scene.call("brk", APP, addr=0)
    scene.receive(APP, 3, b"hello")
    slow(scene, "epoll_wait", APP, 20, {"maxevents": 8}, res=1)
    scene.accept(APP, 5, (ip("10.0.0.9", 50000), ip("10.0.0.1", 8080)))
    slow(scene, "epoll_wait", APP, 10, {"maxevents": 8}, res=1)
    slow(scene, "epoll_wait", APP, 15, {"maxevents": 8}, res=0)
    scene.receive(APP, 3, b"hello")

    assert told(scene, APP) == {
        f"connection {NAME}": 50, "new connections": 20, "unknown, in epoll_wait": 10,
        "time-out of epoll_wait": 15,
    }  # fmt: skip


def test_a_futex_waits_for_the_thread_that_wakes() -> None:
    scene = Scene({APP: "app"}, threads={THREAD: APP})
    scene.futex(APP, 0x7F00, 0, ">")
    scene.wait(25 * MILLISECOND)
    scene.futex(THREAD, 0x7F00, 1, ">")
    scene.futex(APP, 0x7F00, 0, "<")
    scene.futex(THREAD, 0x7F00, 1, "<", res=1)
    line = waits_of(scene.store).of_threads([process_of(scene.store, APP)])
    waits = line.take(line.target >= 0)

    assert line.targets.kind[waits.target].tolist() == [9]
    assert line.targets.number[waits.target].tolist() == [process_of(scene.store, THREAD)]
    assert round(int(waits.length[0]) / MILLISECOND) == 25


def test_who_waits_for_a_thread_waits_for_what_that_one_waits_for() -> None:
    scene = Scene({APP: "app"}, threads={THREAD: APP})
    scene.socket(THREAD, 3)
    scene.connect(THREAD, 3, ENDS)
    scene.futex(APP, 0x7F00, 0, ">")
    slow(scene, "recvfrom", THREAD, 35, {"fd": 3, "size": 9}, res=5, data=b"world")
    scene.futex(THREAD, 0x7F00, 1, ">")
    scene.futex(APP, 0x7F00, 0, "<")
    scene.futex(THREAD, 0x7F00, 1, "<", res=1)

    assert told(scene, APP) == {f"connection {NAME}": 35}


def test_a_thread_that_ends_wakes_who_joins_it() -> None:
    scene = Scene({APP: "app"}, threads={THREAD: APP})
    scene.futex(APP, 0x7F00, 0, ">")
    slow(scene, "nanosleep", THREAD, 45, {"interval": 45 * MILLISECOND}, res=0)
    scene.event("procexit", ">", THREAD, status=0)
    scene.futex(APP, 0x7F00, 0, "<")
    line = waits_of(scene.store).of_threads([process_of(scene.store, APP)])

    assert line.targets.kind[line.target[line.target >= 0]].tolist() == [9]
    assert told(scene, APP) == {"sleep (nanosleep)": 45}


def test_a_shell_waits_for_its_child() -> None:
    scene = Scene({APP: "sh"})
    scene.fork(APP, 30, "gzip")
    scene.event("syscall", ">", APP, ID=WAIT4, nativeID=61)
    scene.wait(60 * MILLISECOND)
    scene.event("procexit", ">", 30, status=0)
    scene.event("syscall", "<", APP, ID=WAIT4)
    assert told(scene, APP) == {"child gzip 30": 60}


def test_switches_tell_work_from_waiting_and_from_standing_in_line() -> None:
    scene = connected()
    scene.event("recvfrom", ">", APP, fd=3, size=9)
    scene.wait(5 * MILLISECOND)
    switch(scene, APP, 0)
    scene.wait(20 * MILLISECOND)
    switch(scene, OTHER, APP)
    scene.event("recvfrom", "<", APP, fd=3, size=9, res=5, data=b"world")
    scene.wait(7 * MILLISECOND)
    switch(scene, APP, OTHER)
    scene.wait(3 * MILLISECOND)
    switch(scene, OTHER, APP)
    scene.close(APP, 3)

    assert told(scene, APP) == {
        "on a CPU": 12,
        f"connection {NAME}": 20,
        "ready, but without a CPU (run queue)": 3,
    }


def test_a_thread_that_is_switched_away_in_no_call_to_an_idle_cpu() -> None:
    scene = connected()
    switch(scene, APP, 0)
    scene.wait(9 * MILLISECOND)
    switch(scene, 0, APP)
    scene.close(APP, 3)

    assert kinds(scene, APP) == {"unknown": 9}


def test_a_switch_that_was_lost_makes_no_long_poll_work() -> None:
    scene = connected()
    switch(scene, APP, OTHER)
    switch(scene, OTHER, APP)
    slow(scene, "poll", APP, 80, {"fds": [(3, 1)], "timeout": 900}, res=1, fds=[(3, 1)])

    assert told(scene, APP) == {f"connection {NAME}": 80}


def test_without_switches_time_between_calls_is_only_that() -> None:
    scene = connected()
    scene.wait(8 * MILLISECOND)
    slow(scene, "open", APP, 6, {}, fd=4, name="/etc/a", flags=1, mode=0)

    assert kinds(scene, APP) == {"outside": 8, "call": 6}


def test_a_thread_is_known_from_the_call_it_was_in_when_the_capture_began() -> None:
    scene = Scene({APP: "app", OTHER: "other"})
    scene.call("brk", OTHER, addr=0)
    scene.wait(30 * MILLISECOND)
    scene.event("nanosleep", "<", APP, res=0)
    scene.wait(10 * MILLISECOND)
    scene.event("nanosleep", ">", APP, interval=1)
    scene.wait(20 * MILLISECOND)
    scene.call("brk", OTHER, addr=0)

    assert told(scene, APP) == {"sleep (nanosleep)": 50, "outside of recorded calls": 10}


def test_nothing_is_known_where_events_were_dropped() -> None:
    scene = connected()
    scene.wait(2 * MILLISECOND)
    scene.event("drop", ">", OTHER, ratio=1)
    scene.wait(30 * MILLISECOND)
    scene.event("drop", "<", OTHER, ratio=1)
    scene.wait(2 * MILLISECOND)
    scene.close(APP, 3)

    assert kinds(scene, APP) == {"unknown": 34}


def test_a_call_whose_end_was_lost_says_nothing() -> None:
    scene = connected()
    scene.event("recvfrom", ">", APP, fd=3, size=9)
    scene.wait(12 * MILLISECOND)
    scene.call("brk", APP, addr=0)
    scene.close(APP, 3)

    assert kinds(scene, APP) == {"unknown": 12}


def test_a_range_is_covered_whole() -> None:
    scene = connected()
    slow(scene, "recvfrom", APP, 40, {"fd": 3, "size": 9}, res=5, data=b"world")
    waits = waits_of(scene.store)
    begin = int(scene.store.time[0]) - 5 * MILLISECOND
    line = waits.line_of_process(process_of(scene.store, APP), begin, begin + 30 * MILLISECOND)

    assert line.start[0] == begin
    assert line.stop[-1] == begin + 30 * MILLISECOND
    assert np.array_equal(line.start[1:], line.stop[:-1])
    assert [round(one / MILLISECOND) for one in line.length[[0, -1]].tolist()] == [5, 25]


def test_all_threads_at_once_are_told_as_each_alone() -> None:
    scene = Scene({APP: "app", OTHER: "other"}, threads={THREAD: APP})
    for tid in (APP, THREAD, OTHER):
        slow(scene, "nanosleep", tid, 3, {"interval": 1}, res=0)
        switch(scene, tid, 0)
    scene.call("brk", OTHER, addr=0)
    waits = waits_of(scene.store)
    together = waits.of_threads()
    for tid in (APP, THREAD, OTHER):
        life = process_of(scene.store, tid)
        alone, same = waits.of_threads([life]), together.take(together.life == life)
        for column in ("start", "stop", "kind", "call", "first", "last", "over"):
            assert np.array_equal(getattr(alone, column), getattr(same, column))
