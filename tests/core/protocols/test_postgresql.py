"""PostgreSQL: logging in, simple and prepared queries, errors, TLS, and what is cut."""

from __future__ import annotations

import struct

import pytest

from core.protocols.talk import CLIENT, SERVER, in_parts, summaries, talk
from hopscope.protocols import postgresql


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body) + 4) + body


def startup(code: int, body: bytes = b"") -> bytes:
    return struct.pack(">II", len(body) + 8, code) + body


LOGIN = startup(postgresql.VERSION_3, b"user\0bob\0database\0shop\0\0")
READY = message(b"Z", b"I")
ROWS = message(b"T", b"\0\0") + message(b"D", b"\0\0") * 3 + message(b"C", b"SELECT 3\0") + READY
ERROR = message(b"E", b'SERROR\0VERROR\0C42P01\0Mno table "x"\0\0') + READY


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_whole_session(size: int) -> None:
    found = talk(
        postgresql,
        *in_parts(CLIENT, LOGIN, size),
        *in_parts(SERVER, message(b"R", struct.pack(">I", 10) + b"SCRAM-SHA-256\0\0"), size),
        *in_parts(CLIENT, message(b"p", b"SCRAM-SHA-256\0secret"), size),
        *in_parts(SERVER, message(b"R", bytes(4)) + message(b"S", b"a\0b\0") + READY, size),
        *in_parts(CLIENT, message(b"Q", b"select *\n  from orders\0"), size),
        *in_parts(SERVER, ROWS, size),
        *in_parts(CLIENT, message(b"Q", b"select * from x\0"), size),
        *in_parts(SERVER, ERROR, size),
        *in_parts(CLIENT, message(b"X", b""), size),
    )

    assert summaries(found) == [
        "PostgreSQL startup bob on shop",
        "PostgreSQL authentication SASL",
        "PostgreSQL password",
        "PostgreSQL authentication ok",
        "PostgreSQL select * from orders",
        "PostgreSQL SELECT 3",
        "PostgreSQL select * from x",
        'PostgreSQL ERROR 42P01 no table "x"',
        "PostgreSQL terminate",
    ]
    assert [one.message.failed for one in found] == [False] * 7 + [True, False]


def test_a_prepared_statement_is_one_request_up_to_its_sync() -> None:
    asked = (
        message(b"P", b"s1\0insert into t values ($1)\0\0\0")
        + message(b"B", b"\0s1\0")
        + message(b"E", b"\0" * 5)
    )
    said = message(b"1", b"") + message(b"2", b"") + message(b"C", b"INSERT 0 1\0") + READY
    found = talk(postgresql, (CLIENT, asked + message(b"S", b"")), (SERVER, said))

    assert summaries(found) == ["PostgreSQL insert into t values ($1)", "PostgreSQL INSERT 0 1"]
    assert found[0].stop == len(asked) + 5
    assert found[1].stop == len(said)


def test_after_tls_is_agreed_on_nothing_more_is_read() -> None:
    found = talk(
        postgresql, (CLIENT, startup(postgresql.SSL)), (SERVER, b"S"), (CLIENT, message(b"Q", b"select 1\0"))
    )

    assert summaries(found) == ["PostgreSQL ask for TLS", "PostgreSQL yes"]


def test_after_tls_is_refused_the_login_goes_on() -> None:
    found = talk(postgresql, (CLIENT, startup(postgresql.SSL)), (SERVER, b"N"), (CLIENT, LOGIN))

    assert summaries(found) == ["PostgreSQL ask for TLS", "PostgreSQL no", "PostgreSQL startup bob on shop"]


def test_a_statement_that_is_cut_and_rows_that_are_not_recorded() -> None:
    asked = message(b"Q", b"select " + b"x" * 300 + b"\0")
    found = talk(postgresql, (CLIENT, asked[:80], len(asked) - 80), (CLIENT, message(b"Q", b"select 2\0")))

    assert summaries(found)[0].startswith("PostgreSQL select xxx")
    assert [one.cut for one in found] == [True, False]


def test_a_password_is_not_shown_in_full_either() -> None:
    payload = message(b"Q", b"select 1\0") + message(b"p", b"hunter2\0")

    assert "hunter2" not in str(postgresql.parts(payload))


def test_other_bytes_are_not_taken() -> None:
    assert not postgresql.sniff(b"Question: what?")
    assert not postgresql.sniff(b"Q\0\0\0\x10\x01\x02\x03\x04")
    assert not postgresql.sniff(struct.pack(">II", 8, 196600))


def test_an_answer_that_is_cut_tells_what_there_is() -> None:
    asked = message(b"Q", b"select 1\0")
    described = message(b"T", b"\0" * 100)
    found = talk(postgresql, (CLIENT, asked), (SERVER, described[:80], len(described) - 80 + 500))

    assert summaries(found) == ["PostgreSQL select 1", "PostgreSQL 0 rows or more"]
    assert found[1].cut
