"""Maps of latency and of parts of a second."""

from __future__ import annotations

import numpy as np
import pytest

from core.reports.made import MS, SECOND, START, begun, call, opened
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.errors import UsageError
from hopscope.fields.column import Mask
from hopscope.reports.heat import spectrogram, subsecond
from hopscope.store.store import Store

LATENCIES = ((0, 5), (100 * MS, 50), (200 * MS, 55), (1200 * MS, 2000), (3300 * MS, 200 * SECOND))
"""When calls begin after the start, and how long they take, in ns."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    def fill(writer: CaptureWriter) -> None:
        begun(writer)
        for at, took in LATENCIES:
            call(writer, "close", at, took, {"fd": 3})

    return opened(tmp_path_factory.mktemp("heat"), fill)


def everything(store: Store) -> Mask:
    return np.ones(len(store), np.bool_)


def test_latencies_are_counted_by_power_of_ten(store: Store) -> None:
    heat = spectrogram(store, everything(store), SECOND, 11)

    assert heat.time_edges[0] == START
    assert heat.edges.tolist() == [float(10**power) for power in range(12)]
    assert heat.counts.shape == (204, 11)
    found = {
        (line, column): int(heat.counts[line, column]) for line, column in np.argwhere(heat.counts).tolist()
    }
    assert found == {(0, 0): 1, (0, 1): 2, (1, 3): 1, (203, 10): 1}


def test_the_events_of_a_cell_and_of_a_rectangle_are_known(store: Store) -> None:
    heat = spectrogram(store, everything(store), SECOND, 11)
    ends = np.flatnonzero(store.result == 0)

    assert heat.rows_of(0, 1).tolist() == ends[1:3].tolist()
    assert heat.rows_of(5, 5).tolist() == []
    assert heat.rows_within(slice(0, 2), slice(1, 4)).tolist() == ends[1:4].tolist()
    assert heat.rows_within(slice(None), slice(None)).tolist() == ends.tolist()
    assert heat.rows_within(slice(0, 0), slice(None)).tolist() == []


def test_only_what_passes_is_counted(store: Store) -> None:
    passing = everything(store)
    passing[np.flatnonzero(store.result == 0)[0]] = False

    assert int(spectrogram(store, passing, SECOND, 22).counts.sum()) == len(LATENCIES) - 1
    assert spectrogram(store, ~everything(store), SECOND, 22).counts.shape == (0, 22)


def test_beginnings_are_counted_by_their_place_in_the_interval(store: Store) -> None:
    heat = subsecond(store, everything(store), SECOND, 10)

    found = {
        (line, column): int(heat.counts[line, column]) for line, column in np.argwhere(heat.counts).tolist()
    }
    assert found == {(0, 0): 1, (0, 1): 1, (0, 2): 1, (1, 2): 1, (3, 3): 1}


def test_an_interval_that_nobody_could_look_at_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="choose a longer one"):
        spectrogram(store, everything(store), 1000, 100)
