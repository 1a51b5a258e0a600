"""Recorded bytes as text."""

from __future__ import annotations

from base64 import b64decode

import pytest

from hopscope.decode.payload import BufferForm, buffer_text, payload_text


def test_a_buffer_is_cut_after_80_characters() -> None:
    assert buffer_text(b"x" * 80) == "x" * 80
    assert buffer_text(b"x" * 81) == "x" * 77 + "..."
    assert buffer_text(b"x" * 81, 0) == "x" * 81
    assert buffer_text(b"a\nb\0\xff") == "a.b.."
    assert buffer_text(b"") == ""


@pytest.mark.parametrize("form", BufferForm)
def test_no_bytes_are_no_text(form: BufferForm) -> None:
    assert payload_text(b"", form) == ""


def test_text_keeps_letters_and_line_ends() -> None:
    assert payload_text(b"GET /\r\nHost: x\r\n\r\n", BufferForm.TEXT) == "\nGET /\nHost: x\n\n"
    assert payload_text(b"a\tb\x00\x1b[m\xc3\xa9\nc", BufferForm.TEXT) == "\nab[m\nc"
    assert payload_text(b"\nfirst\rsecond", BufferForm.TEXT) == "\nfirst\nsecond"


def test_dumps_have_sixteen_bytes_a_row() -> None:
    data = bytes(range(0x41, 0x41 + 19))

    assert payload_text(data, BufferForm.HEX) == (
        "\n\t0x0000: 4142 4344 4546 4748 494a 4b4c 4d4e 4f50\n\t0x0010: 5152 53\n"
    )
    assert payload_text(data, BufferForm.HEX_AND_TEXT) == (
        "\n\t0x0000: 4142 4344 4546 4748 494a 4b4c 4d4e 4f50  ABCDEFGHIJKLMNOP"
        "\n\t0x0010: 5152 53" + 6 * "     " + "  QRS\n"
    )


def test_nothing_is_lost_in_base64_and_whole_buffers() -> None:
    data = bytes(range(256))

    assert b64decode(payload_text(data, BufferForm.BASE64)) == data
    assert len(payload_text(data, BufferForm.WHOLE)) == 256
    assert len(payload_text(data, BufferForm.CUT)) == 80
