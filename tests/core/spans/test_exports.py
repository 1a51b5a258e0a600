"""Trails as other programs read them: checked against the rules of each format."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import pytest

from hopscope.demo import demo_path
from hopscope.spans import Trail, trail_of
from hopscope.spans.exports import chrome_object, otlp_object, trail_markdown, trail_object
from hopscope.store.build import open_store
from hopscope.store.tables import NONE
from stories import STORIES

MESSAGES: dict[str, dict[str, str]] = {
    "ExportTraceServiceRequest": {"resourceSpans": "[ResourceSpans]"},
    "ResourceSpans": {"resource": "Resource", "scopeSpans": "[ScopeSpans]", "schemaUrl": "string"},
    "Resource": {"attributes": "[KeyValue]", "droppedAttributesCount": "uint32"},
    "ScopeSpans": {"scope": "InstrumentationScope", "spans": "[Span]", "schemaUrl": "string"},
    "InstrumentationScope": {"name": "string", "version": "string", "attributes": "[KeyValue]"},
    "Span": {
        "traceId": "id16", "spanId": "id8", "parentSpanId": "id8", "traceState": "string", "name": "string",
        "kind": "kind", "startTimeUnixNano": "uint64", "endTimeUnixNano": "uint64",
        "attributes": "[KeyValue]", "links": "[Link]", "status": "Status", "flags": "uint32",
    },
    "Link": {"traceId": "id16", "spanId": "id8", "attributes": "[KeyValue]"},
    "Status": {"code": "code", "message": "string"},
    "KeyValue": {"key": "string", "value": "AnyValue"},
    "AnyValue": {
        "stringValue": "string", "boolValue": "bool", "intValue": "uint64", "doubleValue": "double",
        "arrayValue": "ArrayValue",
    },
    "ArrayValue": {"values": "[AnyValue]"},
}  # fmt: skip
"""Messages of opentelemetry-proto that occur in a request, with the JSON form of each field."""


def check(value: Any, kind: str) -> None:
    """Whether a value has the form that OTLP's JSON encoding gives it; asserts."""
    if kind.startswith("["):
        assert isinstance(value, list)
        for one in value:
            check(one, kind[1:-1])
    elif kind in MESSAGES:
        assert isinstance(value, dict)
        assert value.keys() <= MESSAGES[kind].keys()
        assert kind != "AnyValue" or len(value) == 1
        for name, one in value.items():
            check(one, MESSAGES[kind][name])
    elif kind.startswith("id"):
        assert re.fullmatch(rf"[0-9a-f]{{{2 * int(kind[2:])}}}", value)
        assert int(value, 16)
    elif kind == "uint64":
        assert isinstance(value, str)
        assert 0 <= int(value) < 1 << 64
    else:
        allowed: dict[str, type[Any]] = {
            "string": str,
            "bool": bool,
            "double": float,
            "uint32": int,
            "kind": int,
            "code": int,
        }
        assert type(value) is allowed[kind]
        assert kind != "kind" or 0 <= value <= 5
        assert kind != "code" or 0 <= value <= 2


@pytest.fixture(scope="module")
def demo() -> Trail:
    store = open_store(demo_path())
    return trail_of(store, store.row_of(366))


@pytest.fixture(scope="module")
def busy() -> Trail:
    """Everything that a proxy did with ten requests in flight."""
    store = STORIES["proxy"](3, 4096, 10, 40).store()
    row = next(row for row in range(len(store)) if store.threads.comm[store.thread[row]] == "nginx")
    return trail_of(store, row, whole=True)


@pytest.mark.parametrize("name", ["demo", "busy"])
def test_otlp_has_the_form_of_its_specification(name: str, request: pytest.FixtureRequest) -> None:
    trail: Trail = request.getfixturevalue(name)
    made = json.loads(json.dumps(otlp_object(trail)))
    check(made, "ExportTraceServiceRequest")
    spans = [one for part in made["resourceSpans"] for scope in part["scopeSpans"] for one in scope["spans"]]
    by_id = {one["spanId"]: one for one in spans}

    assert len(by_id) == len(spans) == len(trail)
    for one in spans:
        assert int(one["startTimeUnixNano"]) <= int(one["endTimeUnixNano"])
        if "parentSpanId" in one:
            assert by_id[one["parentSpanId"]]["traceId"] == one["traceId"]
    assert sum("parentSpanId" not in one for one in spans) == sum(n.parent == NONE for n in trail.nodes)


def test_otlp_tells_services_failures_and_repetitions(demo: Trail) -> None:
    made = otlp_object(demo)
    services = {
        one["value"]["stringValue"]
        for part in made["resourceSpans"]
        for one in part["resource"]["attributes"]
        if one["key"] == "service.name"
    }
    spans = [one for part in made["resourceSpans"] for one in part["scopeSpans"][0]["spans"]]

    assert services == {"fetch", "dnsd", "kvd", "httpd"}
    assert sum("links" in one for one in spans) == 2
    assert {one["kind"] for one in spans} == {1, 2, 3}
    assert sum(one.get("status", {}).get("code") == 2 for one in spans) > 10


@pytest.mark.parametrize("name", ["demo", "busy"])
def test_chrome_events_lie_inside_each_other_and_arrows_lead_somewhere(
    name: str, request: pytest.FixtureRequest
) -> None:
    trail: Trail = request.getfixturevalue(name)
    made = json.loads(json.dumps(chrome_object(trail)))
    lanes: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    arrows: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    named = {(one["pid"], one["tid"]) for one in made["traceEvents"] if one["name"] == "thread_name"}
    for one in made["traceEvents"]:
        assert one["ph"] in {"X", "M", "s", "f"}
        assert {"name", "pid", "tid"} <= one.keys()
        if one["ph"] == "X":
            assert one["ts"] >= 0
            assert one["dur"] >= 0
            lanes[one["pid"], one["tid"]].append((one["ts"], one["ts"] + one["dur"]))
        elif one["ph"] in "sf":
            arrows[one["id"]].append(one)

    assert sum(map(len, lanes.values())) == len(trail)
    assert named == lanes.keys()
    for lane in lanes.values():
        open_: list[float] = []
        for start, stop in sorted(lane, key=lambda one: (one[0], -one[1])):
            while open_ and open_[-1] <= start:
                open_.pop()
            assert not open_ or stop <= open_[-1]
            open_.append(stop)
    assert len(arrows) == sum(node.parent != NONE for node in trail.nodes)
    for tail, tip in arrows.values():
        assert (tail["ph"], tip["ph"], tip["bp"]) == ("s", "f", "e")
        assert tail["ts"] <= tip["ts"]


def test_markdown_has_a_row_for_each_span_and_the_doubts(busy: Trail) -> None:
    lines = trail_markdown(busy, "Trail of `it`").splitlines()
    rows = [line for line in lines if line.startswith("|")]

    assert lines[0] == "# Trail of \\`it\\`"
    assert len(rows) == 2 + len(busy)
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 8 for row in rows)


def test_plain_data_names_rows_above_and_events(demo: Trail) -> None:
    made = json.loads(json.dumps(trail_object(demo, 366)))
    rows = made["rows"]

    assert rows[made["focus"]]["first_event"] == 366
    assert [row["depth"] for row in rows] == [
        0 if row["parent"] is None else rows[row["parent"]]["depth"] + 1 for row in rows
    ]
    assert rows[made["focus"]]["link"]["event"] == 350
    assert rows[made["focus"]]["status"] == 404
