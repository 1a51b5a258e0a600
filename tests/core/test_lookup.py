"""Look-ups give what plain indexing gives, for every kind of index and across pieces."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hopscope.lookup import look_up, look_up_or

RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize("events", [0, 1, 1_000, (1 << 15) - 1, 1 << 15, 100_000])
@pytest.mark.parametrize("kind", [np.int8, np.int32, np.int64])
def test_signed_places_count_from_the_end_where_they_are_minus_one(
    events: int, kind: type[np.signedinteger]
) -> None:
    table = RANDOM.integers(0, 1_000, 100)
    index = RANDOM.integers(-1, 100, events).astype(kind)
    assert np.array_equal(look_up(table, index), table[index])
    assert np.array_equal(look_up_or(table, index, 7), np.append(table, 7)[index])


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_unsigned_places_reach_the_last_entry(kind: type[np.unsignedinteger]) -> None:
    table = RANDOM.random(256) < 0.5
    index = np.arange(256).astype(kind)
    assert np.array_equal(look_up(table, index), table)
    assert np.array_equal(look_up_or(table, index, True), table)


@pytest.mark.parametrize("kind", [np.bool_, np.int32, np.float64])
def test_the_kind_of_the_table_is_kept(kind: type[np.generic]) -> None:
    index = np.array([0, -1, 2])
    table: NDArray[np.generic] = np.ones(3, kind)
    assert look_up(table, index).dtype == kind
    assert look_up_or(table, index, 0).dtype == kind


def test_an_empty_table_has_only_the_missing_value() -> None:
    assert look_up_or(np.zeros(0, np.int32), np.full(3, -1), 5).tolist() == [5, 5, 5]
