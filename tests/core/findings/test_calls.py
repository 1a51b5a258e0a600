"""Failed opens and programs, processes that did not end well, slow calls."""

from __future__ import annotations

import pytest

from core.findings.looking import found
from core.trail.scene import Scene, ip
from hopscope.decode.capture_writer import Layout
from hopscope.findings import findings_of

ONE, OTHER = 10, 20
MILLISECOND = 1_000_000
LAYOUTS: tuple[Layout, ...] = ("sysdig", "newest")


def opened(scene: Scene, tid: int, path: str, result: int) -> int:
    return scene.call("openat", tid, fd=result, dirfd=-100, name=path, flags=1, mode=0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_failed_opens_of_a_program_are_one_finding_for_each_error(layout: Layout) -> None:
    scene = Scene({ONE: "app", OTHER: "app"}, layout=layout)
    numbers = [
        opened(scene, ONE, "/etc/app.conf", -2),
        opened(scene, ONE, "app.conf", -2),
        opened(scene, OTHER, "/etc/app.conf", -2),
    ]
    opened(scene, ONE, "/etc/shadow", -13)
    opened(scene, ONE, "/etc/fine", 5)
    by_error = {one.sentence.partition(":")[2]: one for one in found(scene.store, "path-failed")}
    missing = by_error[" ENOENT for /etc/app.conf (2 times), /home/app.conf"]
    denied = by_error[" EACCES"]

    assert len(by_error) == 2
    assert missing.sentence.startswith("could not open 2 paths in 3 tries of 2 processes")
    assert scene.store.number[missing.rows].tolist() == numbers
    assert denied.sentence == "could not open /etc/shadow: EACCES"


def test_time_in_failed_opens_is_lost() -> None:
    scene = Scene({ONE: "app"})
    scene.event("openat", ">", ONE, dirfd=-100, name="/net/a", flags=1, mode=0)
    scene.wait(70 * MILLISECOND)
    scene.event("openat", "<", ONE, fd=-2, dirfd=-100, name="/net/a", flags=1, mode=0)
    (one,) = findings_of(scene.store)

    assert one.lost // MILLISECOND == 70


@pytest.mark.parametrize("layout", LAYOUTS)
def test_programs_that_cannot_be_run(layout: Layout) -> None:
    scene = Scene({ONE: "sh"}, layout=layout)
    scene.call("execve", ONE, filename="/usr/bin/gone", res=-2, exe="sh", comm="sh", pid=ONE, ptid=1)
    (one,) = found(scene.store, "path-failed")

    assert one.sentence == "could not run /usr/bin/gone: ENOENT"


def test_processes_that_do_not_end_well() -> None:
    scene = Scene({ONE: "app", OTHER: "app", 30: "fine", 40: "boom"}, threads={41: 40})
    ends = [
        scene.event("procexit", ">", tid, status=status, ret=0, sig=0, core=0)
        for tid, status in ((ONE, 3 << 8), (OTHER, 3 << 8), (30, 0), (41, 11 | 0x80), (40, 11 | 0x80))
    ]
    listed = found(scene.store, "process-failed")

    assert [(one.sentence, scene.store.number[one.rows].tolist()) for one in listed] == [
        ("app ended with status 3, twice in different processes", ends[:2]),
        ("boom was killed by SIGSEGV and left a core dump", ends[4:]),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_killed_process_and_who_killed_it(layout: Layout) -> None:
    scene = Scene({ONE: "app", OTHER: "reaper", 30: "loner"}, layout=layout)
    scene.call("kill", OTHER, pid=30, sig=15, res=-1)
    kill = scene.call("kill", OTHER, pid=ONE, sig=15, res=0)
    scene.event("signaldeliver", ">", ONE, spid=0, dpid=ONE, sig=9)
    died = scene.event("procexit", ">", ONE, status=15, ret=0, sig=15, core=0)
    told = scene.event("signaldeliver", ">", 30, spid=OTHER, dpid=30, sig=9)
    scene.event("procexit", ">", 30, status=9, ret=0, sig=9, core=0)
    app, loner = found(scene.store, "process-failed")

    assert app.sentence == "app was killed by SIGTERM, sent by reaper 20"
    assert scene.store.number[list(app.evidence)].tolist() == [died, kill]
    assert loner.sentence == "loner was killed by SIGKILL, sent by reaper 20"
    assert scene.store.number[loner.evidence[-1]] == told


def write(scene: Scene, took: int) -> int:
    scene.event("write", ">", ONE, fd=3, size=1)
    scene.wait(took)
    return scene.event("write", "<", ONE, fd=3, size=1, res=1, data=b"x")


def test_a_call_that_takes_far_longer_than_usual() -> None:
    scene = Scene({ONE: "app"})
    opened(scene, ONE, "/var/log/app.log", 3)
    for _ in range(20):
        write(scene, MILLISECOND // 10)
    slow = write(scene, 300 * MILLISECOND)
    (one,) = findings_of(scene.store)

    assert one.sentence.startswith("write on /var/log/app.log took 300.")
    assert one.sentence.endswith("; nine of ten take less than 110.000us")
    assert scene.store.number[list(one.evidence)].tolist() == [slow]
    assert (one.rule, one.lost // MILLISECOND) == ("slow-call", 300)


@pytest.mark.parametrize("call", ["poll", "futex", "nanosleep", "epoll_wait"])
def test_waiting_is_not_slow(call: str) -> None:
    scene = Scene({ONE: "app"})
    for took in [0] * 20 + [300 * MILLISECOND]:
        scene.event(call, ">", ONE)
        scene.wait(took)
        scene.event(call, "<", ONE, res=0)

    assert findings_of(scene.store) == []


def test_reading_what_somebody_sends_later_is_not_slow() -> None:
    scene = Scene({ONE: "app"})
    scene.socket(ONE, 3)
    scene.connect(ONE, 3, (ip("10.0.0.1", 40000), ip("10.0.0.2", 80)))
    for took in [0] * 20 + [300 * MILLISECOND]:
        scene.event("read", ">", ONE, fd=3, size=1)
        scene.wait(took)
        scene.event("read", "<", ONE, fd=3, size=1, res=1, data=b"x")

    assert findings_of(scene.store) == []


def test_what_another_rule_explains_is_not_slow_as_well() -> None:
    scene = Scene({ONE: "app"})
    ends = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
    for took in [0] * 20 + [300 * MILLISECOND]:
        scene.socket(ONE, 3)
        scene.event("connect", ">", ONE, fd=3)
        scene.wait(took)
        scene.event("connect", "<", ONE, fd=3, res=-110, tuple=ends)
        scene.close(ONE, 3)

    assert [one.rule for one in findings_of(scene.store)] == ["connection-failed"]


def test_a_capture_without_events() -> None:
    assert findings_of(Scene({ONE: "app"}).store) == []
