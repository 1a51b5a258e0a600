"""Orders are those of a stable sort, whatever way they are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.views.ordering import order_of_floats, order_of_integers, order_of_ranks, ranks

SPANS = (1, 5, 400, 1 << 20, 1 << 40, (1 << 63) - 1)


def stable(values: list[int], descending: bool) -> list[int]:
    return sorted(range(len(values)), key=lambda place: values[place], reverse=descending)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("ascending", [False, True])
def test_integers_of_any_span(span: int, descending: bool, ascending: bool) -> None:
    values = np.random.default_rng(1).integers(-span, span, 2_000, endpoint=True)
    values = np.sort(values) if ascending else values
    assert order_of_integers(values, descending).tolist() == stable(values.tolist(), descending)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30), st.booleans())
def test_any_integers(values: list[int], descending: bool) -> None:
    found = order_of_integers(np.array(values, np.int64), descending)
    assert found.tolist() == stable(values, descending)


@given(
    st.lists(st.none() | st.integers(-5, 5) | st.sampled_from(["a", "A", "b", "", "Ä", "ä"]), max_size=30),
    st.booleans(),
)
def test_values_of_several_kinds(values: list[int | str | None], descending: bool) -> None:
    """Numbers stand before texts, and what is missing comes last either way."""

    def key(place: int) -> tuple[bool, float, str]:
        value = values[place]
        return (
            (isinstance(value, str), 0, value.casefold())
            if isinstance(value, str)
            else (False, value or 0, "")
        )

    there = [place for place, value in enumerate(values) if value is not None]
    missing = [place for place, value in enumerate(values) if value is None]
    expected = sorted(there, key=key, reverse=descending) + missing
    assert order_of_ranks(ranks(values), descending).tolist() == expected


def test_numbers_without_a_value_come_last() -> None:
    values = np.array([1.0, np.nan, 3.0, np.nan, 2.0])
    assert order_of_floats(values, False).tolist() == [0, 4, 2, 1, 3]
    assert order_of_floats(values, True).tolist() == [2, 4, 0, 1, 3]
