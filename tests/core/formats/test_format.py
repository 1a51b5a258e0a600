"""The language of output formats: what is understood, and what is said of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.errors import FormatError
from hopscope.fields import FIELDS
from hopscope.formats import DEFAULT, PRESETS, compile_format, format_named
from hopscope.formats.format import WIDEST


def parts(text: str) -> list[tuple[str, str, int]]:
    """The text before each field, the field and its width; the last text with an empty field."""
    made = compile_format(text)
    behind = [(one.use.name, one.width) for one in made.placeholders] + [("", 0)]
    return [(literal, *rest) for literal, rest in zip(made.literals, behind, strict=True)]


def test_text_and_fields_alternate() -> None:
    assert parts("a %evt.num, b%10proc.name") == [("a ", "evt.num", 0), (", b", "proc.name", 10), ("", "", 0)]
    assert parts("only text") == [("only text", "", 0)]


@pytest.mark.parametrize(
    ("text", "keeps_all", "first"),
    [("*%evt.num", True, ""), ("**%evt.num", True, "*"), (" *%evt.num", False, " *"), ("*", True, "")],
)
def test_a_star_in_front_keeps_events_without_a_value(text: str, keeps_all: bool, first: str) -> None:
    made = compile_format(text)

    assert (made.keeps_all, made.literals[0]) == (keeps_all, first)


def test_escapes_are_line_ends_tabulators_and_backslashes() -> None:
    assert parts(r"a\nb\tc\\d\q" + "\\") == [("a\nb\tc\\d\\q\\", "", 0)]
    assert parts(r"\\n") == [(r"\n", "", 0)]


@pytest.mark.parametrize(
    ("text", "field", "behind"),
    [
        ("%evt.type.foo", "evt.type", ".foo"),
        ("%proc.name[0]", "proc.name", "[0]"),
        ("%evt.numbers", "evt.num", "bers"),
        ("%evt.time.s", "evt.time.s", ""),
        ("%proc.aname[2]x", "proc.aname[2]", "x"),
        ("%evt.arg.fdname|", "evt.arg[fd]", "name|"),
        ("%evt.arg.resx", "evt.arg[res]", "x"),
        ("%evt.arg[1]x", "evt.arg[1]", "x"),
        ("%k8s.pod.label.k8s-app/x y", "k8s.pod.label[k8s-app/x]", " y"),
        ("%k8s.pod.label.app)x", "k8s.pod.label[app]", ")x"),
        ("%thread.cgroup.cpu,x", "thread.cgroup[cpu]", ",x"),
        ("%evt.abspath.src|", "evt.abspath[src]", "|"),
        ("%evt.abspath.x", "evt.abspath", ".x"),
        ('%container.label["a.b"]c', "container.label[a.b]", "c"),
    ],
)
def test_the_longest_field_wins_and_the_rest_is_text(text: str, field: str, behind: str) -> None:
    assert parts(text) == [("", field, 0), (behind, "", 0)]


@pytest.mark.parametrize(
    ("text", "position", "said", "hint"),
    [
        ("", 0, "the format is empty", "for instance"),
        ("%evt.num %proc.nam!", 10, "there is no field proc.nam", "proc.name"),
        ("%20proc.nmae", 3, "there is no field proc.nmae", "proc.name"),
        ("%evt.num %", 9, "ends in a percent sign", ""),
        ("100 %% of", 5, "stands no field", "%proc.name"),
        ("% evt.num", 1, "sign", ""),
        ("%-10proc.name", 1, "a width has no sign", "%20proc.name"),
        ("%5.3evt.num", 2, "stands no field", ""),
        ("%evt.num %fd.ip", 10, "fd.ip is for filters only", "fd.cip and fd.sip"),
        ("%evt.arg", 1, "evt.arg needs an argument", "evt.arg["),
        ("%evt.arg.nosuch", 8, "no event has an argument 'nosuch'", ""),
        ("%evt.arg[1", 8, "never closed", ""),
        (f"%{WIDEST + 1}evt.num", 1, "characters wide at most", ""),
        ("%99999999999999999999evt.num", 1, "characters wide at most", ""),
        ("x" * 70_000, 0, "longer than", ""),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, position: int, said: str, hint: str) -> None:
    with pytest.raises(FormatError) as caught:
        compile_format(text)

    assert said in str(caught.value)
    assert caught.value.position == position
    assert hint in caught.value.hint


def test_names_choose_formats_that_are_understood() -> None:
    assert compile_format(DEFAULT).keeps_all
    for preset in PRESETS:
        assert {format_named(name) for name in preset.names} == {preset.text}
        assert len(compile_format(preset.text).placeholders) == 11
    assert format_named("docker") == "docker"
    assert [preset.names for preset in PRESETS] == [("c", "container"), ("k", "kubernetes"), ("m", "mesos")]


@given(
    st.lists(st.sampled_from(["%", "*", "\\", "[", "]", ".", "9", "-", "x", " ", *sorted(FIELDS)[::7]])).map(
        "".join
    )
)
def test_any_text_is_understood_or_told_its_place(text: str) -> None:
    wrong = None
    try:
        made = compile_format(text)
        assert len(made.literals) == len(made.placeholders) + 1
    except FormatError as told:
        wrong = told
    assert wrong is None or (str(wrong) and 0 <= wrong.position <= len(text))
