"""MySQL: greeting, login, queries with rows of both kinds of end, errors, prepared statements, TLS."""

from __future__ import annotations

import struct

import pytest

from core.protocols.talk import CLIENT, SERVER, Turn, in_parts, summaries, talk
from hopscope.protocols import mysql


def packet(number: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([number]) + body


GREETING = packet(0, b"\x0a8.0.36\0" + bytes(40))
LOGIN = packet(1, struct.pack("<II", 0x8208, 1 << 24) + bytes(24) + b"bob\0" + b"\x03abc" + b"shop\0")
OK = bytes([0, 0, 0, 2, 0, 0, 0])
END = bytes([0xFE, 0, 0, 2, 0])


def query(text: bytes) -> bytes:
    return packet(0, b"\x03" + text)


def rows(count: int, *, classic: bool) -> bytes:
    """An answer of two columns, as servers before and after 8.0 end it."""
    bodies = [b"\x02", b"\x03def" + bytes(20), b"\x03def" + bytes(20)]
    bodies += [END] if classic else []
    bodies += [b"\x01a\x01b"] * count
    bodies += [END if classic else b"\xfe" + OK[1:]]
    return b"".join(packet((i + 1) % 256, body) for i, body in enumerate(bodies))


HELLO: tuple[Turn, ...] = ((SERVER, GREETING), (CLIENT, LOGIN), (SERVER, packet(2, OK)))


@pytest.mark.parametrize("classic", [True, False])
@pytest.mark.parametrize("count", [0, 3, 600])
@pytest.mark.parametrize("size", [3, 10_000])
def test_a_whole_session(size: int, count: int, classic: bool) -> None:
    found = talk(
        mysql,
        *HELLO,
        *in_parts(CLIENT, query(b"select *\n from t"), size),
        *in_parts(SERVER, rows(count, classic=classic), size),
        *in_parts(CLIENT, query(b"delete from t"), size),
        *in_parts(SERVER, packet(1, b"\0\x05" + OK[2:]), size),
        *in_parts(CLIENT, query(b"select nope"), size),
        *in_parts(SERVER, packet(1, b"\xff" + struct.pack("<H", 1054) + b"#42S22Unknown column"), size),
        (CLIENT, packet(0, b"\x01")),
    )

    assert summaries(found) == [
        "MySQL greeting of version 8.0.36",
        "MySQL login bob on shop",
        "MySQL ok",
        "MySQL select * from t",
        f"MySQL {count} rows",
        "MySQL delete from t",
        "MySQL ok, 5 rows changed",
        "MySQL select nope",
        "MySQL error 1054 Unknown column",
        "MySQL quit",
    ]


def test_what_a_prepared_statement_needs_belongs_to_its_answer() -> None:
    answer = packet(1, b"\0" + bytes(11)) + packet(2, b"\x03def") + packet(3, END)
    found = talk(mysql, *HELLO, (CLIENT, packet(0, b"\x16select ?")), (SERVER, answer),
                 (CLIENT, query(b"select 1")), (SERVER, rows(1, classic=False)))  # fmt: skip

    assert summaries(found)[3:] == ["MySQL prepare select ?", "MySQL ok", "MySQL select 1", "MySQL 1 row"]


def test_asking_for_tls_ends_it() -> None:
    ask = packet(1, struct.pack("<II", 0x8A00, 1 << 24) + bytes(24))
    found = talk(mysql, (SERVER, GREETING), (CLIENT, ask), (CLIENT, query(b"select 1")))

    assert summaries(found) == ["MySQL greeting of version 8.0.36", "MySQL ask for TLS"]


def test_a_connection_from_its_middle() -> None:
    found = talk(mysql, (CLIENT, query(b"select 1")), (SERVER, rows(2, classic=True)))

    assert mysql.sniff(query(b"select 1"))
    assert summaries(found) == ["MySQL select 1", "MySQL 2 rows"]


def test_a_statement_that_is_cut() -> None:
    asked = query(b"select " + b"x" * 500)
    found = talk(mysql, *HELLO, (CLIENT, asked[:80], len(asked) - 80), (CLIENT, query(b"select 2")))

    assert summaries(found)[3].startswith("MySQL select xxxx")
    assert [one.cut for one in found[3:]] == [True, False]
    assert mysql.sniff(asked[:80])


def test_other_bytes_are_not_taken() -> None:
    assert not mysql.sniff(packet(0, b"\x03\x00\x01\x02\x03"))
    assert not mysql.sniff(bytes(40))
    assert not mysql.sniff(packet(0, b"\x0anot a version"))


def test_a_set_of_one_column_is_no_request_for_more() -> None:
    bodies = [b"\x01", b"\x03def" + bytes(20), END, b"\x01a", END]
    said = b"".join(packet(i + 1, body) for i, body in enumerate(bodies))
    found = talk(mysql, *HELLO, (CLIENT, query(b"select 1")), (SERVER, said))

    assert summaries(found)[3:] == ["MySQL select 1", "MySQL 1 row"]


def test_an_answer_that_is_cut_tells_that_it_has_rows() -> None:
    said = rows(50, classic=False)
    found = talk(mysql, *HELLO, (CLIENT, query(b"select 1")), (SERVER, said[:80], len(said) - 80))

    assert summaries(found)[4] == "MySQL 2 rows or more"
    assert found[4].cut


def test_an_error_among_the_rows_is_the_outcome() -> None:
    said = rows(1, classic=False)[:-11] + packet(5, b"\xff" + struct.pack("<H", 1317) + b"#70100interrupted")
    found = talk(mysql, *HELLO, (CLIENT, query(b"select 1")), (SERVER, said))

    assert summaries(found)[4] == "MySQL error 1317 interrupted"
