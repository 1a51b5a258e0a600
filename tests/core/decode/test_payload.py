"""Recorded bytes on one line."""

from __future__ import annotations

from hopscope.decode.payload import buffer_text


def test_a_buffer_is_cut_after_80_characters() -> None:
    assert buffer_text(b"x" * 80) == "x" * 80
    assert buffer_text(b"x" * 81) == "x" * 77 + "..."
    assert buffer_text(b"x" * 81, 0) == "x" * 81
    assert buffer_text(b"a\nb\0\xff") == "a.b.."
    assert buffer_text(b"") == ""
