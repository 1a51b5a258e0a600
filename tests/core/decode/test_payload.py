"""Recorded bytes as text and hexadecimal digits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.payload import buffer_text, hex_rows, render_payload


def test_a_buffer_is_cut_after_80_characters() -> None:
    assert buffer_text(b"x" * 80) == "x" * 80
    assert buffer_text(b"x" * 81) == "x" * 77 + "..."
    assert buffer_text(b"x" * 81, 0) == "x" * 81
    assert buffer_text(b"a\nb\0\xff") == "a.b.."
    assert buffer_text(b"") == ""


def test_hex_rows_group_two_bytes_and_pad_the_last_row() -> None:
    rows = hex_rows(b"GET / HTTP/1.1\r\n\r\n")
    assert [str(row) for row in rows] == [
        "0x0000: 4745 5420 2f20 4854 5450 2f31 2e31 0d0a  GET / HTTP/1.1..",
        "0x0010: 0d0a                                     ..",
    ]
    assert hex_rows(b"") == []
    assert hex_rows(b"abc", 8)[0].digits == "6162 63" + " " * 12


@given(st.binary(max_size=200), st.integers(1, 33))
def test_hex_rows_hold_every_byte(data: bytes, width: int) -> None:
    rows = hex_rows(data, width)
    assert bytes.fromhex("".join(row.digits for row in rows)) == data
    assert len({len(row.digits) for row in rows}) <= 1
    assert [row.offset for row in rows] == list(range(0, len(data), width))


def test_payload_for_reading_keeps_line_ends() -> None:
    assert render_payload(b"HTTP/1.1 200 OK\r\nA:\tb\x1b[31m\n\xff") == "HTTP/1.1 200 OK\nA:\tb.[31m\n."
