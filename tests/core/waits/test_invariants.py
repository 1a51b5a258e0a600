"""What holds of every capture, real, made or damaged."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core.waits.telling import process_of
from hopscope.capture.source import Source
from hopscope.demo import demo_path
from hopscope.errors import HopscopeError
from hopscope.store.build import build_store, open_store
from hopscope.store.store import Store
from hopscope.waits import breakdown_of, gaps_of, waits_of
from hopscope.waits.kinds import CPU, WAIT
from paths import SHARED, needs_shared

REAL = (
    "kubernetes-dns", "run_as_user_0_container", "lab-calls-2024", "lab-calls-2026", "lab-http-2024",
    "single_ipv6_conn", "cat_write", "empty",
)  # fmt: skip


def check(store: Store) -> None:
    """Stretches are in order and without gaps, waits have targets, and no CPU is used twice."""
    waits = waits_of(store)
    told = waits.of_threads()
    same = told.life[1:] == told.life[:-1]

    assert (told.stop > told.start).all()
    assert np.array_equal(told.start[1:][same], told.stop[:-1][same])
    assert ((told.target >= 0) == (told.kind == WAIT)).all()
    for process in np.unique(store.process[store.process >= 0])[:12].tolist():
        found = breakdown_of(store, waits.line_of_process(process))
        assert sum(part.elapsed for part in found.parts) == found.elapsed
        for part in found.parts:
            assert part.what
            assert set(part.evidence) <= set(part.rows.tolist())
    for gap in gaps_of(store, None, 10_000_000)[:5]:
        assert all(one.breakdown.elapsed == gap.length for one in gap.meanwhile(store))


def share_above(store: Store, cpus: int) -> float:
    """The part of the time in which more threads are on a CPU than there are CPUs."""
    told = waits_of(store).of_threads()
    on = told.take(told.kind == CPU)
    times = np.concatenate([on.start, on.stop])
    change = np.repeat([1, -1], len(on))
    order = np.lexsort((change, times))
    running = np.cumsum(change[order])[:-1]
    length = np.diff(times[order])
    return float(length[running > cpus].sum() / max(int(length.sum()), 1))


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_real_captures(name: str) -> None:
    store = open_store(SHARED / f"{name}.scap")
    check(store)

    assert store.machine is not None
    assert share_above(store, store.machine.cpus) < 0.001


def test_the_demo() -> None:
    store = open_store(demo_path())
    check(store)

    assert share_above(store, 2) < 0.001


@pytest.mark.parametrize("seed", range(6))
def test_damaged_captures(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(demo_path().read_bytes())
    for _ in range(chance.choice((3, 30, 300))):
        data[chance.randrange(20_000, len(data))] = chance.randrange(256)
    try:
        store = build_store(Source("damaged", np.frombuffer(bytes(data), np.uint8)))
    except HopscopeError:
        return
    check(store)


def test_a_range_that_lies_elsewhere_and_a_process_without_threads() -> None:
    store = open_store(demo_path())
    waits = waits_of(store)
    line = waits.line_of_process(process_of(store, 5120), 0, 1000)

    assert [part.elapsed for part in breakdown_of(store, line).parts] == [1000]
    assert len(waits.line_of_process(10**6)) == 0
    assert breakdown_of(store, waits.line_of_process(10**6)).parts == ()
