"""Texts beside their labels."""

from __future__ import annotations

from hopscope_tui.hanging import MOST_CHARACTERS, hanging


def test_what_does_not_fit_wraps_beside_the_label() -> None:
    lines = hanging("name", "one two three four five", 6, 24).plain.splitlines()

    assert lines[0].startswith("name  one two")
    assert all(line.startswith(" " * 6) for line in lines[1:])


def test_an_endless_text_is_cut_and_says_so() -> None:
    text = hanging("", "é\\x1b " * 500_000, 2, 60).plain

    assert len(text) < 4 * MOST_CHARACTERS
    assert f"{3_000_000 - MOST_CHARACTERS:,} more characters" in " ".join(text.split())
