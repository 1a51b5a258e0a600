"""Few events are looked up one by one, many are gone through: the rows of a view are the same."""

from __future__ import annotations

from typing import Any

import pytest

from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.views import VIEWS, Selection, evaluate, frame, sums, why_not_offered
from hopscope.views.definition import Aggregation
from hopscope.views.member import Member
from hopscope.views.sums import Sums

NEVER, ALWAYS = 10**9, 0
"""Events of which one must count to be looked up: of so many none does, of none each one."""


def _shown(monkeypatch: pytest.MonkeyPatch, share: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of every view over the whole demo, and over what Enter on its first rows leads to."""
    for module in (sums, frame):
        monkeypatch.setattr(module, "_FEW", share)
    store = open_store(demo_path())
    shown = {}
    for name, view in VIEWS.items():
        if view.lists_events or why_not_offered(store, view, Selection()):
            continue
        result = evaluate(store, name)
        shown[name] = result.as_json()
        for row in range(min(2, len(result))):
            selection, target = result.drill(row), VIEWS.find(view.target)
            if target is not None and not target.lists_events:
                shown[f"{name} {row}"] = evaluate(store, target, selection).as_json()
    return shown


def test_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one, gone_through = _shown(monkeypatch, ALWAYS), _shown(monkeypatch, NEVER)
    assert len(one_by_one) > 60
    for what, rows in one_by_one.items():
        assert rows == gone_through[what], what


def test_the_same_sums_where_states_belong_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    narrowed: list[Sums] = []
    narrow = Sums.narrow

    def noting(self: Sums, wider: Sums, inside: Any) -> None:
        narrowed.append(self)
        narrow(self, wider, inside)

    monkeypatch.setattr(Sums, "narrow", noting)
    by_states = _shown(monkeypatch, ALWAYS)
    assert len(narrowed) > 10
    monkeypatch.setattr(Member, "whole_states", lambda self, store, table: None)
    assert by_states == _shown(monkeypatch, ALWAYS)


def test_the_longest_call_is_the_longest() -> None:
    store = open_store(demo_path())
    result = evaluate(store, "syscalls")
    column = next(i for i, one in enumerate(result.columns) if one.aggregation is Aggregation.MAX)
    assert result.columns[column].source == "latency"
    for row in range(len(result)):
        longest = int(store.latency[result.event_rows(row)].max())
        assert (result.value(row, column) or 0) == max(longest, 0), result.text(row, 0)
