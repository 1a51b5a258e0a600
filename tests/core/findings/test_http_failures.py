"""HTTP answers that tell a failure."""

from __future__ import annotations

from core.findings.looking import found
from core.trail.scene import Scene, ip
from hopscope.findings import findings_of

ASK, SERVE = 10, 20
ENDS = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
MILLISECOND = 1_000_000
RULE = "http-failed"


def exchange(scene: Scene, path: str, status: str, client: bool = True) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: web\r\n\r\n".encode()
    response = f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode()
    if client:
        scene.send(ASK, 3, request)
    scene.receive(SERVE, 5, request)
    scene.wait(30 * MILLISECOND)
    scene.send(SERVE, 5, response)
    if client:
        scene.receive(ASK, 3, response)


def made(client: bool = True) -> Scene:
    scene = Scene({ASK: "ask", SERVE: "serve"}, snap=200)
    if client:
        scene.socket(ASK, 3)
        scene.connect(ASK, 3, ENDS)
    scene.accept(SERVE, 5, ENDS)
    return scene


def test_answers_of_one_status_from_one_server_are_one_finding() -> None:
    scene = made()
    for path, status in (
        ("/a", "404 Not Found"), ("/fine", "200 OK"), ("/a?x=1", "404 Not Found"), ("/b", "502 Bad Gateway"),
    ):  # fmt: skip
        exchange(scene, path, status)
    listed = findings_of(scene.store)

    assert [one.sentence for one in listed] == [
        "10.0.0.2:80 said 404 Not Found twice, to GET /a (2 times); it came from serve 20 itself",
        "10.0.0.2:80 said 502 Bad Gateway once, to GET /b; it came from serve 20 itself",
    ]
    assert {scene.store.threads.comm[scene.store.thread[one.row]] for one in listed} == {"ask"}
    assert [one.lost // MILLISECOND for one in listed] == [60, 30]
    assert [len(one.all_rows()) for one in listed] == [4, 2]


def test_where_nobody_hears_it_the_server_tells() -> None:
    scene = made(client=False)
    exchange(scene, "/a", "500 Internal Server Error", client=False)
    (one,) = findings_of(scene.store)

    assert one.sentence == "said 500 Internal Server Error once, to GET /a; it came from serve 20 itself"
    assert one.lost == 0


PROXY, DEAD = 30, 40
FRONT, BACK = (ip("10.0.0.1", 40000), ip("10.0.0.3", 80)), (ip("10.0.0.3", 50000), ip("10.0.0.2", 80))


def proxied() -> Scene:
    """A client, a proxy in front of a server, and connections between them."""
    scene = Scene({ASK: "ask", PROXY: "proxy", SERVE: "serve"}, snap=200)
    scene.socket(ASK, 3)
    scene.connect(ASK, 3, FRONT)
    scene.accept(PROXY, 5, FRONT)
    scene.socket(PROXY, 6)
    return scene


def asked(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: web\r\n\r\n".encode()


def said(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode()


def test_the_upstream_that_a_failure_came_from() -> None:
    scene = proxied()
    scene.connect(PROXY, 6, BACK)
    scene.accept(SERVE, 7, BACK)
    scene.send(ASK, 3, asked("/a"))
    scene.receive(PROXY, 5, asked("/a"))
    scene.send(PROXY, 6, asked("/a"))
    scene.receive(SERVE, 7, asked("/a"))
    scene.send(SERVE, 7, said("503 Busy"))
    heard = scene.receive(PROXY, 6, said("503 Busy"))
    scene.send(PROXY, 5, said("502 Bad Gateway"))
    scene.receive(ASK, 3, said("502 Bad Gateway"))
    by_process = {
        scene.store.threads.comm[scene.store.thread[one.row]]: one for one in found(scene.store, RULE)
    }
    told = by_process["ask"]

    assert by_process["proxy"].sentence.endswith("it came from serve 20 itself")
    assert told.sentence == (
        "10.0.0.3:80 said 502 Bad Gateway once, to GET /a; "
        f"proxy 30 had heard 503 Busy from 10.0.0.2:80 (event {heard})"
    )
    assert heard in scene.store.number[list(told.evidence)]


def test_the_upstream_that_could_not_be_reached() -> None:
    scene = proxied()
    scene.send(ASK, 3, asked("/a"))
    scene.receive(PROXY, 5, asked("/a"))
    refused = scene.call("connect", PROXY, fd=6, res=-111, tuple=BACK)
    scene.send(PROXY, 5, said("502 Bad Gateway"))
    scene.receive(ASK, 3, said("502 Bad Gateway"))
    (told,) = found(scene.store, RULE)

    assert told.sentence.endswith(f"; a connection of proxy 30 to 10.0.0.2:80 was refused (event {refused})")
    assert refused in scene.store.number[list(told.evidence)]


def test_the_upstream_that_did_not_answer() -> None:
    scene = proxied()
    scene.connect(PROXY, 6, BACK)
    scene.send(ASK, 3, asked("/a"))
    scene.receive(PROXY, 5, asked("/a"))
    sent = scene.send(PROXY, 6, asked("/a"))
    scene.wait(500 * MILLISECOND)
    scene.close(PROXY, 6)
    scene.send(PROXY, 5, said("504 Gateway Time-out"))
    scene.receive(ASK, 3, said("504 Gateway Time-out"))
    (told,) = found(scene.store, RULE)

    assert told.sentence.endswith(f"; proxy 30 had got no answer from 10.0.0.2:80 (event {sent})")
