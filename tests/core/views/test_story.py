"""The way from a container to one socket's events on the real capture, and what the views say there."""

from __future__ import annotations

import pytest

from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, ViewResult, evaluate, selection_of_event
from hopscope.views.attributes import Value
from paths import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.shared]


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(SHARED / "kubernetes-dns.scap")


def down(result: ViewResult, column: str, value: Value) -> Selection:
    j = result.column_index(column)
    row = next(i for i in range(len(result)) if result.value(i, j) == value)
    selection = result.drill(row)
    assert selection is not None
    return selection


def test_from_a_container_to_the_events_of_a_socket(store: Store) -> None:
    client = down(evaluate(store, "containers"), "id", "b3a718d8b339")
    curl = down(evaluate(store, "processes", client), "pid", 22369)
    name = "172.17.0.7:46162->10.0.2.15:53"
    for view in ("connections", "descriptors"):
        socket = down(evaluate(store, view, curl), "name", name)
        assert socket.breadcrumb == f"container client > curl 22369 > {name}/udp"
        numbers = [row["number"] for row in evaluate(store, "events", socket).as_json()]
        assert {10032, 10199} <= set(numbers)
        assert not {10049, 10169} & set(numbers)
    assert selection_of_event(store, store.row_of(10199)).breadcrumb == socket.breadcrumb


def test_a_server_sees_each_of_its_clients(store: Store) -> None:
    skydns = down(evaluate(store, "processes"), "pid", 4617)
    rows = {row["name"]: row for row in evaluate(store, "connections", skydns).as_json()}
    asked = rows["172.17.0.7:46162->0.0.0.0:53"]
    assert (asked["bytes_in"], asked["bytes_out"], asked["peer"]) == (87, 296, "curl 22369")
    below = down(evaluate(store, "connections", skydns), "name", "172.17.0.7:46162->0.0.0.0:53")
    numbers = [row["number"] for row in evaluate(store, "events", below).as_json()]
    assert {10049, 10169} <= set(numbers)
    assert 10242 not in numbers


def test_the_other_end_is_known_where_the_address_was_translated(store: Store) -> None:
    peers = {(row["name"], row["pid"]): row["peer"] for row in evaluate(store, "connections").as_json()}
    assert peers["172.17.0.7:36404->10.3.0.214:80", 22369] == "nginx 7203"
    assert peers["172.17.0.7:36404->172.17.0.5:80", 7203] == "curl 22369"
    assert peers["10.0.2.15:34108->10.0.2.15:4001", 4617] == "etcd 3343"


def test_kubernetes_names(store: Store) -> None:
    rows = {row["id"]: row for row in evaluate(store, "containers").as_json()}
    client, backend = rows["b3a718d8b339"], rows["730a6f492270"]
    assert (client["pod"], client["namespace"], client["service"]) == ("client", "critical-app", None)
    assert (backend["pod"], backend["service"]) == ("backend-1440326531-csj02", "backend")
    assert rows["host"]["pod"] is None


@pytest.mark.parametrize("name", ["lab-http-2024", "lab-calls-2024", "lab-calls-2026"])
def test_newer_captures_have_every_view(name: str) -> None:
    store = open_store(SHARED / f"{name}.scap")
    for view in VIEWS:
        result = evaluate(store, view)
        assert len(result) or VIEWS[view].filter or VIEWS[view].needs
        names = [j for j, column in enumerate(result.columns) if column.name == "name"]
        for j in names:
            assert not any("0.0.0.0:0->" in str(result.value(i, j)) for i in range(min(2000, len(result))))
        for i in range(0, len(result), max(1, len(result) // 50)):
            assert len([result.text(i, j) for j in range(len(result.columns))]) == len(result.columns)
