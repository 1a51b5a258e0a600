"""What is suggested while a filter is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.demo import demo_path
from hopscope.errors import FilterError
from hopscope.filters import Completion, compile_filter, complete, completion
from hopscope.store.build import open_store
from small_store import SmallStore

STORE = SmallStore()


def suggested(typed: str, behind: str = "") -> list[str]:
    return [one.text for one in complete(STORE, typed + behind, len(typed))]


def applied(typed: str, one: Completion) -> str:
    return typed[: one.start] + one.text + typed[one.stop :]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("proc.na", ["proc.name"]),
        ("not (proc.na", ["proc.name"]),
        ("evt.num=1 and container.na", ["container.name"]),
        ("proc.name cont", ["contains"]),
        ("proc.name=cu", ["curl"]),
        ("proc.name = 'cu", ["curl"]),
        ("proc.name in (cu", ["curl"]),
        ("proc.name in (curl, ba", ["bash"]),
        ("container.name=w", ["web"]),
        ("fd.sport=8", ["80"]),
        ("fd.type=i", ["ipv4"]),
        ("evt.failed=t", ["true"]),
        ("proc.name=curl an", ["and"]),
        ("fd.name exi", ["exists"]),
        ("tolow", ["tolower("]),
        ("tolower(proc.na", ["proc.name"]),
        ("tolower(base", ["basename("]),
        ("len(proc.name) cont", []),
        ("tolower(proc.name) icont", ["icontains"]),
        ("proc.name=va", ["val("]),
        ("proc.name=val(proc.pna", ["proc.pname"]),
        ("proc.name=val(tolow", ["tolower("]),
        ("proc.name=val(proc.pname) an", ["and"]),
        ("proc.name i", ["icontains", "iglob", "in", "intersects"]),
    ],
)
def test_the_word_at_the_cursor_is_completed(typed: str, first: list[str]) -> None:
    assert suggested(typed)[: len(first)] == first


def test_values_come_from_the_capture_commonest_first() -> None:
    names = complete(STORE, "proc.name=", 10)
    values = [(one.text, one.help) for one in names if one.kind == "value"]
    assert values == [
        ("curl", "5 events"), ("nginx", "4 events"), ("resolver", "3 events"), ("bash", "2 events"),
    ]  # fmt: skip


def test_event_types_of_the_capture_come_before_the_rest() -> None:
    values = [one.text for one in complete(STORE, "evt.type=", 9) if one.kind == "value"]
    assert values[:2] == ["open", "connect"]
    assert "openat2" in values


def test_both_ends_are_offered_for_fields_that_match_either() -> None:
    assert suggested("fd.port=") == ["40000", "80", "0"]
    assert suggested("fd.ip=") == ["10.0.0.1", "10.0.0.2", "0.0.0.0"]


def test_without_a_capture_the_table_answers() -> None:
    assert [one.text for one in complete(None, "evt.failed=", 11)][:2] == ["true", "false"]
    assert complete(None, "proc.name=", 10) == []


def test_only_operators_that_suit_the_field_are_offered() -> None:
    offered = suggested("evt.num ")
    assert "<=" in offered
    assert "contains" not in offered


def test_what_follows_a_check_is_set_apart_by_a_blank() -> None:
    assert applied("proc.name=curl", complete(STORE, "proc.name=curl", 14)[-2]).endswith("curl and")
    assert " contains" in suggested("proc.name")
    assert "=" in suggested("proc.name")


def test_closing_bracket_is_offered_only_where_one_is_open() -> None:
    assert ")" in suggested("(proc.name=curl ")
    assert ")" not in suggested("proc.name=curl ")


def test_values_with_blanks_are_quoted() -> None:
    quoted = next(one for one in complete(STORE, "proc.args=", 10) if one.kind == "value")
    assert quoted.text == '"-v http://web/"'
    compile_filter(applied("proc.args=", quoted))


def test_text_behind_the_cursor_does_not_disturb() -> None:
    assert suggested("proc.na", "me=curl and") == suggested("proc.na")


def test_a_field_that_needs_an_argument_opens_its_bracket() -> None:
    assert "evt.arg[" in suggested("evt.ar")


@given(st.text(alphabet="proc.name fd=<>()\"'in,and ot evtype[]1", max_size=40), st.integers(-3, 45))
def test_any_text_can_be_completed(text: str, cursor: int) -> None:
    for one in complete(STORE, text, cursor):
        assert 0 <= one.start <= one.stop <= len(text)
        assert one.text


@given(
    st.sampled_from(
        ["proc.name", "fd.sport", "evt.type", "container.name", "fd.name", "evt.failed", "user.name"]
    )
)
def test_every_offered_value_makes_a_filter(field: str) -> None:
    typed = f"{field} = "
    for one in complete(STORE, typed, len(typed)):
        if one.kind == "value":
            try:
                compile_filter(applied(typed, one))
            except FilterError as wrong:
                raise AssertionError(wrong.pointer()) from wrong


def test_what_is_rare_is_found_by_what_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "MOST", 2)

    assert suggested("proc.name=")[:2] == ["curl", "nginx"]
    assert suggested("proc.name=ba")[0] == "bash"


def test_arguments_that_have_to_be_decoded_offer_their_values() -> None:
    store = open_store(str(demo_path()))
    for typed, value in (("evt.arg.name=/etc/ld", "/etc/ld.so.cache"), ("evt.arg.res=EN", "ENOENT")):
        offers = {one.text: one.help for one in complete(store, typed, len(typed))}
        assert "of those looked at" in offers[value]
        assert compile_filter(typed[: typed.index("=") + 1] + value).mask(store).any()
    assert [one for one in complete(store, "evt.buffer=", 11) if one.kind == "value"] == []
