"""Connections whose address was translated on the way, and queues of listening sockets."""

from __future__ import annotations

import pytest

from core.findings.looking import found
from core.trail.scene import Scene, ip
from hopscope.decode.capture_writer import Layout
from hopscope.demo import demo_path
from hopscope.store.build import open_store

ASK, SERVE = 10, 20
CLIENT, SERVICE, POD = ip("10.0.0.1", 40000), ip("10.96.0.1", 80), ip("10.0.0.2", 8080)
LAYOUTS: tuple[Layout, ...] = ("sysdig", "newest")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_connection_that_arrives_at_another_address(layout: Layout) -> None:
    scene = Scene({ASK: "ask", SERVE: "serve"}, layout=layout)
    scene.socket(ASK, 3)
    connect = scene.connect(ASK, 3, (CLIENT, SERVICE))
    accept = scene.accept(SERVE, 5, (CLIENT, POD))
    scene.send(ASK, 3, b"hello")
    (one,) = found(scene.store, "address-translated")

    assert one.sentence == (
        "connection to 10.96.0.1:80 arrived at 10.0.0.2:8080, where serve 20 serves: "
        "the address was translated on the way"
    )
    assert scene.store.number[list(one.evidence)].tolist() == [connect, accept]
    assert one.lost == 0


def test_what_arrives_where_it_was_sent_and_what_came_later_is_not_translated() -> None:
    scene = Scene({ASK: "ask", SERVE: "serve"})
    scene.socket(ASK, 3)
    scene.connect(ASK, 3, (CLIENT, POD))
    scene.accept(SERVE, 5, (CLIENT, POD))
    scene.close(ASK, 3)
    scene.close(SERVE, 5)
    scene.accept(SERVE, 6, (CLIENT, SERVICE))

    assert found(scene.store, "address-translated") == []


def test_the_service_of_the_demo_is_translated() -> None:
    (one,) = found(open_store(demo_path()), "address-translated")

    assert one.sentence.startswith(
        "connection to 10.96.12.80:80 arrived at 10.244.0.21:8080, where httpd 2611"
    )


def accepted(scene: Scene, fd: int, length: int, most: int) -> int:
    ends = ip("10.0.0.1", 40000 + fd), POD
    return scene.call(
        "accept",
        SERVE,
        fd=fd,
        flags=0,
        tuple=ends,
        queuepct=100 * length // most,
        queuelen=length,
        queuemax=most,
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_queue_that_was_full(layout: Layout) -> None:
    scene = Scene({SERVE: "serve"}, layout=layout)
    accepted(scene, 5, 0, 4)
    full = [accepted(scene, 6, 4, 4), accepted(scene, 7, 4, 4)]
    accepted(scene, 8, 3, 4)
    (one,) = found(scene.store, "queue-full")

    assert one.sentence == (
        "the queue of connections at 10.0.0.2:8080 was full, 4 of 4 places taken, at 2 of 4 accepts"
    )
    assert scene.store.number[one.rows].tolist() == full


def test_a_queue_with_places_left_is_not_full() -> None:
    scene = Scene({SERVE: "serve"})
    accepted(scene, 5, 100, 128)

    assert found(scene.store, "queue-full") == []
