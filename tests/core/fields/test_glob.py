"""Shell patterns."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.fields.glob import matcher


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("/etc/*", "/etc/a/b", True),
        ("*/b", "/etc/a/b", True),
        ("?", "a", True),
        ("?", "", False),
        ("a", "ab", False),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[^a-c]x", "dx", True),
        ("[]]", "]", True),
        ("[a", "[a", True),
        ("[[:digit:]]*", "7up", True),
        ("[[:upper:]x]", "Q", True),
        ("[z-a]", "m", False),
        (r"\*", "*", True),
        (r"\*", "a", False),
        ("a\\", "a\\", True),
        ("**a**", "xxaxx", True),
        ("a.c", "abc", False),
        ("*", "line\nbreak", True),
    ],
)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert matcher(pattern, ignore_case=False)(text) is matches


def test_case_is_ignored_only_when_asked() -> None:
    assert matcher("A*", ignore_case=True)("abc")
    assert not matcher("A*", ignore_case=False)("abc")


@given(st.text(alphabet="ab*?[]!-", max_size=8), st.text(alphabet="ab-!", max_size=6))
def test_like_the_standard_library_where_both_have_the_same_rules(pattern: str, text: str) -> None:
    # The libraries differ in brackets that hold a range which runs backwards or an empty set.
    if "[" in pattern and "-" in pattern:
        return
    assert matcher(pattern, ignore_case=False)(text) == fnmatch.fnmatchcase(text, pattern)


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_a_pattern(pattern: str, text: str) -> None:
    assert matcher(pattern, ignore_case=False)(text) in (True, False)
