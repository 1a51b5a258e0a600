"""One line of several threads, compared with a slow way to the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hopscope.waits.kinds import CPU, QUEUE, UNKNOWN, WAIT, WORKING
from hopscope.waits.merging import one_line
from hopscope.waits.stretches import Stretches
from hopscope.waits.targets import Targets

STATES = ((CPU, -1), (QUEUE, -1), (UNKNOWN, -1), (WAIT, 0), (WAIT, 1), (WAIT, 2))
TARGETS = Targets(np.array([2, 6, 9], np.int8), np.arange(3), np.arange(3))
PREFERRED = {(QUEUE, -1): 0, (WAIT, 0): 1, (WAIT, 1): 2, (WAIT, 2): 3, (UNKNOWN, -1): 4}

Thread = list[tuple[int, int]]


def stretches(threads: list[tuple[int, Thread]]) -> Stretches:
    columns: list[tuple[int, int, int, int, int]] = []
    for life, (start, lengths) in enumerate(threads):
        at = start
        for length, state in lengths:
            columns.append((at, at + length, *STATES[state], life))
            at += length
    data = np.array(columns, np.int64).reshape(-1, 5)
    none = np.full(len(data), -1, np.int64)
    return Stretches(
        data[:, 0], data[:, 1], data[:, 2].astype(np.int8), data[:, 3], none > 0, data[:, 4],
        none, none, none, TARGETS,
    )  # fmt: skip


def slowly(made: Stretches, instant: int) -> tuple[int, int]:
    here = np.flatnonzero((made.start <= instant) & (made.stop > instant)).tolist()
    states = [(int(made.kind[one]), int(made.target[one])) for one in here]
    for state in states:
        if state[0] in WORKING:
            return state
    return min(states, key=PREFERRED.__getitem__, default=(UNKNOWN, -1))


THREADS = st.lists(
    st.tuples(
        st.integers(0, 6), st.lists(st.tuples(st.integers(1, 5), st.integers(0, len(STATES) - 1)), max_size=6)
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=200)
@given(THREADS, st.integers(0, 8), st.integers(1, 20))
def test_each_instant_has_the_state_that_says_most(
    threads: list[tuple[int, Thread]], begin: int, length: int
) -> None:
    made = stretches(threads)
    line = one_line(made, begin, begin + length)

    assert line.start[0] == begin
    assert line.stop[-1] == begin + length
    assert np.array_equal(line.start[1:], line.stop[:-1])
    told = [
        (int(kind), int(target))
        for kind, target, count in zip(line.kind, line.target, line.length, strict=True)
        for _ in range(count)
    ]
    assert told == [slowly(made, instant) for instant in range(begin, begin + length)]


def test_of_waits_of_one_kind_the_one_counts_with_which_the_process_goes_on() -> None:
    line = one_line(stretches([(0, [(9, 3)]), (0, [(4, 3), (5, 0)]), (2, [(7, 3)])]), 0, 9)

    assert line.life.tolist() == [1, 1]
    assert line.kind.tolist() == [WAIT, CPU]
