"""The views on a small capture: sums, rows without events, drilling down, order, search."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import process
from core.views.small_capture import IPV4, IPV4_LISTENING, SECOND, START, TCP, open_small_capture
from hopscope.capture.lists import DescriptorEntry
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.demo import demo_path
from hopscope.errors import UsageError
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, Step, ViewResult, evaluate, find_view, selection_of_event
from hopscope.views.attributes import Value


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_small_capture(Path(tmp_path_factory.mktemp("views")))


@dataclass(frozen=True)
class Names:
    """A condition that only events can decide, as a filter is."""

    names: tuple[str, ...]

    def mask(self, store: Store) -> NDArray[np.bool_]:
        return np.array([store.event_type(row).name in self.names for row in range(len(store))])


def only(*names: str) -> Selection:
    return Selection().push(Step("filter", f"evt.type in ({', '.join(names)})", Names(names)))


def between(first: float, last: float) -> Selection:
    """Events from one second of the capture to another, both included."""
    return Selection().with_time(int(START + first * SECOND), int(START + last * SECOND) + 1)


def table(result: ViewResult, *columns: str) -> list[tuple[Value, ...]]:
    return [tuple(row[name] for name in columns) for row in result.as_json()]


def numbers(store: Store, rows: Iterable[int]) -> list[int]:
    return [int(store.number[row]) for row in rows]


def test_every_view_works_under_every_kind_of_selection(store: Store) -> None:
    selections = [Selection(), only("read"), only(), between(0, 2)]
    for name in VIEWS:
        result = evaluate(store, name)
        selections += [selection for i in range(len(result)) if (selection := result.drill(i)) is not None]
    assert len(selections) > 15
    for selection in selections:
        for name in VIEWS:
            result = evaluate(store, name, selection)
            for i in range(len(result)):
                assert all(isinstance(result.text(i, j), str) for j in range(len(result.columns)))
            for j, column in enumerate(result.columns):
                if column.sortable:
                    assert len(result.sort(j, True)) == len(result)


def test_containers_add_up_their_processes(store: Store) -> None:
    result = evaluate(store, "containers").sorted_by("name", descending=False)
    assert table(
        result, "name", "procs", "threads", "file_bytes", "net_bytes", "events", "pod", "service"
    ) == [
        ("host", 1, 1, 0, 70, 6, None, None),
        ("k8s_shop.77_shop-1_sales_uid_0", 2, 3, 100, 40, 12, "shop-1", "shop-svc"),
    ]


def test_rates_are_over_the_seconds_between_first_and_last_event(store: Store) -> None:
    result = evaluate(store, "processes").sorted_by("pid", descending=False)
    assert table(result, "pid", "file", "net") == [
        (10, 100 / 17, 40 / 17),
        (20, 0.0, 70 / 17),
        (30, 0.0, 0.0),
    ]
    result = evaluate(store, "processes", between(4, 8)).sorted_by("pid", descending=False)
    assert table(result, "pid", "file", "net") == [(10, 25.0, 10.0), (20, 0.0, 0.0), (30, 0.0, 0.0)]


def test_idle_processes_are_listed_unless_only_events_can_tell(store: Store) -> None:
    assert table(evaluate(store, "procs").sorted_by("pid", False), "pid") == [(10,), (20,), (30,)]
    shop = evaluate(store, "containers").sorted_by("name", True).drill(0)
    assert table(evaluate(store, "procs", shop).sorted_by("pid", False), "pid") == [(10,), (30,)]
    assert table(evaluate(store, "procs", only("recvfrom")), "pid") == [(20,)]
    assert table(evaluate(store, "procs", only()), "pid") == []


def test_a_process_is_called_what_it_was_last(store: Store) -> None:
    def web(selection: Selection) -> tuple[Value, ...]:
        return table(evaluate(store, "processes", selection).sorted_by("pid", False), "command", "user")[0]

    assert web(Selection()) == ("/bin/web -p 80", "root")
    assert web(between(0, 0)) == ("/bin/sh", "root")


def test_threads_are_counted_at_their_most(store: Store) -> None:
    assert table(evaluate(store, "processes").sorted_by("pid", False), "th") == [(2,), (1,), (1,)]
    assert table(evaluate(store, "threads").sorted_by("tid", False), "tid", "pid", "name", "events") == [
        (10, 10, "web", 8),
        (11, 10, "worker", 4),
        (20, 20, "db", 6),
        (30, 30, "sleep", 0),
    ]


def test_a_connection_is_seen_from_each_end(store: Store) -> None:
    rows = evaluate(store, "connections").sorted_by("bytes_in", False)
    assert table(
        rows, "l4proto", "lip", "lport", "rip", "rport", "bytes_in", "bytes_out", "errors", "peer"
    ) == [
        ("tcp", "10.0.0.1", 4000, "10.0.0.2", 80, 0, 40, 1, "db 20"),
        ("udp", "0.0.0.0", 53, "10.0.0.9", 999, 30, 0, 0, None),
        ("tcp", "10.0.0.2", 80, "10.0.0.1", 4000, 40, 0, 0, "web 10"),
    ]


def test_a_datagram_counts_for_its_peer_and_the_socket_keeps_its_name(store: Store) -> None:
    connections = evaluate(store, "connections", only("recvfrom"))
    assert table(connections, "name") == [("10.0.0.9:999->0.0.0.0:53",)]
    below = connections.drill(0)
    assert below is not None
    assert below.breadcrumb.endswith("10.0.0.9:999->0.0.0.0:53/udp")
    assert numbers(store, below.rows(store)) == [16, 17]
    assert table(evaluate(store, "descriptors", below), "name") == [(":::53",)]


def test_descriptors_know_when_they_were_open(store: Store) -> None:
    rows = evaluate(store, "descriptors").sorted_by("fd", False)
    assert table(rows, "command", "pid", "tid", "fd", "type", "bytes_in", "calls", "name")[1] == (
        "web", 10, 10, 3, "file", 100, 3, "/etc/hosts",
    )  # fmt: skip
    opened, closed = rows.column_index("opened"), rows.column_index("closed")
    assert (rows.value(1, opened), rows.value(1, closed)) == (START + 3 * SECOND, START + 17 * SECOND)
    assert (rows.text(1, opened), rows.text(1, closed)) == ("3.000000000", "17.000000000")
    assert rows.value(0, opened) is None
    assert rows.text(0, opened) == ""


def test_a_descriptor_is_listed_while_it_is_open(store: Store) -> None:
    def fds(selection: Selection | None) -> list[tuple[Value, ...]]:
        return table(evaluate(store, "descriptors", selection).sorted_by("fd", False), "fd")

    everything = [(0,), (3,), (4,), (5,), (6,), (7,)]
    assert fds(Selection()) == everything
    assert fds(between(0, 2)) == [fd for fd in everything if fd != (3,)]
    assert fds(between(4, 5)) == everything
    processes = evaluate(store, "processes").sorted_by("pid", False)
    assert fds(processes.drill(0)) == [(3,), (4,)]
    assert fds(processes.drill(1)) == [(5,), (6,), (7,)]
    worker = evaluate(store, "threads").sorted_by("tid", False).drill(1)
    assert worker is not None
    assert fds(worker) == [(4,)]


def test_files_need_something_that_happened(store: Store) -> None:
    result = evaluate(store, "files")
    assert table(result, "filename", "bytes_in", "bytes_out", "ops", "opens", "errors") == [
        ("/etc/hosts", 100, 0, 3, 1, 0)
    ]


def test_the_way_down_and_back(store: Store) -> None:
    containers = evaluate(store, "containers").sorted_by("name", descending=True)
    shop = containers.drill(0)
    assert shop is not None
    processes = evaluate(store, containers.definition.target, shop).sorted_by("pid", False)
    web = processes.drill(0)
    assert web is not None
    assert evaluate(store, "processes").find_key(processes.key(0)) is not None
    descriptors = evaluate(store, processes.definition.target, web).sorted_by("fd", False)
    hosts = descriptors.drill(0)
    assert hosts is not None
    assert hosts.breadcrumb == "container shop > web 10 > /etc/hosts"
    events = evaluate(store, descriptors.definition.target, hosts)
    assert [row["number"] for row in events.as_json()] == [7, 8, 9, 21, 22]
    assert hosts.pop() is web
    assert hosts.pop().pop() is shop
    assert not hosts.pop().pop().pop().pop()
    here = selection_of_event(store, store.row_of(8))
    assert here.breadcrumb == hosts.breadcrumb
    assert np.array_equal(here.rows(store), hosts.rows(store))


def test_hidden_events_are_never_in_a_selection(store: Store) -> None:
    shown = [row["number"] for row in evaluate(store, "events").as_json()]
    assert not {18, 23} & set(shown)
    assert shown == [int(number) for number in store.number[~store.hidden]]


def test_the_events_behind_a_row(store: Store) -> None:
    result = evaluate(store, "processes").sorted_by("pid", False)
    assert numbers(store, result.event_rows(1)) == [14, 15, 16, 17, 19, 20]
    assert store.number[result.event_row(1)] == 14
    assert result.event_row(2) == -1
    reads = evaluate(store, "processes", only("read")).sorted_by("pid", False)
    assert numbers(store, reads.event_rows(0)) == [8, 9, 12, 13]


def test_events_are_found_by_row_in_any_order(store: Store) -> None:
    result = evaluate(store, "events", only("close", "brk"))
    assert table(result, "number", "type", "process") == [
        (19, "brk", "db"),
        (20, "brk", "db"),
        (21, "close", "web"),
        (22, "close", "web"),
    ]
    close, hidden = store.row_of(21), store.row_of(18)
    assert result.find_key(("event", close)) == 2
    assert result.find_key(("event", hidden)) is None
    by_type = result.sorted_by("type", descending=True)
    assert table(by_type, "number") == [(21,), (22,), (19,), (20,)]
    assert by_type.find_key(("event", close)) == 0
    assert table(result.sorted_by("process", descending=True), "process")[0] == ("web",)
    with pytest.raises(UsageError):
        result.sorted_by("info", False)


def test_missing_values_come_last_in_both_directions(store: Store) -> None:
    ascending = table(evaluate(store, "processes").sorted_by("user", False), "user")
    descending = table(evaluate(store, "processes").sorted_by("user", True), "user")
    assert ascending == [("7",), ("root",), (None,)]
    assert descending == [("root",), ("7",), (None,)]


def test_search_goes_both_ways_and_can_be_stopped(store: Store) -> None:
    result = evaluate(store, "threads").sorted_by("tid", False)
    assert result.search("WORKER", 1) == 1
    assert result.search("worker", 2) is None
    assert result.search("worker", 3, backwards=True) == 1
    assert result.search("worker", cancelled=lambda: True) is None
    assert result.search("") is None


def test_unknown_names_are_refused_in_one_sentence(store: Store) -> None:
    with pytest.raises(UsageError, match="no view 'nonsense'; hopscope views lists them"):
        find_view("nonsense")
    with pytest.raises(UsageError, match="no column 'nonsense'"):
        evaluate(store, "files").sorted_by("nonsense", False)
    assert find_view("procs").name == "processes"


def test_processor_time_is_the_mean_of_the_differences(store: Store) -> None:
    # Two samples of process 10: the first one has nothing before it, the second one 11 more.
    assert table(evaluate(store, "processes").sorted_by("pid", False), "cpu") == [(5.5,), (0.0,), (0.0,)]
    assert table(evaluate(store, "processes", between(15, 18)).sorted_by("pid", False), "cpu")[0] == (11.0,)
    assert table(evaluate(store, "processes", only("close")), "cpu") == [(5.5,)]


def test_memory_is_the_most_of_the_window_with_what_it_began_with(store: Store) -> None:
    def sizes(selection: Selection) -> list[tuple[Value, ...]]:
        return table(evaluate(store, "processes", selection).sorted_by("pid", False), "virt", "res")

    whole = [(4000 * 1024, 400 * 1024), (600 * 1024, 50 * 1024), (7 * 1024, 7 * 1024)]
    assert sizes(Selection()) == whole
    assert sizes(only("openat", "recvfrom")) == whole[:2]
    before_execve = sizes(between(0, 0))
    assert before_execve[0] == (1000 * 1024, 100 * 1024)
    after_brk = sizes(between(16, 17))
    assert after_brk[1] == (600 * 1024, 40 * 1024)
    containers = evaluate(store, "containers").sorted_by("name", True)
    assert table(containers, "virt")[0] == (4007 * 1024,)


def test_a_process_with_both_ends_has_two_rows(tmp_path: Path) -> None:
    stream = io.BytesIO()
    client, server = (bytes([127, 0, 0, 1]), 5000), (bytes([127, 0, 0, 1]), 80)
    with CaptureWriter(stream) as writer:
        writer.process(process(10, "both"))
        entries = [
            DescriptorEntry(3, 1, IPV4, source=client, destination=server, l4=TCP),
            DescriptorEntry(4, 2, IPV4, source=server, destination=client, l4=TCP),
            DescriptorEntry(5, 3, IPV4_LISTENING, source=server, l4=TCP),
        ]
        writer.descriptors(10, entries)
        for fd, name, size in ((3, "write", 7), (4, "read", 7)):
            writer.event(name, ">", ts=START, tid=10, fd=fd, size=size)
            writer.event(name, "<", ts=START, tid=10, res=size, data=b"seven b")
    path = tmp_path / "both.scap"
    path.write_bytes(stream.getvalue())
    rows = evaluate(open_store(path), "connections").sorted_by("lport", False)
    assert table(rows, "lport", "rport", "bytes_in", "bytes_out", "peer") == [
        (80, 5000, 7, 0, "both 10"),
        (5000, 80, 0, 7, "both 10"),
    ]


@pytest.mark.parametrize("name", ["processes", "descriptors", "events"])
def test_sorting_again_is_sorting_by_one_more_column(name: str) -> None:
    result = evaluate(open_store(demo_path()), name)
    columns = [i for i, column in enumerate(result.columns) if column.sortable][:4]
    for first, second, third in permutations(columns, 3):
        once = result.sort(third, True)
        again = once.sort_again(second, False).sort_again(first, True)
        wanted = result.sort_by([(first, True), (second, False), (third, True)])
        assert [again.key(i) for i in range(len(again))] == [wanted.key(i) for i in range(len(wanted))]
        turned = again.sort_again(first, False)
        wanted = result.sort_by([(first, False), (second, False), (third, True)])
        assert [turned.key(i) for i in range(len(turned))] == [wanted.key(i) for i in range(len(wanted))]
