"""Hostile text made visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ünïcödé 漢字", "plain text, ünïcödé 漢字"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("safe\u202egpj.exe", "safe\\u202egpj.exe"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        (b"bad\xff\xfename".decode("utf-8", "surrogateescape"), "bad\\xff\\xfename"),
        ("\U000e0001", "\\U000e0001"),
        ("\ud800", "\\ud800"),
        ("a\u3164\ufe0f\u2800b", "a\\u3164\\ufe0f\\u2800b"),
        ("e\u0301 a" + "\u0336" * 5, "e\u0301 a" + "\u0336" * 4 + "\\u0336"),
    ],
)
def test_what_a_terminal_would_act_on_becomes_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_the_result_is_printable_and_stays_so(text: str) -> None:
    once = visible(text)
    assert once.isprintable()
    assert visible(once) == once
    once.encode("utf-8")
