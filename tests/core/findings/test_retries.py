"""Requests that were sent again."""

from __future__ import annotations

import pytest

from core.findings.looking import found
from core.trail.scene import Scene, ip
from hopscope.decode.capture_writer import Layout

RULE = "retried"
ASK, SERVE = 10, 20
MILLISECOND = 1_000_000
LAYOUTS: tuple[Layout, ...] = ("sysdig", "newest")


def connected(scene: Scene, fd: int, host: str = "10.0.0.2") -> None:
    scene.socket(ASK, fd)
    scene.connect(ASK, fd, (ip("10.0.0.1", 40000 + fd), ip(host, 80)))


def ask(scene: Scene, fd: int, path: str, status: str = "", method: str = "GET") -> int:
    """A request and its answer, if there is one; returns the number of the request."""
    sent = scene.send(ASK, fd, f"{method} {path} HTTP/1.1\r\nHost: web\r\n\r\n".encode())
    scene.wait(20 * MILLISECOND)
    if status:
        scene.receive(ASK, fd, f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())
    return sent


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_request_that_is_sent_until_it_works(layout: Layout) -> None:
    scene = Scene({ASK: "ask"}, snap=200, layout=layout)
    connected(scene, 3)
    numbers = [ask(scene, 3, "/a", "503 Busy"), ask(scene, 3, "/a", "503 Busy")]
    scene.wait(100 * MILLISECOND)
    last = ask(scene, 3, "/a", "200 OK")
    ask(scene, 3, "/b", "503 Busy")
    (one,) = found(scene.store, RULE)

    assert one.sentence == "GET /a was sent 3 times to 10.0.0.2:80: 503 Busy twice, then 200 OK"
    assert {*numbers, last} <= set(scene.store.number[one.all_rows()].tolist())
    assert [part.lost // MILLISECOND for part in one.parts] == [20, 120]
    assert one.lost // MILLISECOND == 140


def test_another_server_is_asked_when_the_first_one_does_not_answer() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    connected(scene, 3)
    connected(scene, 4, "10.0.0.3")
    ask(scene, 3, "/a")
    scene.wait(2000 * MILLISECOND)
    scene.close(ASK, 3)
    ask(scene, 4, "/a")
    scene.close(ASK, 4)
    (one,) = found(scene.store, RULE)

    assert one.sentence == (
        "GET /a was sent 2 times to 10.0.0.2:80 and 10.0.0.3:80: no answer twice, and was given up"
    )
    assert one.lost // MILLISECOND == 2020


@pytest.mark.parametrize("status", ["404 Not Found", "200 OK", "401 Unauthorized"])
def test_what_need_not_be_sent_again_is_no_retry(status: str) -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    connected(scene, 3)
    ask(scene, 3, "/a", status)
    ask(scene, 3, "/a", status)

    assert found(scene.store, RULE) == []


def test_what_is_asked_much_later_is_another_request() -> None:
    scene = Scene({ASK: "ask"}, snap=200)
    connected(scene, 3)
    ask(scene, 3, "/a", "503 Busy")
    scene.wait(90_000 * MILLISECOND)
    ask(scene, 3, "/a", "503 Busy")

    assert found(scene.store, RULE) == []


def test_a_proxy_that_asks_for_two_clients_does_not_try_again() -> None:
    scene = Scene({ASK: "proxy"}, snap=200)
    connected(scene, 3)
    for port in (1, 2):
        scene.accept(ASK, 5, (ip("10.0.0.9", 50000 + port), ip("10.0.0.1", 80)))
        scene.receive(ASK, 5, b"GET /a HTTP/1.1\r\nHost: web\r\n\r\n")
        ask(scene, 3, "/a", "503 Busy")
        scene.send(ASK, 5, b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nok")
        scene.close(ASK, 5)

    assert found(scene.store, RULE) == []
