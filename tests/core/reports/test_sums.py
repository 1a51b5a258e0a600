"""Sums by fields, rates, slow calls and what lies around events, on captures of a few calls."""

from __future__ import annotations

import numpy as np
import pytest

from builders import process
from core.reports.made import MS, SECOND, START, begun, call, opened
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.errors import UsageError
from hopscope.fields.column import Mask
from hopscope.reports.around import around
from hopscope.reports.rates import rates
from hopscope.reports.slow import slower, slowest
from hopscope.reports.top import MEASURES, top
from hopscope.store.store import Store

READS = ((0, 2, 100), (300 * MS, 5, 50), (1200 * MS, 5, 7), (3500 * MS, 1, 1))
"""When reads begin, how many ms they take, and how many bytes they return."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    def fill(writer: CaptureWriter) -> None:
        begun(writer)
        writer.process(process(200, "idle"))
        call(writer, "open", -10 * MS, MS, {}, fd=3, name="/a", flags=1)
        call(writer, "open", -5 * MS, MS, {}, fd=4, name="/b", flags=1)
        for number, (at, took, size) in enumerate(READS):
            fd = 3 + number % 2
            call(writer, "read", at, took * MS, {"fd": fd, "size": 4096}, res=size, data=b"x" * size)
        call(writer, "read", 3600 * MS, MS, {"fd": 3, "size": 10}, res=-5)
        call(writer, "write", 3700 * MS, MS, {"fd": 4, "size": 10}, res=1 << 62, data=b"")
        call(writer, "write", 3800 * MS, MS, {"fd": 4, "size": 10}, res=1 << 61, data=b"")
        for tid, second, used in ((100, 1, 10), (200, 1, 0), (100, 2, 30), (200, 2, 5)):
            writer.event("procinfo", ">", ts=START + 4 * SECOND + second, tid=tid, cpu_usr=used, cpu_sys=0)

    return opened(tmp_path_factory.mktemp("sums"), fill)


def everything(store: Store) -> Mask:
    return np.ones(len(store), np.bool_)


def sums(store: Store, keys: list[str], measure: str) -> list[tuple[tuple[str, ...], int]]:
    return [(one.keys, one.value) for one in top(store, everything(store), keys, MEASURES[measure]).groups]


def test_bytes_are_exact_however_many(store: Store) -> None:
    assert sums(store, ["fd.name"], "bytes") == [(("/b",), (1 << 62) + (1 << 61) + 51), (("/a",), 107)]


def test_events_without_a_key_do_not_count(store: Store) -> None:
    assert sums(store, ["fd.name", "proc.name"], "errors") == [(("/a", "sh"), 1)]
    assert sums(store, ["container.id", "fd.sport"], "events") == []
    assert sums(store, ["evt.arg.size"], "calls") == []


def test_numbers_and_texts_group_alike(store: Store) -> None:
    assert sums(store, ["fd.num"], "calls") == [(("4",), 5), (("3",), 4)]
    assert sums(store, ["evt.type", "fd.num"], "time")[0] == (("read", "3"), 8 * MS)


def test_a_descriptor_counts_once(store: Store) -> None:
    assert sums(store, ["proc.name"], "descriptors") == [(("sh",), 2)]


def test_samples_of_the_cpu_are_added_up(store: Store) -> None:
    found = top(store, everything(store), ["proc.name"], MEASURES["cpu"])
    assert [(one.keys, one.value) for one in found.groups] == [(("sh",), 200 * MS), (("idle",), 50 * MS)]
    assert found.span == 4 * SECOND + 2 + 10 * MS


def test_fields_without_values_are_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="can only be filtered by"):
        top(store, everything(store), ["evt.around[5]"], MEASURES["bytes"])


def test_rates_have_a_line_for_each_interval(store: Store) -> None:
    found = rates(store, everything(store), SECOND)

    assert (found.time - START).tolist() == [second * SECOND for second in range(-1, 5)]
    assert found.read.tolist() == [0, 150, 7, 0, 1, 0]
    assert found.written.tolist() == [0, 0, 0, 0, (1 << 62) + (1 << 61), 0]
    assert found.calls.tolist() == [0, 2, 1, 0, 3, 0]
    with pytest.raises(UsageError, match="choose a longer one"):
        rates(store, everything(store), 100)


def test_slow_calls_keep_their_order_or_come_longest_first(store: Store) -> None:
    over = slower(store, everything(store), MS)
    assert [int(one) // MS for one in store.latency[over]] == [2, 5, 5]
    longest = slowest(store, everything(store), 3)
    assert [int(one) // MS for one in store.latency[longest]] == [5, 5, 2]
    assert longest[0] < longest[1]


def test_what_lies_around_is_of_the_same_thread_and_close(store: Store) -> None:
    chosen = np.zeros(len(store), np.bool_)
    chosen[int(np.argmax(store.result == 50))] = True  # ends 305 ms after the start
    near = around(store, chosen, 5 * MS)
    assert (store.time[near] - START).tolist() == [300 * MS, 305 * MS]
    assert int(around(store, chosen, 5 * MS - 1).sum()) == 1
    assert int(around(store, chosen, 0).sum()) == 1
    assert not around(store, ~everything(store), SECOND).any()
    late = np.zeros(len(store), np.bool_)
    late[np.flatnonzero(store.tid == 200)[0]] = True
    assert set(store.tid[around(store, late, SECOND)].tolist()) == {200}
    assert set(store.tid[around(store, late, SECOND, every_thread=True)].tolist()) == {100, 200}
