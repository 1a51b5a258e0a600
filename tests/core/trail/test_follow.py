"""Both sides of a connection joined, from either end."""

from __future__ import annotations

import numpy as np
import pytest

from core.trail.scene import Scene, ip
from hopscope.errors import UsageError
from hopscope.trail.follow import BACK, THERE, Followed, connection_row, follow

ENDS = ip("10.0.0.7", 40000), ip("10.0.0.9", 80)


def connected(snap: int = 80) -> tuple[Scene, int, int]:
    scene = Scene({10: "client", 20: "server"}, snap=snap)
    scene.socket(10, 3)
    asked = scene.connect(10, 3, ENDS)
    return scene, asked, scene.accept(20, 5, ENDS)


def followed(scene: Scene, number: int) -> Followed:
    return follow(scene.store, scene.store.row_of(number))


def said(found: Followed) -> list[tuple[int, int, bytes | None]]:
    return [(one.way, one.start, one.data) for one in found.stretches]


def test_both_ends_tell_the_same_conversation_in_the_order_of_its_bytes() -> None:
    scene, asked, accepted = connected()
    scene.write(10, 3, b"ask one ")
    scene.write(10, 3, b"more")
    scene.read(20, 5, b"ask one more")
    scene.write(20, 5, b"answer")
    scene.read(10, 3, b"ans")
    scene.read(10, 3, b"wer")
    scene.write(10, 3, b"bye")

    client, server = followed(scene, asked), followed(scene, accepted)

    assert said(client) == [
        (THERE, 0, b"ask one "), (THERE, 8, b"more"), (BACK, 0, b"ans"), (BACK, 3, b"wer"),
        (THERE, 12, b"bye"),
    ]  # fmt: skip
    assert said(server) == [(THERE, 0, b"ask one more"), (BACK, 0, b"answer"), (THERE, 12, b"bye")]
    for found in (client, server):
        assert b"".join(found.bytes_of(THERE)) == b"ask one morebye"
        assert b"".join(found.bytes_of(BACK)) == b"answer"
        assert found.names == ("client 10", "server 20")
    assert [one.other_end for one in server.stretches] == [False, False, True]


def test_what_one_end_did_not_record_comes_from_the_other_end() -> None:
    scene, asked, _ = connected(snap=4)
    scene.write(10, 3, b"abcdefgh")
    scene.read(20, 5, b"abcd")
    scene.read(20, 5, b"efgh")

    found = followed(scene, asked)

    assert b"".join(found.bytes_of(THERE)) == b"abcdefgh"
    assert found.missing(THERE) == 0
    assert [one.other_end for one in found.stretches] == [False, True]


def test_what_nobody_recorded_is_a_gap_and_zero_in_the_bytes() -> None:
    scene, asked, _ = connected(snap=4)
    scene.write(10, 3, b"abcdefgh")
    scene.read(20, 5, b"abcdefgh")

    found = followed(scene, asked)

    assert said(found) == [(THERE, 0, b"abcd"), (THERE, 4, None)]
    assert b"".join(found.bytes_of(THERE)) == b"abcd\0\0\0\0"
    assert found.missing(THERE) == 4


def test_an_end_alone_is_followed_too() -> None:
    scene = Scene({20: "server"})
    accepted = scene.accept(20, 5, ENDS)
    scene.read(20, 5, b"ask")
    scene.write(20, 5, b"answer")

    found = followed(scene, accepted)

    assert said(found) == [(THERE, 0, b"ask"), (BACK, 0, b"answer")]
    assert found.names == ("10.0.0.7:40000", "server 20")


def test_a_pipe_has_one_way_and_each_byte_once() -> None:
    scene = Scene({10: "shell"})
    made = scene.pipe(10, 3, 4, 77)
    wrote = scene.write(10, 4, b"line\n")
    scene.read(10, 3, b"line\n")

    assert said(followed(scene, wrote)) == [(THERE, 0, b"line\n")]
    assert made


def test_of_a_socket_that_talks_to_many_only_the_asked_ones_datagrams_are_followed() -> None:
    scene = Scene({20: "dns"})
    own, one, two = ip("10.0.0.9", 53), ip("10.0.0.1", 1111), ip("10.0.0.2", 2222)
    scene.socket(20, 5, kind=2)
    first = scene.receive(20, 5, b"from one", (one, own))
    scene.receive(20, 5, b"from two", (two, own))
    scene.send(20, 5, b"to two", (own, two))
    scene.send(20, 5, b"to one", (own, one))

    found = followed(scene, first)

    assert [one.data for one in found.stretches] == [b"from one", b"to one"]
    assert found.datagrams


def test_what_is_about_no_connection_is_refused() -> None:
    scene = Scene({10: "client"})
    number = scene.call("getcwd", 10, res=0, path="/")
    row = scene.store.row_of(number)

    with pytest.raises(UsageError, match="no connection"):
        follow(scene.store, row)
    assert connection_row(scene.store, np.array([row])) == -1
