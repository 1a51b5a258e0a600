"""memcached: commands with values, replies of several values, what is silent, what is cut."""

from __future__ import annotations

import pytest

from core.protocols.talk import CLIENT, SERVER, in_parts, placed, summaries, talk
from hopscope.protocols import decode, decoder_for, memcached


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_commands_and_replies(size: int) -> None:
    asked = b"set user:1 0 60 5\r\nalice\r\n" + b"get user:1 user:2\r\n" + b"incr n 1\r\n" + b"delete x\r\n"
    said = b"STORED\r\n" + b"VALUE user:1 0 5\r\nalice\r\nEND\r\n" + b"8\r\n" + b"NOT_FOUND\r\n"
    found = talk(memcached, *in_parts(CLIENT, asked, size), *in_parts(SERVER, said, size))

    assert summaries(found) == [
        "memcached set user:1, 5 bytes",
        "memcached get user:1 user:2",
        "memcached incr n",
        "memcached delete x",
        "memcached reply STORED",
        "memcached reply 1 value, 5 bytes",
        "memcached reply 8",
        "memcached reply NOT_FOUND",
    ]
    assert placed(found[:2]) == [(CLIENT, 0, 26), (CLIENT, 26, 45)]
    assert [one.message.failed for one in found] == [False] * 8


def test_values_that_look_like_replies_are_values() -> None:
    value = b"END\r\nVALUE"
    said = b"VALUE k 0 %d\r\n%s\r\nVALUE l 0 0\r\n\r\nEND\r\n" % (len(value), value)
    found = talk(memcached, (CLIENT, b"get k l\r\n"), (SERVER, said))

    assert summaries(found)[1:] == ["memcached reply 2 values, 10 bytes"]


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (b"set k 0 0 1 noreply\r\nx\r\n", "note"),
        (b"set k 0 0 1\r\nx\r\n", "request"),
        (b"ms k 2 q\r\nhi\r\n", "note"),
        (b"mg k v\r\n", "request"),
        (b"quit\r\n", "note"),
    ],
)
def test_what_is_never_answered_is_a_note(command: bytes, kind: str) -> None:
    (one,) = talk(memcached, (CLIENT, command))

    assert one.message.kind == kind


def test_errors_are_failures_and_misses_are_none() -> None:
    found = talk(
        memcached,
        (CLIENT, b"get k\r\nset l 0 0 1\r\nx\r\n"),
        (SERVER, b"END\r\nSERVER_ERROR out of memory\r\n"),
    )

    assert [one.message.outcome for one in found[2:]] == ["no value", "SERVER_ERROR out of memory"]
    assert [one.message.failed for one in found[2:]] == [False, True]


def test_a_value_that_was_not_recorded_is_passed_over_by_its_length() -> None:
    found = talk(memcached, (CLIENT, b"set k 0 0 100000\r\nxxxx", 99_996), (CLIENT, b"\r\nget k\r\n"))

    assert summaries(found) == ["memcached set k, 100,000 bytes", "memcached get k"]


@pytest.mark.parametrize(
    "other",
    [
        b"get\r\n", b"set k\r\n", b"OK\r\n", b"ERROR\r\n", b"12\r\n", b"GET / HTTP/1.1\r\n\r\n", b"get k",
        b"VALUE k\r\n", b"hello there\r\n", b"set k 0 0 99999999999\r\n",
    ],
)  # fmt: skip
def test_other_bytes_are_left_to_others(other: bytes) -> None:
    assert not memcached.sniff(other)
    assert decoder_for(other) is not memcached


def test_single_events_are_read_too() -> None:
    alone = decode(b"VALUE k 0 3\r\nabc\r\nEND\r\n")
    assert alone is not None
    assert alone.summary == "memcached reply 1 value, 3 bytes"
    command, value = memcached.parts(b"set k 0 0 3\r\nabc\r\n")
    assert [line.text for line in command.lines] == ["0: set", "1: k", "2: 0", "3: 0", "4: 3"]
    assert [line.text for line in value.lines] == ["abc"]
