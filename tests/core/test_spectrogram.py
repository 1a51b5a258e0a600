"""Latencies over time: calls of several kinds, requests, shades and scales."""

from __future__ import annotations

import numpy as np
import pytest

from hopscope.demo import demo_path
from hopscope.filters import compile_filter
from hopscope.reports.heat import DECADES
from hopscope.spans import spans_of
from hopscope.spectrogram import (
    KINDS,
    SHADES,
    heat_of,
    latency_marks,
    level_starts,
    levels,
    plain_duration,
    ruler,
)
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import Selection

KIND = {kind.name: kind for kind in KINDS}


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


@pytest.mark.parametrize(("name", "condition"), [("calls", "evt.num>0"), ("file", "fd.type=file")])
def test_every_call_that_took_time_is_in_the_cell_of_its_time_and_latency(
    demo: Store, name: str, condition: str
) -> None:
    heat = heat_of(demo, Selection(), KIND[name], 0, 44)
    taken = compile_filter(f"evt.dir=< and evt.latency>0 and {condition}").mask(demo) & ~demo.hidden

    assert heat.counts.sum() == taken.sum()
    for line, column in np.argwhere(heat.counts).tolist():
        rows = heat.rows_of(line, column)
        assert taken[rows].all()
        assert (demo.time[rows] >= heat.time_edges[line]).all()
        assert (demo.time[rows] < heat.time_edges[line + 1]).all()
        assert (demo.latency[rows] >= np.floor(heat.edges[column])).all()
        assert (demo.latency[rows] <= np.ceil(heat.edges[column + 1])).all()


def test_requests_last_from_their_beginning_to_their_answer(demo: Store) -> None:
    heat = heat_of(demo, Selection(), KIND["requests"], 1_000_000_000, DECADES)
    spans = spans_of(demo)

    assert heat.counts.sum() == np.count_nonzero(spans.stop > spans.start)
    seconds = np.flatnonzero(spans.stop - spans.start >= 1_000_000_000)
    assert len(seconds)
    assert heat.counts[:, 9:].sum() == len(seconds)


def test_a_selection_has_its_own_map_and_a_line_of_a_round_length(demo: Store) -> None:
    selection = Selection().with_filter("proc.name=fetch")
    heat = heat_of(demo, selection, KIND["calls"], 0, 22)

    assert selection.mask(demo)[heat.rows].all()
    assert str(heat.interval).strip("0") in ("1", "2", "5")


def test_the_smallest_count_is_the_lightest_and_the_largest_the_darkest() -> None:
    counts = np.array([0, 1, 2, 50, 100])

    found = levels(counts, 100).tolist()

    assert found[0] == 0
    assert found[1] == 1
    assert found[-1] == len(SHADES) - 1
    assert found == sorted(found)
    starts = level_starts(100)
    assert [levels(np.array([least]), 100)[0] for _, least in starts] == list(range(1, len(SHADES)))


def test_the_scale_names_powers_of_ten_where_there_is_room() -> None:
    assert ruler(20, [(0, "1ns"), (2, "10ns"), (10, "100ns"), (18, "1us")]) == "|1ns      |100ns"
    assert [name for _, name in latency_marks(110)][:4] == ["1ns", "10ns", "100ns", "1us"]
    assert plain_duration(2_500_000) == "2.5ms"
    assert plain_duration(10_000_000_000) == "10s"


@pytest.mark.parametrize("name", KIND)
def test_nothing_makes_a_map_without_lines(demo: Store, name: str) -> None:
    heat = heat_of(demo, Selection().with_filter("evt.num<0"), KIND[name], 1_000_000, 22)

    assert heat.counts.shape == (0, 22)
    assert heat.interval == 1_000_000
    assert not len(heat.rows_within(slice(0, 1), slice(0, 22)))
