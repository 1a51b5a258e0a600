"""Look-ups of what held at an event, against a search of every row."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hopscope.store.intervals import IntervalIndex, descriptor_key

EVENTS = 20_000

Table = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Key, first event row and the row behind the last one."""


def table_of(keys: NDArray[np.int64], rng: np.random.Generator) -> Table:
    """Rows that hold one after the other for each key, with gaps, in any order; some keys have but one."""
    rows = []
    for key in keys.tolist():
        ends = np.sort(rng.choice(EVENTS, 2 * int(rng.integers(1, 6)), replace=False)).tolist()
        rows += [(key, begin, stop) for begin, stop in zip(ends[::2], ends[1::2], strict=True)]
    key, first, stop = np.array(rows, np.int64)[rng.permutation(len(rows))].T.copy()
    return key, first, stop


def searched(table: Table, keys: NDArray[np.int64], rows: NDArray[np.int64]) -> list[int]:
    found = []
    for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
        holds = np.flatnonzero((table[0] == key) & (table[1] <= row) & (table[2] > row))
        found.append(int(holds[0]) if len(holds) else -1)
    return found


RNG = np.random.default_rng(5)
KEYS = {
    "threads": np.arange(100, 180),
    "far apart": RNG.choice(1 << 50, 80, replace=False),
    "descriptors": descriptor_key(np.repeat(np.arange(7, 27, dtype=np.int32), 4), np.tile(np.arange(4), 20)),
    "odd descriptors": descriptor_key(np.zeros(3, np.int32), np.array([1, 1 << 40, -5])),
}


@pytest.mark.parametrize("name", list(KEYS))
@pytest.mark.parametrize("count", [50, 6_000])
@pytest.mark.parametrize("in_order", [True, False])
def test_any_rows_find_what_held(name: str, count: int, in_order: bool) -> None:
    keys, rng = KEYS[name].astype(np.int64), np.random.default_rng(count)
    table = table_of(keys, rng)
    index = IntervalIndex(*table, EVENTS)
    asked = rng.choice(np.concatenate([keys, keys + 1, [0, 1 << 62]]), count)
    rows = rng.integers(0, EVENTS, count)
    rows = np.sort(rows) if in_order else rows
    found = index.find(asked, rows)

    some = np.arange(0, count, max(1, count // 400))
    assert found[some].tolist() == searched(table, asked[some], rows[some])
    assert index.find_one(int(asked[0]), int(rows[0])) == found[0]


def test_nothing_holds_where_there_are_no_rows() -> None:
    none = np.zeros(0, np.int64)
    assert IntervalIndex(none, none, none, 5).find(np.array([1, 2]), np.array([0, 1])).tolist() == [-1, -1]
