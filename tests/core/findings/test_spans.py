"""Time that is counted once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hopscope.findings.spans import length, shared, spans_of, union

PAIRS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda one: (one[0], one[0] + one[1])))


def moments(pairs: list[tuple[int, int]]) -> set[int]:
    return {moment for start, stop in pairs for moment in range(start, stop)}


@given(PAIRS, PAIRS)
def test_spans_are_sets_of_moments(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    first, second = union(spans_of(one)), union(spans_of(other))

    assert length(first) == len(moments(one))
    assert shared(first, second) == len(moments(one) & moments(other))
    assert (first[1:, 0] > first[:-1, 1]).all()
