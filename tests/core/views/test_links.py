"""Links of a chain: texts and back, and taking one out of the middle."""

from __future__ import annotations

import pytest

from hopscope.demo import demo_path
from hopscope.errors import FilterError
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import Selection, TimeRange, evaluate
from hopscope.views.density import span
from hopscope.views.links import filter_of, link_of, links, range_text, time_link, with_link


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(str(demo_path()))


def test_a_range_of_time_and_its_filter_choose_the_same_events(store: Store) -> None:
    start, stop = span(store)
    link = time_link(start + (stop - start) // 3, stop - (stop - start) // 4, store.epoch)
    text = filter_of(link)

    assert 0 < len(Selection().push(link).rows(store)) < len(Selection().rows(store))
    assert Selection().push(link).rows(store).tolist() == Selection().with_filter(text).rows(store).tolist()
    again = link_of(text, store.epoch)
    assert again == link
    assert isinstance(again.condition, TimeRange)


@pytest.mark.parametrize(
    "text",
    ["evt.rawtime>=5", "evt.rawtime>=9 and evt.rawtime<5", "evt.rawtime>=1 and evt.rawtime<9 and fd.num=3"],
)
def test_other_filters_on_time_stay_filters(text: str) -> None:
    link = link_of(text, 0)

    assert (link.kind, link.label) == ("filter", text)


def test_what_cannot_be_understood_is_no_link() -> None:
    with pytest.raises(FilterError):
        link_of("proc.nme=x", 0)


@pytest.mark.parametrize(
    ("start", "stop", "text"),
    [
        (0, 13_100_000_000, "0.0–13.1 s"),
        (1_200_000_000, 3_450_000_000, "1.20–3.45 s"),
        (1_234_567_890, 1_234_567_899, "1.234567890–1.234567899 s"),
        (0, 100_000_000_000, "0–100 s"),
    ],
)
def test_a_range_is_written_as_exactly_as_it_needs(start: int, stop: int, text: str) -> None:
    assert range_text(1_000 + start, 1_000 + stop, 1_000) == text


def test_a_link_is_taken_out_or_changed_wherever_it_stands(store: Store) -> None:
    first = Selection().with_filter("evt.type=read")
    drilled = evaluate(store, "processes", first).drill(0)
    assert drilled is not None
    last = drilled.with_filter("evt.dir=<")
    read, process, leave = last.steps

    assert links(last) == (read, leave)
    assert with_link(last, read, ()).steps == (process, leave)
    changed = link_of("evt.type=write", store.epoch)
    assert with_link(last, read, [changed]).steps == (changed, process, leave)
    assert with_link(last, leave, ()) is drilled
    other = link_of("evt.dir=<", store.epoch)
    assert with_link(last, other, ()) is last
