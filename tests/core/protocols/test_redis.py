"""Redis: commands, replies of all types, what is cut, and that passwords are not shown."""

from __future__ import annotations

import pytest

from core.protocols.talk import CLIENT, SERVER, in_parts, placed, summaries, talk
from hopscope.protocols import decode, redis


def command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_commands_and_replies(size: int) -> None:
    asked = command(b"GET", b"user:1") + command(b"lrange", b"list", b"0", b"-1") + command(b"INCR", b"n")
    said = b"$5\r\nalice\r\n" + b"*2\r\n$1\r\na\r\n*1\r\n:7\r\n" + b"-ERR no number\r\n"
    found = talk(redis, *in_parts(CLIENT, asked, size), *in_parts(SERVER, said, size))

    assert summaries(found) == [
        "Redis GET user:1",
        "Redis LRANGE list 0 -1",
        "Redis INCR n",
        "Redis reply alice",
        "Redis reply 2 values: a, 7",
        "Redis reply ERR no number",
    ]
    assert [one.message.failed for one in found[3:]] == [False, False, True]
    assert placed(found[3:])[:2] == [(SERVER, 0, 11), (SERVER, 11, 30)]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (b"+OK\r\n", "OK"),
        (b"$-1\r\n", "(nil)"),
        (b"_\r\n", "(nil)"),
        (b":12\r\n", "12"),
        (b"*0\r\n", "0 values"),
        (b"%1\r\n+key\r\n#t\r\n", "2 values: key, t"),
        (b"$0\r\n\r\n", '""'),
        (b"!5\r\nSYN x\r\n", "SYN x"),
    ],
)
def test_replies_of_all_types(reply: bytes, outcome: str) -> None:
    found = talk(redis, (CLIENT, command(b"PING")), (SERVER, reply))

    assert found[1].message.outcome == outcome


def test_pushed_messages_answer_nothing() -> None:
    found = talk(redis, (CLIENT, command(b"PING")), (SERVER, b">2\r\n+message\r\n+hi\r\n"))

    assert found[1].message.kind == "note"


@pytest.mark.parametrize(
    "words",
    [(b"AUTH", b"hunter2"), (b"auth", b"me", b"hunter2"), (b"CONFIG", b"SET", b"requirepass", b"hunter2")],
)
def test_passwords_are_not_shown(words: tuple[bytes, ...]) -> None:
    payload = command(*words)
    found = talk(redis, (CLIENT, payload))
    (part,) = redis.parts(payload)
    alone = decode(payload)

    assert summaries(found) == [f"Redis {words[0].decode().upper()} (hidden)"]
    assert alone is not None
    assert "hunter2" not in alone.summary + str(part)


def test_a_long_value_is_passed_over_by_its_length() -> None:
    asked = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\nxxxx"
    found = talk(redis, (CLIENT, asked, 100_000 - 4), (CLIENT, b"\r\n" + command(b"GET", b"k")))

    assert summaries(found) == ["Redis SET k xxxx", "Redis GET k"]
    assert [one.cut for one in found] == [True, False]


def test_deep_nesting_is_no_recursion() -> None:
    found = talk(redis, (CLIENT, command(b"GET", b"x")), (SERVER, b"*1\r\n" * 100_000))

    assert summaries(found) == ["Redis GET x", "Redis reply 0 values"]
    assert found[1].cut


def test_other_bytes_are_not_taken() -> None:
    for payload in (b"*x\r\n", b"$5", b"+hello there", b"-----BEGIN", b":::::", b"*1\r\n$3\r\nTOOLONG\r\n"):
        assert not redis.sniff(payload)


def test_messages_come_out_as_soon_as_they_are_there() -> None:
    found = talk(redis, (CLIENT, command(b"GET", b"x")), (SERVER, b":1\r\n"), (CLIENT, command(b"GET", b"y")))

    assert summaries(found) == ["Redis GET x", "Redis reply 1", "Redis GET y"]
