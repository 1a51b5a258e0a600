"""States at a moment, against a plain search."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hopscope.fields.asof import Integers, Population, States, follow
from hopscope.store.tables import FOREVER, NONE

EVENTS = 12


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """States ``(key, first, stop)``; those of one key follow each other, with gaps."""
    states = []
    for key in draw(st.sets(st.integers(0, 5), max_size=4)):
        cuts = sorted(draw(st.sets(st.integers(-1, EVENTS), min_size=2, max_size=5)))
        spans = [span for span in pairwise(cuts) if draw(st.booleans())]
        forever = draw(st.booleans())
        for i, (first, stop) in enumerate(spans):
            states.append((key, first, FOREVER if forever and i == len(spans) - 1 else stop))
    return states


def columns(states: list[tuple[int, int, int]]) -> tuple[Integers, Integers, Integers]:
    key, first, stop = (np.array([state[i] for state in states], dtype=np.int64) for i in range(3))
    return key, first, stop


def state_at(states: list[tuple[int, int, int]], key: int, row: int) -> int:
    return next((i for i, (k, first, stop) in enumerate(states) if k == key and first <= row < stop), NONE)


@given(histories())
def test_state_of_a_key_at_an_event(states: list[tuple[int, int, int]]) -> None:
    table = States(*columns(states), EVENTS)
    asked = [(key, row) for key in range(-1, 7) for row in range(EVENTS)]
    found = table.at(np.array([key for key, _ in asked]), np.array([row for _, row in asked]))
    assert found.tolist() == [state_at(states, key, row) for key, row in asked]


@given(histories())
def test_members_of_a_group_at_an_event(states: list[tuple[int, int, int]]) -> None:
    members = Population(*columns(states), EVENTS)
    asked = [(key, row) for key in range(-1, 7) for row in range(EVENTS)]
    found = members.at(np.array([key for key, _ in asked]), np.array([row for _, row in asked]))
    expected = [sum(k == key and first <= row < stop for k, first, stop in states) for key, row in asked]
    assert found.tolist() == expected


@given(histories(), st.data())
def test_following_a_key_from_row_to_row(states: list[tuple[int, int, int]], data: st.DataObject) -> None:
    pointers = data.draw(
        st.lists(
            st.tuples(st.integers(0, EVENTS - 1), st.integers(1, EVENTS), st.integers(0, 6)),
            min_size=1,
            max_size=4,
        )
    )
    pointers = [(first, first + length, key) for first, length, key in pointers]
    index = [
        data.draw(st.sampled_from([NONE, *(i for i, (f, s, _) in enumerate(pointers) if f <= row < s)]))
        for row in range(EVENTS)
    ]
    first, stop, key = (np.array([pointer[i] for pointer in pointers], dtype=np.int64) for i in range(3))
    found = follow(States(*columns(states), EVENTS), np.array(index, dtype=np.int32), first, stop, key)
    assert found.tolist() == [
        NONE if pointer == NONE else state_at(states, pointers[pointer][2], row)
        for row, pointer in enumerate(index)
    ]
