"""Regular expressions: the same answers as Python's own engine, in time that any pattern keeps."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopscope.errors import FilterError
from hopscope.filters import compile_filter, regex
from hopscope.filters.regex import Automaton, RegexError

PATTERNS = (
    "a*", "(a+)+b", "(a|ab)*c", "^a.*b$", r"\bfoo\b.*", "a{2,4}", "(?i)AbC[x-z]+", "[^a-c]*", "x?y??z",
    "(a|b)*abb", r"\d+\.\d*|\w+", r"a\Zb", "(?m)^a$\n^b$", "", "(?:a{1,3}){2}", r"\Ba", r"a\b",
    "(?i:a)b", r"\s*\S+", ".*a.*b.*", r"[^\W\d]x", "(?s).", "(?P<name>a)b",
)  # fmt: skip


@given(st.sampled_from(PATTERNS), st.text("aAbBcxyz1.2 \nfo@-_é", max_size=9))
def test_whole_texts_match_as_in_python(pattern: str, text: str) -> None:
    expected = re.compile(pattern, re.DOTALL).fullmatch(text) is not None
    assert Automaton(pattern).matches(text) == expected


def test_nothing_may_be_repeated_any_number_of_times() -> None:
    assert Automaton("(?:){100000000}a").matches("a")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", ".*a.*a.*a.*a.*a.*b", "(a?){50}a{50}b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    begun = time.process_time()
    assert not Automaton(pattern).matches("a" * 4000)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[", "is no regular expression: unterminated character set"),
        (r"(a)\1", "a reference to a group cannot be asked for"),
        ("(?=a)b", "looking ahead or behind cannot be asked for"),
        ("(?<!a)b", "looking ahead or behind cannot be asked for"),
        ("a++", "a possessive repetition cannot be asked for"),
        ("(?>a)", "an atomic group cannot be asked for"),
        ("(a)?(?(1)b|c)", "a condition cannot be asked for"),
        ("((a{1000}){1000})", "is too large"),
        ("a{99999}", "is too large"),
    ],
)
def test_what_no_automaton_decides_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(RegexError, match=re.escape(why)):
        Automaton(pattern)
    with pytest.raises(FilterError) as caught:
        compile_filter(f"proc.name regex '{pattern}'".replace("\\", "\\\\"))
    assert caught.value.position == 16


def test_forgotten_steps_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex, "_KEPT_STEPS", 3)
    automaton = Automaton("(ab|cd|ef|[x-z]{2})*")
    assert automaton.matches("abcdefxyzxabef")
    assert not automaton.matches("abcdefxyzxabe")


@settings(max_examples=60)
@given(st.text("ab()[]{}*+?|^$\\.-,0123:=<!PidwsbBZ", max_size=14), st.text("ab01 ", max_size=8))
def test_any_pattern_is_taken_or_refused(pattern: str, text: str) -> None:
    try:
        automaton = Automaton(pattern)
    except RegexError:
        return
    assert automaton.matches(text) in (True, False)
