"""What holds for the table of decoders as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopscope.protocols import DATAGRAM_DECODERS, DECODERS, LINE_DECODERS, Decoder, decode, decoder_for, parts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "protocols.md"


@pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.NAME)
def test_every_decoder_is_on_the_page(decoder: Decoder) -> None:
    assert f"\n| `{decoder.NAME}` |" in PAGE.read_text(encoding="utf-8")


def test_names_are_different_and_the_shorter_lists_are_parts_of_the_whole() -> None:
    assert len({decoder.NAME for decoder in DECODERS}) == len(DECODERS)
    assert {*DATAGRAM_DECODERS, *LINE_DECODERS} <= {*DECODERS}


def test_what_nobody_knows() -> None:
    for payload in (b"", b"\0", b"\x7fELF" + bytes(60), b"hello world\n", bytes(range(256))):
        assert decoder_for(payload) is None
        assert decode(payload) is None
        assert parts(payload) == []
    assert decode(None) is None
