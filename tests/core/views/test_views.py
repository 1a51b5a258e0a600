"""The views on a store made by hand: sums, rows without events, drilling down, order, search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from core.views.fake_store import EPOCH, SECOND, FakeStore
from hopscope.errors import UsageError
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, Step, ViewResult, evaluate, find_view, selection_of_event
from hopscope.views.attributes import Value


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@dataclass(frozen=True)
class Codes:
    """A condition that only events can decide, as a filter is."""

    names: tuple[str, ...]

    def mask(self, store: Store) -> NDArray[np.bool_]:
        return np.array([store.event_type(row).name in self.names for row in range(len(store))])


def only(*names: str) -> Selection:
    return Selection().push(Step("filter", f"evt.type in ({', '.join(names)})", Codes(names)))


def table(result: ViewResult, *columns: str) -> list[tuple[Value, ...]]:
    return [tuple(row[name] for name in columns) for row in result.as_json()]


def test_every_view_works_under_every_kind_of_selection(store: FakeStore) -> None:
    selections = [Selection(), only("read"), only(), Selection().with_time(EPOCH, EPOCH + 2 * SECOND)]
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


def test_containers_add_up_their_processes(store: FakeStore) -> None:
    result = evaluate(store, "containers").sorted_by("name", descending=False)
    assert table(
        result, "name", "procs", "threads", "file_bytes", "net_bytes", "events", "pod", "service"
    ) == [
        ("host", 1, 1, 0, 70, 2, None, None),
        ("k8s_shop.77_shop-1_sales_uid_0", 2, 3, 100, 40, 6, "shop-1", "shop-svc"),
    ]


def test_rates_are_over_the_seconds_between_first_and_last_event(store: FakeStore) -> None:
    result = evaluate(store, "processes").sorted_by("pid", descending=False)
    assert table(result, "pid", "file", "net") == [(10, 100 / 8, 5.0), (20, 0.0, 70 / 8), (30, 0.0, 0.0)]
    two_seconds = Selection().with_time(EPOCH + 1 * SECOND, EPOCH + 4 * SECOND)
    result = evaluate(store, "processes", two_seconds).sorted_by("pid", descending=False)
    assert table(result, "pid", "file", "net") == [(10, 50.0, 20.0), (20, 0.0, 0.0), (30, 0.0, 0.0)]


def test_idle_processes_are_listed_unless_only_events_can_tell(store: FakeStore) -> None:
    assert table(evaluate(store, "procs"), "pid") == [(10,), (20,), (30,)]
    shop = evaluate(store, "containers").sorted_by("name", True).drill(0)
    assert table(evaluate(store, "procs", shop), "pid") == [(10,), (30,)]
    assert table(evaluate(store, "procs", only("recvfrom")), "pid") == [(20,)]
    assert table(evaluate(store, "procs", only()), "pid") == []


def test_a_process_is_called_what_it_was_last(store: FakeStore) -> None:
    (row,) = [row for row in evaluate(store, "processes").as_json() if row["pid"] == 10]
    assert row["command"] == "/bin/web -p 80"
    assert row["user"] == "root"
    early = Selection().with_time(EPOCH, EPOCH + 1)
    (row,) = [row for row in evaluate(store, "processes", early).as_json() if row["pid"] == 10]
    assert row["command"] == "/bin/sh"


def test_threads_are_counted_at_their_most(store: FakeStore) -> None:
    assert table(evaluate(store, "processes").sorted_by("pid", False), "th") == [(2,), (1,), (1,)]
    assert table(evaluate(store, "threads").sorted_by("tid", False), "tid", "pid", "name", "events") == [
        (10, 10, "web", 4),
        (11, 10, "web-worker", 2),
        (20, 20, "db", 2),
        (30, 30, "sleep", 0),
    ]


def test_a_connection_is_seen_from_each_end(store: FakeStore) -> None:
    rows = evaluate(store, "connections").sorted_by("pid", False)
    assert table(
        rows, "l4proto", "lip", "lport", "rip", "rport", "bytes_in", "bytes_out", "errors", "peer"
    ) == [
        ("tcp", "10.0.0.1", 4000, "10.0.0.2", 80, 0, 40, 1, "db 20"),
        ("tcp", "10.0.0.2", 80, "10.0.0.1", 4000, 40, 0, 0, "web 10"),
        ("udp", "0.0.0.0", 53, "10.0.0.9", 999, 30, 0, 0, None),
    ]


def test_a_datagram_counts_for_its_peer_and_the_socket_keeps_its_name(store: FakeStore) -> None:
    connections = evaluate(store, "connections", only("recvfrom"))
    assert table(connections, "name") == [("10.0.0.9:999->0.0.0.0:53",)]
    below = connections.drill(0)
    assert below is not None
    assert below.breadcrumb.endswith("10.0.0.9:999->0.0.0.0:53/udp")
    assert below.rows(store).tolist() == [6]
    assert table(evaluate(store, "descriptors", below), "name") == [(":::53",)]


def test_descriptors_know_when_they_were_open(store: FakeStore) -> None:
    rows = evaluate(store, "descriptors").sorted_by("fd", False)
    assert table(rows, "command", "pid", "tid", "fd", "type", "bytes_in", "calls", "name")[1] == (
        "web", 10, 10, 3, "file", 100, 3, "/etc/hosts",
    )  # fmt: skip
    opened, closed = rows.column_index("opened"), rows.column_index("closed")
    assert (rows.value(1, opened), rows.value(1, closed)) == (EPOCH + SECOND, EPOCH + 8 * SECOND)
    assert (rows.text(1, opened), rows.text(1, closed)) == ("1.000000000", "8.000000000")
    assert rows.value(0, opened) is None
    assert rows.text(0, opened) == ""
    after = Selection().with_time(EPOCH + 8 * SECOND, EPOCH + 9 * SECOND)
    assert 3 in [row["fd"] for row in evaluate(store, "descriptors", after).as_json()]


def test_files_need_something_that_happened(store: FakeStore) -> None:
    result = evaluate(store, "files")
    assert table(result, "filename", "bytes_in", "bytes_out", "ops", "opens", "errors") == [
        ("/etc/hosts", 100, 0, 3, 1, 0)
    ]


def test_the_way_down_and_back(store: FakeStore) -> None:
    containers = evaluate(store, "containers").sorted_by("name", descending=True)
    shop = containers.drill(0)
    assert shop is not None
    processes = evaluate(store, containers.definition.target, shop)
    position = processes.find_key(("process", 0))
    assert position is not None
    web = processes.drill(position)
    assert web is not None
    descriptors = evaluate(store, processes.definition.target, web)
    assert {row["fd"] for row in descriptors.as_json()} == {3, 4}
    hosts = descriptors.sorted_by("fd", False).drill(0)
    assert hosts is not None
    assert hosts.breadcrumb == "container shop > web 10 > /etc/hosts"
    assert evaluate(store, descriptors.definition.target, hosts).as_json()[0]["number"] == 20
    assert hosts.rows(store).tolist() == [1, 2, 8]
    assert hosts.pop() is web
    assert not hosts.pop().pop().pop().pop()
    assert selection_of_event(store, 2).breadcrumb == hosts.breadcrumb
    assert selection_of_event(store, 2).rows(store).tolist() == [1, 2, 8]


def test_hidden_events_are_never_in_a_selection(store: FakeStore) -> None:
    assert 7 not in Selection().rows(store)
    assert [row["number"] for row in evaluate(store, "events").as_json()] == [10, 20, 30, 40, 50, 60, 70, 90]


def test_the_events_behind_a_row(store: FakeStore) -> None:
    result = evaluate(store, "processes").sorted_by("pid", False)
    assert result.event_rows(1).tolist() == [5, 6]
    assert result.event_row(1) == 5
    assert result.event_row(2) == -1
    assert evaluate(store, "processes", only("read")).sorted_by("pid", False).event_rows(0).tolist() == [2, 4]


def test_events_are_found_by_row_in_any_order(store: FakeStore) -> None:
    result = evaluate(store, "events")
    assert result.find_key(("event", 8)) == 7
    assert result.find_key(("event", 7)) is None
    by_type = result.sorted_by("type", False)
    assert table(by_type, "type", "number")[:4] == [
        ("clone", 10),
        ("close", 90),
        ("openat", 20),
        ("read", 30),
    ]
    assert by_type.find_key(("event", 8)) == 1
    by_process = result.sorted_by("process", True)
    assert by_process.as_json()[0]["process"] == "web-worker"
    with pytest.raises(UsageError):
        result.sorted_by("info", False)


def test_missing_values_come_last_in_both_directions(store: FakeStore) -> None:
    for descending in (False, True):
        users = table(evaluate(store, "processes").sorted_by("user", descending), "user")
        assert users[-1] == (None,)
        assert users[0] != users[1]


def test_search_goes_both_ways_and_can_be_stopped(store: FakeStore) -> None:
    result = evaluate(store, "threads").sorted_by("tid", False)
    assert result.search("WEB", 1) == 1
    assert result.search("web", 2) is None
    assert result.search("web", 3, backwards=True) == 1
    assert result.search("web", cancelled=lambda: True) is None
    assert result.search("") is None


def test_unknown_names_are_refused_in_one_sentence(store: FakeStore) -> None:
    with pytest.raises(UsageError, match="no view 'nonsense'; the views are containers"):
        find_view("nonsense")
    with pytest.raises(UsageError, match="no column 'nonsense'"):
        evaluate(store, "files").sorted_by("nonsense", False)
    assert find_view("procs").name == "processes"


def test_processor_time_comes_from_procinfo(store: FakeStore) -> None:
    # One sample only: its difference is not known, so it is 0 and not missing.
    assert table(evaluate(store, "processes").sorted_by("pid", False), "cpu") == [(0.0,), (0.0,), (0.0,)]


def test_memory_is_the_most_of_the_window_with_what_it_began_with(store: FakeStore) -> None:
    def sizes(selection: Selection) -> list[tuple[Value, ...]]:
        return table(evaluate(store, "processes", selection).sorted_by("pid", False), "virt", "res")

    whole = [(4000 * 1024, 400 * 1024), (600 * 1024, 50 * 1024), (7 * 1024, 7 * 1024)]
    assert sizes(Selection()) == whole
    assert sizes(only("openat", "recvfrom")) == whole[:2]
    before_execve = Selection().with_time(EPOCH, EPOCH + 1)
    assert sizes(before_execve)[0] == (1000 * 1024, 100 * 1024)
    after_brk = Selection().with_time(EPOCH + 6 * SECOND, EPOCH + 9 * SECOND)
    assert sizes(after_brk)[1] == (600 * 1024, 40 * 1024)
    containers = evaluate(store, "containers").sorted_by("name", True)
    assert table(containers, "virt")[0] == (4007 * 1024,)
