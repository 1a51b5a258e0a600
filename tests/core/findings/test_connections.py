"""Connections that came to nothing."""

from __future__ import annotations

import pytest

from core.findings.looking import found
from core.trail.scene import Scene, ip
from hopscope.findings import findings_of

ASK, SERVE = 10, 20
HERE, THERE = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
SECOND = 1_000_000_000


def made() -> Scene:
    scene = Scene({ASK: "ask", SERVE: "serve"}, snap=200)
    scene.socket(ASK, 3)
    return scene


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (-111, "refused"),
        (-104, "reset"),
        (-110, "timed out"),
        (-113, "not made, there is no way to the host"),
    ],
)
def test_a_connect_that_fails(result: int, what: str) -> None:
    scene = made()
    begun = scene.event("connect", ">", ASK, fd=3)
    scene.wait(3 * SECOND)
    failed = scene.event("connect", "<", ASK, fd=3, res=result, tuple=(HERE, THERE))
    (one,) = findings_of(scene.store)

    assert one.sentence == f"a connection to 10.0.0.2:80 was {what}"
    assert [scene.store.number[row] for row in one.evidence] == [begun, failed]
    assert (one.rule, one.lost // SECOND) == ("connection-failed", 3)


def test_connects_to_one_place_are_one_finding() -> None:
    scene = made()
    for _ in range(3):
        scene.call("connect", ASK, fd=3, res=-111, tuple=(HERE, THERE))
    (one,) = findings_of(scene.store)

    assert one.sentence == "3 connections to 10.0.0.2:80 were refused"
    assert len(one.all_rows()) == 6


@pytest.mark.parametrize("layout", ["sysdig", "newest"])
def test_a_connect_in_the_background_is_told_by_the_socket(layout: str) -> None:
    scene = Scene({ASK: "ask"}, layout=layout)  # type: ignore[arg-type]
    scene.socket(ASK, 3)
    connect = scene.call("connect", ASK, fd=3, res=-115, tuple=(HERE, THERE))
    scene.wait(2 * SECOND)
    told = scene.event("getsockopt", "<", ASK, res=0, fd=3, level=1, optname=4, val=(1, -111), optlen=4)
    scene.close(ASK, 3)
    (one,) = findings_of(scene.store)
    numbers = [int(scene.store.number[row]) for row in one.evidence]

    assert one.sentence == "a connection to 10.0.0.2:80 was refused"
    assert numbers[0] in (connect - 1, connect)
    assert numbers[1] == told
    assert one.lost // SECOND == 2


def test_a_connect_in_the_background_that_is_given_up() -> None:
    scene = made()
    scene.call("connect", ASK, fd=3, res=-115, tuple=(HERE, THERE))
    scene.wait(7 * SECOND)
    closed = scene.close(ASK, 3)
    (one,) = findings_of(scene.store)

    assert one.sentence == "a connection to 10.0.0.2:80 was not answered before it was given up"
    assert scene.store.number[one.evidence[-1]] == closed
    assert one.lost // SECOND == 7


@pytest.mark.parametrize("accepted", [False, True])
def test_a_connection_that_waits_in_the_queue_of_a_server(accepted: bool) -> None:
    scene = made()
    scene.socket(SERVE, 4)
    scene.call("bind", SERVE, fd=4, res=0, addr=THERE)
    scene.call("listen", SERVE, fd=4, res=0, backlog=1)
    scene.connect(ASK, 3, (HERE, THERE))
    scene.send(ASK, 3, b"GET / HTTP/1.0\r\n\r\n")
    if accepted:
        scene.accept(SERVE, 5, (HERE, THERE))
    scene.wait(SECOND)
    scene.close(ASK, 3)
    sentences = [one.sentence for one in found(scene.store, "connection-failed")]

    assert sentences == ([] if accepted else ["a connection to 10.0.0.2:80 was never accepted"])


@pytest.mark.parametrize("seconds", [0, 3])
def test_a_connection_that_waits_in_a_queue_to_the_end(seconds: int) -> None:
    scene = made()
    scene.socket(SERVE, 4)
    scene.call("bind", SERVE, fd=4, res=0, addr=THERE)
    scene.call("listen", SERVE, fd=4, res=0, backlog=1)
    scene.connect(ASK, 3, (HERE, THERE))
    scene.wait(seconds * SECOND)
    scene.call("brk", ASK, addr=0)
    listed = found(scene.store, "connection-failed")

    assert len(listed) == (seconds > 0)
    for one in listed:
        assert one.sentence.endswith("to 10.0.0.2:80 was never accepted, up to the end of the capture")
        assert one.lost // SECOND == seconds


def test_a_connection_that_breaks() -> None:
    scene = made()
    scene.connect(ASK, 3, (HERE, THERE))
    scene.send(ASK, 3, b"hello")
    scene.receive(ASK, 3, b"world")
    scene.event("recvfrom", ">", ASK, fd=3, size=10)
    scene.wait(SECOND)
    scene.event("recvfrom", "<", ASK, fd=3, size=10, res=-104)
    (one,) = findings_of(scene.store)

    assert one.sentence == "a connection to 10.0.0.2:80 was reset"
    assert one.lost // SECOND == 1
