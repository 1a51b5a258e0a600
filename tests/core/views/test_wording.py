"""Filters that say what a selection says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.views.small_capture import open_small_capture
from hopscope.demo import demo_path
from hopscope.filters import compile_filter
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import Selection, evaluate
from hopscope.views.links import time_link
from hopscope.views.wording import wording_of


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


@pytest.mark.parametrize("view", ["containers", "processes", "threads", "descriptors", "files"])
def test_every_row_of_a_view_has_a_filter_that_accepts_just_its_events(demo: Store, view: str) -> None:
    result = evaluate(demo, view)
    for i in range(len(result)):
        selection = result.drill(i)
        assert selection is not None
        wording = wording_of(demo, selection)

        accepted = compile_filter(wording.text).mask(demo) & ~demo.hidden
        assert np.array_equal(accepted, selection.mask(demo)), wording
        assert wording.differs == 0


def test_steps_filters_and_ranges_of_time_go_together(demo: Store) -> None:
    processes = evaluate(demo, "processes", Selection().with_filter("fd.type=ipv4 or fd.type=file"))
    drilled = processes.drill(0)
    assert drilled is not None
    half = (int(demo.time[0]) + int(demo.time[-1])) // 2
    selection = drilled.push(time_link(int(demo.time[0]), half, demo.epoch))

    wording = wording_of(demo, selection)

    assert wording.differs == 0
    assert wording.text.startswith("(fd.type=ipv4 or fd.type=file) and proc.pid=")
    assert np.array_equal(compile_filter(wording.text).mask(demo) & ~demo.hidden, selection.mask(demo))


def test_a_filter_that_cannot_say_it_says_by_how_much_it_differs(tmp_path: Path) -> None:
    store = open_small_capture(tmp_path)
    connections = evaluate(store, "connections")
    asked = next(
        i for i in range(len(connections)) if "10.0.0.9" in connections.text(i, _remote(connections))
    )
    selection = connections.drill(asked)
    assert selection is not None
    wording = wording_of(store, selection)

    accepted = compile_filter(wording.text).mask(store) & ~store.hidden
    assert wording.differs == np.count_nonzero(accepted != selection.mask(store))


def _remote(result: object) -> int:
    from hopscope.views import ViewResult

    assert isinstance(result, ViewResult)
    return result.column_index("rip")
