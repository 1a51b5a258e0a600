"""Orders of all events that are kept are those that sorting finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import evaluate, event_order, ordering
from hopscope.views.ordering import order_of_integers, turned


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(demo_path())


def _sorted(store: Store, column: int, descending: bool) -> list[int]:
    result = evaluate(store, "events").sort(column, descending)
    return [result.event_row(i) for i in range(len(result))]


def _sortable(store: Store) -> list[int]:
    return [i for i, column in enumerate(evaluate(store, "events").columns) if column.sortable]


def test_events_are_sorted_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {(i, falls): _sorted(store, i, falls) for i in _sortable(store) for falls in (False, True)}
    assert len(kept) >= 14
    monkeypatch.setattr(event_order, "MOST", 0)
    for (column, falls), rows in kept.items():
        assert rows == _sorted(store, column, falls), column


def _sorted_again(store: Store, first: int, second: int) -> list[list[int]]:
    """Rows by one column, then by a second one falling and rising, then by both asked for at once."""
    events = evaluate(store, "events")
    one = events.sort(first, True)
    falling = one.sort_again(second, True)
    rising = falling.sort_again(second, False)
    both = events.sort_by([(second, False), (first, True)])
    return [[each.event_row(i) for i in range(len(each))] for each in (falling, rising, both)]


def test_events_are_sorted_again_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = _sortable(store)
    pairs = [(first, second) for first in columns[::2] for second in columns if first != second]
    kept = {pair: _sorted_again(store, *pair) for pair in pairs}
    monkeypatch.setattr(event_order, "MOST", 0)
    for pair, rows in kept.items():
        assert rows == _sorted_again(store, *pair), pair


def test_no_more_orders_are_kept_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(demo_path())
    monkeypatch.setattr(event_order, "MOST_COLUMNS", 2)
    for column in _sortable(store):
        _sorted(store, column, False)
    assert len(event_order._orders(store)) == 2


@pytest.mark.parametrize("short", [0, 100])
@given(values=arrays(np.int64, st.integers(0, 40), elements=st.integers(0, 4)))
def test_runs_are_turned_and_stay_as_they_are(short: int, values: Any) -> None:
    order = order_of_integers(values, descending=False)
    ascending = values[order]
    begins = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1])[: len(values)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "_SHORT", short)
        assert turned(order, begins).tolist() == np.argsort(-values, kind="stable").tolist()
