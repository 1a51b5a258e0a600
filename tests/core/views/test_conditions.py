"""This value, not this value: the filters that cells and events give accept what they were taken from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hopscope.demo import demo_path
from hopscope.errors import UsageError
from hopscope.filters import compile_filter
from hopscope.filters.parser import parse
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, evaluate
from hopscope.views.conditions import (
    cell_value,
    event_values,
    fields_of,
    only_descriptor,
    only_process,
    only_thread,
    without,
)
from paths import SHARED

_OTHERS_COMMAND = {("descriptors", "command"), ("threads", "command"), ("processes", "command")}
"""Columns that show the last of several states of a process, which some of its events came before."""
_ALIKE = {name for name in VIEWS if VIEWS[name].key.startswith(("k8s.", "mesos.", "marathon."))} - {
    "kubernetes_pods"
}
"""Views whose columns are those of another one."""
_NOT_TRIED = {"evt.info", "process.command", "process.comm"}


@pytest.fixture(scope="module", params=["demo", "kubernetes-dns.scap"])
def store(request: pytest.FixtureRequest) -> Store:
    path = demo_path() if request.param == "demo" else SHARED / str(request.param)
    if not Path(path).exists():
        pytest.skip(f"{path} is not here")
    return open_store(str(path))


@pytest.mark.parametrize("view", [one for one in VIEWS if one not in _ALIKE])
def test_the_filter_of_a_cell_accepts_events_of_its_row(store: Store, view: str) -> None:
    result, tried = evaluate(store, view, Selection()), set[str]()
    for i in range(0, len(result), max(1, len(result) // 12)):
        rows = result.event_rows(i)
        for j, column in enumerate(result.columns):
            # The text of all arguments is decoded event by event; its few cells have a test below.
            if not len(rows) or column.source == "evt.info" or (view, column.name) in _OTHERS_COMMAND:
                continue
            try:
                found = cell_value(result, i, j)
            except UsageError:
                continue
            mask = compile_filter(found.condition).mask(store)
            other = compile_filter(without(found.condition)).mask(store)
            assert mask[rows].any(), (view, column.title, found)
            assert not (mask & other).any(), found
            assert (mask | other).all(), found
            tried.add(column.source)
    sources = {column.source for column in result.columns if fields_of(column)}
    assert tried >= sources - _NOT_TRIED or not len(result)


def test_every_column_of_the_lists_of_events_has_a_field() -> None:
    assert all(fields_of(column) for view in VIEWS.values() if view.lists_events for column in view.columns)


def test_everything_that_is_offered_for_an_event_accepts_it(store: Store) -> None:
    shown = Selection().rows(store)
    for row in shown[:: max(1, len(shown) // 8)].tolist():
        values = list(event_values(store, row))
        assert {"evt.num", "evt.type", "evt.dir"} <= {one.field for one in values}
        for one in values:
            within = np.zeros(len(store), dtype=np.bool_)
            within[row] = True
            assert compile_filter(one.condition).mask(store, within)[row], one


def test_sums_have_no_field_and_say_so(store: Store) -> None:
    result = evaluate(store, "files", Selection())
    with pytest.raises(UsageError, match="BYTES IN"):
        cell_value(result, 0, result.column_index("bytes_in"))


def test_only_this_thread_process_and_descriptor(store: Store) -> None:
    row = int(np.flatnonzero((store.descriptor >= 0) & ~store.hidden)[0])
    for only in (only_thread, only_process, only_descriptor):
        assert compile_filter(only(store, row)).mask(store)[row]
    lonely = int(np.flatnonzero((store.descriptor < 0) & ~store.hidden)[0])
    with pytest.raises(UsageError, match="no descriptor"):
        only_descriptor(store, lonely)
    with pytest.raises(UsageError, match="nothing happened"):
        only_thread(store, -1)


@pytest.mark.parametrize(
    "odd", ['a b"c', "\x1b[31m", "a\u202eb", "caf\u00e9", "\udcff", "\x9bm", "\ufe0f", ""]
)
def test_hostile_values_are_written_without_what_a_terminal_would_act_on(odd: str) -> None:
    from hopscope.filters.quoting import quote_value
    from hopscope.filters.tree import Check, Value
    from hopscope.text import visible

    written = quote_value(odd)
    tree = parse(f"proc.name={written}")

    assert visible(written) == written
    assert isinstance(tree, Check)
    (value,) = tree.values
    assert isinstance(value, Value)
    assert value.text == odd
