"""Events by time."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import Selection
from hopscope.views.density import Density, density, span, window_of
from hopscope.views.links import time_link


class Odd:
    """As much of a store as is asked for its time."""

    time: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    epoch: int


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(str(demo_path()))


@pytest.mark.parametrize("stretches", [1, 7, 80, 100_000])
def test_every_event_of_the_selection_is_counted_once(store: Store, stretches: int) -> None:
    for selection in (Selection(), Selection().with_filter("evt.type=read")):
        found = density(store, selection, stretches)

        assert len(found.counts) == stretches
        assert found.counts.sum() == len(selection.rows(store))


def test_edges_and_stretches_say_the_same_as_the_counts(store: Store) -> None:
    found = density(store, Selection(), 33)
    times = store.time[Selection().rows(store)]
    for i, count in enumerate(found.counts.tolist()):
        inside = (times >= found.edge(i)) & (times < found.edge(i + 1))
        assert inside.sum() == count
        assert {found.stretch(time) for time in times[inside].tolist()} <= {i}


def test_a_window_counts_what_is_in_it(store: Store) -> None:
    start, stop = span(store)
    middle = (start + stop) // 2
    selection = Selection().push(time_link(start, middle, store.epoch))

    assert window_of(store, Selection()) == (start, stop)
    assert window_of(store, selection) == (start, middle)
    assert density(store, Selection(), 10, (start, middle)).counts.sum() == len(selection.rows(store))
    assert density(store, selection, 10).counts[6:].sum() == 0


def test_a_time_of_no_sense_does_not_stretch_the_time_of_the_capture(store: Store) -> None:
    odd = Odd()
    odd.time = store.time.copy()
    odd.time[np.flatnonzero(~store.hidden)[[3, -3]]] = 0, 2**62
    odd.hidden, odd.epoch = store.hidden, store.epoch

    assert span(cast("Store", odd)) == span(store)


def test_who_gave_up_waits_for_nothing(store: Store) -> None:
    assert density(store, Selection(), 10, cancelled=lambda: True).counts.sum() == 0


@given(st.integers(0, 2**62), st.integers(1, 2**62), st.integers(1, 200), st.data())
def test_a_moment_lies_in_its_stretch(start: int, length: int, stretches: int, data: st.DataObject) -> None:
    found = Density(start, start + length, np.zeros(stretches, dtype=np.int64))
    time = data.draw(st.integers(start, start + length - 1))
    i = found.stretch(time)

    assert found.edge(i) <= time < found.edge(i + 1)
    assert found.edge(0) == start
    assert found.edge(stretches) == start + length
