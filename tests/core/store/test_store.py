"""Columns, pairing, numbers, look-ups and what is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders
from hopscope.capture.source import Source
from hopscope.errors import UsageError
from hopscope.store.build import build_store
from hopscope.store.intervals import (
    IntervalIndex,
    Postings,
    descriptor_key,
    one_descriptor_key,
    stable_order,
)
from hopscope.store.store import NO_RESULT
from hopscope.store.tables import FOREVER
from recording import START, STEP, Recording, name_at


def test_calls_are_paired_with_their_latency() -> None:
    recording = Recording()
    enter = recording.event("read", ">", 200, fd=3, size=10)
    recording.event("switch", ">", 200, next=100)
    other = recording.event("write", ">", 100, fd=4, size=1)
    recording.wait(500)
    leave = recording.event("read", "<", 200, res=3, data=b"abc")
    store = recording.store()

    assert (store.twin[enter], store.twin[leave], store.twin[other]) == (leave, enter, -1)
    assert store.latency[leave] == 3 * STEP + 500
    assert store.latency[enter] == 0
    assert store.result[leave] == 3
    assert store.result[enter] == NO_RESULT


def test_an_exit_of_another_call_is_no_twin() -> None:
    recording = Recording()
    recording.event("read", ">", 200, fd=3, size=10)
    row = recording.event("write", "<", 200, res=3, data=b"abc")
    store = recording.store()

    assert store.twin[row] == -1
    assert store.fd[row] == -1
    assert store.latency[row] == STEP


def test_sizes_count_only_what_moved_on_a_descriptor() -> None:
    recording = Recording()
    recording.call("open", 200, {}, fd=4, name="/a", flags=1)
    moved = recording.call("read", 200, {"fd": 4, "size": 10}, res=3, data=b"abc")
    failed = recording.call("read", 200, {"fd": 4, "size": 10}, res=-11, data=b"")
    unknown = recording.call("read", 200, {"fd": 77, "size": 10}, res=3, data=b"abc")
    store = recording.store()

    assert store.size[[moved, failed, unknown]].tolist() == [3, -1, -1]
    assert store.payload(moved) == b"abc"
    rows, start, stop = store.payload_spans()
    assert rows.tolist() == [moved, failed, unknown]
    assert bytes(store.data[start[0] : stop[0]]) == b"abc"


def test_container_events_at_the_start_are_numbered_and_hidden() -> None:
    recording = Recording()
    recording.writer.container({"id": "0123456789ab", "name": "web", "type": 0, "image": "nginx"})
    recording.event("close", ">", 200, fd=1)
    late = (
        recording.writer.container({"id": "ba9876543210", "name": "db", "type": 0, "image": "pg"}, ts=START)
        - 1
    )
    store = recording.store()

    assert store.number.tolist() == [1, 2, 3]
    assert store.hidden.tolist() == [True, False, False]
    assert store.thread[late] == -1
    assert [one.name for one in store.containers] == ["host", "web", "db"]


def test_pods_are_found_by_their_containers() -> None:
    recording = Recording()
    recording.writer.container({"id": "0123456789ab", "name": "k8s_web", "type": 0, "image": "nginx"})
    recording.writer.kubernetes(
        "Pod",
        [
            {
                "uid": "u1", "name": "web-1", "namespace": "shop", "labels": {"app": "web"},
                "podIP": "10.1.0.5",
                "containerStatuses": [{"containerID": "docker://0123456789ab" + "0" * 52}],
            }
        ],
        ts=START,
    )  # fmt: skip
    recording.writer.kubernetes(
        "Service",
        [
            {
                "uid": "u2",
                "name": "web",
                "namespace": "shop",
                "selector": {"app": "web"},
                "clusterIP": "10.3.0.9",
            }
        ],
        ts=START,
    )
    store = recording.store()

    pod = store.kubernetes.pods[store.containers[1].pod]
    assert (pod.name, pod.namespace, pod.ip) == ("web-1", "shop", "10.1.0.5")
    assert [one.name for one in store.kubernetes.owners(pod, store.kubernetes.services)] == ["web"]
    assert store.hidden.all()


def test_rows_are_found_by_number() -> None:
    recording = Recording()
    row = recording.event("close", ">", 200, fd=1)
    store = recording.store()

    assert store.row_of(1) == row
    for number in (0, 2, -5):
        with pytest.raises(UsageError, match=f"no event {number}"):
            store.row_of(number)


def test_a_second_section_forgets_the_first_one_and_goes_on_counting() -> None:
    parts = []
    for _ in range(2):
        recording = Recording()
        recording.call("open", 200, {}, fd=4, name="/a", flags=1)
        recording.event("read", ">", 200, fd=9, size=1)
        recording.writer.close()
        parts.append(recording._stream.getvalue())
    store = build_store(Source("two", np.frombuffer(b"".join(parts), np.uint8)))

    assert store.number.tolist() == [1, 2, 3, 4, 5, 6]
    assert store.sections == [0, 3]
    assert store.relative_time[0] == store.relative_time[3] == 0
    assert name_at(store, 1) == name_at(store, 4) == "/a"
    assert store.thread_life[2] != store.thread_life[3]
    assert store.descriptor_at(int(store.thread[3]), 4, 3) == -1


def test_an_event_that_contradicts_itself_costs_only_itself() -> None:
    whole = builders.small_capture()
    store = build_store(Source("whole", np.frombuffer(whole, np.uint8)))
    row = int(np.flatnonzero(store.nparams > 1)[0])
    broken = bytearray(whole)
    at = int(store.columns.lengths_at(np.array([row]))[0])
    broken[at : at + 2] = b"\xff\xff"
    damaged = build_store(Source("broken", np.frombuffer(bytes(broken), np.uint8)))

    assert len(damaged) == len(store)
    assert damaged.loss.broken_events == 1
    assert damaged.nparams[row] == 0
    assert damaged.raw_params(row) == []


def test_a_cut_capture_says_what_was_lost() -> None:
    whole = builders.small_capture()
    store = build_store(Source("cut", np.frombuffer(whole[:-10], np.uint8)))

    assert len(store.loss.damage) == 1
    assert store.loss.lost_bytes > 0
    assert store.info()["damage"] == store.loss.damage


@given(data=st.data())
def test_any_cut_or_flipped_byte_opens(data: st.DataObject) -> None:
    whole = bytearray(builders.small_capture())
    size = data.draw(st.integers(28, len(whole)))
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(28, len(whole) - 1))] = data.draw(st.integers(0, 255))
    store = build_store(Source("damaged", np.frombuffer(bytes(whole[:size]), np.uint8)))

    for row in range(len(store)):
        store.raw_params(row)
    assert store.info()["events"] == len(store)


@given(
    lives=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 6)), max_size=12),
    question=st.tuples(st.integers(0, 4), st.integers(-1, 29)),
)
def test_an_interval_is_found_as_by_looking_at_all(
    lives: list[tuple[int, int, int]], question: tuple[int, int]
) -> None:
    taken: set[tuple[int, int]] = set()
    rows = []
    for key, first, length in lives:
        cells = {(key, at) for at in range(first, first + length)}
        if not cells & taken:
            taken |= cells
            rows.append((key, first, first + length))
    columns = np.array(rows, np.int64).reshape(-1, 3)
    index = IntervalIndex(columns[:, 0], columns[:, 1], columns[:, 2], 30)
    key, at = question
    expected = [i for i, (k, first, stop) in enumerate(rows) if k == key and first <= at < stop]

    assert index.find_one(key, at) == (expected[0] if expected else -1)


def test_an_interval_may_last_for_ever() -> None:
    index = IntervalIndex(np.array([5]), np.array([-1]), np.array([FOREVER]), 10)

    assert [index.find_one(5, row) for row in (-1, 0, 9)] == [0, 0, 0]
    assert index.find_one(6, 3) == -1


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**40), 2**40) | st.integers(0, 2**20), max_size=40))
def test_the_order_is_that_of_a_stable_sort(values: list[int]) -> None:
    column = np.array(values, np.int64)

    assert stable_order(column).tolist() == np.argsort(column, kind="stable").tolist()


def test_postings_are_slices() -> None:
    postings = Postings(np.array([2, -1, 0, 2], np.int32), 3)

    assert [postings.rows(number).tolist() for number in (0, 1, 2, 3, -1)] == [[2], [], [0, 3], [], []]


def test_a_number_that_no_kernel_gives_is_no_other_descriptor() -> None:
    """Damage makes numbers whose low half is that of a descriptor; they must not stand for it."""
    numbers = [3, -1, (1 << 31) - 1, -(1 << 31), 3 + (1 << 32), 1 << 31, -(1 << 63) + 3, (1 << 63) - 1]
    keys = descriptor_key(np.full(len(numbers), 7, np.int32), np.array(numbers, np.int64)).tolist()

    assert keys == [one_descriptor_key(7, number) for number in numbers]
    assert [key >= 0 for key in keys] == [True] * 4 + [False] * 4


def test_events_stamped_when_a_part_was_written_do_not_turn_the_duration_round() -> None:
    recording = Recording()
    recording.wait(10**15)
    recording.event("container", ">", 200, json=b'{"container":{"id":"0123456789ab","name":"a","type":0}}\0')
    recording.wait(-(10**15))
    first = recording.event("read", ">", 200, fd=3, size=10)
    last = recording.event("read", "<", 200, res=0, data=b"")
    store = recording.store()

    assert store.info()["start_ns"] == store.time[first]
    assert store.info()["duration_ns"] == store.time[last] - store.time[first] > 0
