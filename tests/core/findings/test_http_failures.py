"""HTTP answers that tell a failure."""

from __future__ import annotations

from core.trail.scene import Scene, ip
from hopscope.findings import findings_of

ASK, SERVE = 10, 20
ENDS = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
MILLISECOND = 1_000_000


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
    found = findings_of(scene.store)

    assert [one.sentence for one in found] == [
        "10.0.0.2:80 said 404 Not Found twice, to GET /a (2 times)",
        "10.0.0.2:80 said 502 Bad Gateway once, to GET /b",
    ]
    assert {scene.store.threads.comm[scene.store.thread[one.row]] for one in found} == {"ask"}
    assert [one.lost // MILLISECOND for one in found] == [60, 30]
    assert [len(one.all_rows()) for one in found] == [4, 2]


def test_where_nobody_hears_it_the_server_tells() -> None:
    scene = made(client=False)
    exchange(scene, "/a", "500 Internal Server Error", client=False)
    (one,) = findings_of(scene.store)

    assert one.sentence == "said 500 Internal Server Error once, to GET /a"
    assert one.lost == 0
