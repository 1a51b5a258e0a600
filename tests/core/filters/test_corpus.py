"""Every filter of the corpus on every capture, against what ``sysdig -d`` was recorded to accept.

``docs/filter-deviations.md`` lists what differs, with the reasons. A sample is asked of the installed
reference again, so that the record stays true.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import cache

import pytest

from deviation_tables import reasons_of, table_of
from filter_corpus.corpus import ANSWERS, CAPTURES, REFUSED, STORY, Entry, answer, answers, entries
from filter_corpus.reference import RefusedError, accepted
from hopscope.errors import FilterError
from hopscope.fields import FIELDS
from hopscope.filters import compile_filter
from hopscope.filters.operators import OPERATORS
from hopscope.filters.parser import parse
from hopscope.filters.tree import checks
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED, needs_sysdig

PAGE = "filter-deviations.md"

SAMPLE = 40
"""Questions that the installed reference is asked again."""


@pytest.fixture(scope="module", autouse=True)
def _universal_time() -> Iterator[None]:
    """The record was made in UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


needs_capture = {
    capture: pytest.mark.skipif(not path.exists(), reason=f"the real captures are not in {SHARED}")
    for capture, path in CAPTURES.items()
}

each_capture = pytest.mark.parametrize(
    "capture", [pytest.param(name, marks=needs_capture[name]) for name in CAPTURES]
)


@cache
def store_of(capture: str) -> Store:
    return open_store(CAPTURES[capture])


def answer_here(capture: str, text: str) -> str:
    """What this program answers, in the form of the record."""
    try:
        ready = compile_filter(text)
    except FilterError:
        return REFUSED
    store = store_of(capture)
    return answer(store.number[ready.mask(store) & ~store.hidden].tolist())


@cache
def deviations() -> dict[tuple[str, str], tuple[str, str]]:
    """Filter and capture to the counts here and there of filters that accept other events, and the reason."""
    found = {}
    for text, capture, here, there, why in table_of(PAGE, "Filters"):
        found[text, capture] = (f"{here}/{there}", why)
    return found


def counted(text: str) -> str:
    return text.partition(":")[0]


def differs(entry: Entry, capture: str) -> str:
    """How an answer differs from the record, an empty string where it does not."""
    here, there = answer_here(capture, entry.text), answers()[entry.text, capture]
    if here == there:
        return ""
    if entry.part.startswith("other") or (there == REFUSED and entry.part.startswith("newer")):
        return ""
    if here == REFUSED and (entry.part == "stricter" or (there == "0" and refused_somewhere(entry.text))):
        return ""
    return f"{counted(here)}/{counted(there)}"


def refused_somewhere(text: str) -> bool:
    """True where the reference stops at the first event that it cannot compare, if there is one."""
    return any(answers()[text, capture] == REFUSED for capture in CAPTURES)


@each_capture
def test_the_same_events_as_the_reference(capture: str) -> None:
    wrong = {}
    # Filters of one field stand together, so that what is decoded for one serves the next.
    for entry in sorted(entries(), key=lambda one: one.text):
        found = differs(entry, capture)
        expected, _ = deviations().get((entry.text, capture), ("", ""))
        if found != expected:
            wrong[entry.text] = f"here/there {found or 'equal'}, the page says {expected or 'equal'}"
    assert not wrong


@needs_sysdig
@pytest.mark.reference
@each_capture
def test_the_record_is_what_the_reference_says(capture: str) -> None:
    chosen = random.Random(f"corpus {capture}").sample(entries(), SAMPLE // len(CAPTURES))
    for entry in chosen:
        try:
            there = answer(accepted(CAPTURES[capture], entry.text))
        except RefusedError:
            there = REFUSED
        assert there == answers()[entry.text, capture], entry.text


def test_the_record_holds_the_whole_corpus() -> None:
    assert {text for text, _ in answers()} == {entry.text for entry in entries()}, (
        f"make {ANSWERS.name} again"
    )
    assert len(entries()) >= 600


def test_each_field_and_operator_is_asked_for() -> None:
    asked = [one for entry in entries() for one in _checks(entry.text)]
    names = {name for name, _ in asked}
    # Groups that files do not answer are asked for by a few of their fields; the last is this program's own.
    left = {
        name
        for name, field in FIELDS.items()
        if not any(one == name or one.startswith((f"{name}.", f"{name}[")) for one in names)
        and field.group not in ("span", "evtin", "mesos", "marathon", "hopscope")
    }
    assert left <= NOT_COMPARED
    assert {operator for _, operator in asked} == set(OPERATORS)


NOT_COMPARED = {
    "evt.deltatime", "evt.deltatime.s", "evt.deltatime.ns", "evt.latency.quantized", "evt.latency.human",
    "util.cnt", "fd.cip.name", "fd.sip.name", "fd.lip.name", "fd.rip.name", "fd.dev.minor",
    "evt.infra.docker.name", "evt.infra.docker.container.id", "evt.infra.docker.container.name",
    "evt.infra.docker.container.image",
}  # fmt: skip
"""Fields whose value in the reference is not the capture's alone, or that no file answers."""


def _checks(text: str) -> list[tuple[str, str]]:
    try:
        tree = parse(text)
    except FilterError:
        return []
    return [(check.field.bare, check.operator) for check in checks(tree)]


def test_parts_say_who_refuses() -> None:
    for entry in entries():
        there = {answers()[entry.text, capture] == REFUSED for capture in CAPTURES}
        if entry.part.startswith("newer"):
            assert True in there, entry.text
            compile_filter(entry.text)
        if entry.part == "stricter":
            with pytest.raises(FilterError):
                compile_filter(entry.text)
            assert False in there, entry.text


def test_every_reason_is_explained_and_every_explanation_used() -> None:
    named = {why for _, why in deviations().values()} | {row[-1] for row in table_of(PAGE, "Fields")}
    named |= {
        entry.part
        for entry in entries()
        if entry.part.startswith(("newer", "other")) or entry.part == "stricter"
    }
    assert named == reasons_of(PAGE)


def test_the_page_says_how_much_differs() -> None:
    text = (ANSWERS.parents[2] / "docs" / PAGE).read_text(encoding="utf-8")
    real = [capture for capture, path in CAPTURES.items() if path != STORY]
    asked = len(entries()) * len(real)
    differing = sum(capture in real for _, capture in deviations())
    assert f"{len(entries())} filters" in text
    assert f"{differing} of {asked} answers" in text


def test_most_filters_accept_something_somewhere() -> None:
    silent = [
        entry.text
        for entry in entries()
        if all(answers()[entry.text, capture] in ("0", REFUSED) for capture in CAPTURES)
    ]
    assert len(silent) < len(entries()) // 4
