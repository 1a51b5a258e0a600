"""A trail as OpenTelemetry has it: an ExportTraceServiceRequest in OTLP's JSON form.

The form is that of opentelemetry-proto (trace/v1/trace.proto) and of the section "JSON Protobuf Encoding" of
the OTLP specification: names in lowerCamelCase, ids as hexadecimal text, enumerations as numbers, 64-bit
numbers as decimal text. Attributes have the names of OpenTelemetry's semantic conventions where there are
some. Jaeger opens such a file as it is.
"""

from __future__ import annotations

import hashlib
from typing import Any

import hopscope
from hopscope.spans.exports.plain import row_object
from hopscope.spans.tree import Trail
from hopscope.store.tables import NONE

INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = 1, 2, 3, 4, 5
"""Span.SpanKind."""

ERROR = 2
"""Status.StatusCode."""

KINDS = {"run": INTERNAL, "received": SERVER, "sent": CLIENT}
ONE_WAY = {"received": CONSUMER, "sent": PRODUCER}

RESOURCE = (
    ("service.name", "process"),
    ("process.executable.name", "process"),
    ("process.pid", "pid"),
    ("container.name", "container"),
    ("k8s.pod.name", "pod"),
    ("k8s.namespace.name", "namespace"),
    ("host.name", "host"),
)
"""Attributes of a resource, and where they are in a row as plain data."""

ATTRIBUTES = (
    ("network.protocol.name", "protocol"),
    ("thread.id", "tid"),
    ("hopscope.descriptor", "descriptor"),
    ("hopscope.first_event", "first_event"),
    ("hopscope.last_event", "last_event"),
    ("hopscope.events", "events"),
    ("hopscope.bytes", "bytes"),
    ("hopscope.answer_bytes", "answer_bytes"),
    ("hopscope.marks", "marks"),
)
"""The same of a span."""


def otlp_object(trail: Trail) -> dict[str, Any]:
    """The trail as plain data in OTLP's JSON form; one resource for each process, one trace for each root."""
    rows = [row_object(trail, place) for place in range(len(trail))]
    traces = _traces(trail)
    resources: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for place, row in enumerate(rows):
        key = tuple(row[name] for _, name in RESOURCE)
        resources.setdefault(key, []).append(_span(trail, place, row, traces))
    scope = {"name": "hopscope", "version": hopscope.__version__}
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _resource(key)},
                "scopeSpans": [{"scope": scope, "spans": spans}],
            }
            for key, spans in resources.items()
        ]
    }


def _traces(trail: Trail) -> list[str]:
    """The id of the trace of each row: the same for all below one root, and the same every time."""
    out: list[str] = []
    for place, node in enumerate(trail.nodes):
        if node.parent != NONE:
            out.append(out[node.parent])
        else:
            said = (
                f"{trail.store.time[trail.first(place)]} {trail.store.number[trail.first(place)]} {node.span}"
            )
            out.append(_digest(said, 16))
    return out


def _digest(said: str, size: int) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[: 2 * size]


def _span_id(trail: Trail, place: int, traces: list[str]) -> str:
    node = trail.nodes[place]
    return _digest(f"{traces[place]} {node.span} {node.process}", 8)


def _span(trail: Trail, place: int, row: dict[str, Any], traces: list[str]) -> dict[str, Any]:
    node, kind = trail.nodes[place], row["kind"]
    one_way = node.span != NONE and bool(trail.spans.one_way[node.span])
    out: dict[str, Any] = {
        "traceId": traces[place],
        "spanId": _span_id(trail, place, traces),
        "name": row["title"],
        "kind": ONE_WAY[kind] if one_way else KINDS[kind],
        "startTimeUnixNano": str(row["start"]),
        "endTimeUnixNano": str(row["stop"]),
        "attributes": _attributes(row),
    }
    if node.parent != NONE:
        out["parentSpanId"] = _span_id(trail, node.parent, traces)
    if node.again != NONE:
        before = trail.place_of(node.again)
        if before != NONE:
            asked = {"traceId": traces[before], "spanId": _span_id(trail, before, traces)}
            out["links"] = [{**asked, "attributes": [_attribute("hopscope.link", "asks again")]}]
    if row.get("failed") or (row.get("answered") is False and not one_way):
        out["status"] = {"code": ERROR, "message": ", ".join(row["marks"])}
    return out


def _attributes(row: dict[str, Any]) -> list[dict[str, Any]]:
    found = [_attribute(name, row[key]) for name, key in ATTRIBUTES if row.get(key) not in (None, [], "")]
    if row.get("protocol") == "http" and row["status"] is not None:
        found.append(_attribute("http.response.status_code", row["status"]))
    link = row.get("link")
    if link is not None:
        found.append(_attribute("hopscope.link.score", float(link["score"])))
        found.append(_attribute("hopscope.link.doubtful", link["doubtful"]))
        found.append(_attribute("hopscope.link.evidence", link["evidence"]))
    return found


def _resource(key: tuple[Any, ...]) -> list[dict[str, Any]]:
    named = zip((name for name, _ in RESOURCE), key, strict=True)
    return [_attribute(name, value) for name, value in named if value not in (None, "")]


def _attribute(name: str, value: Any) -> dict[str, Any]:
    return {"key": name, "value": _value(value)}


def _value(value: Any) -> dict[str, Any]:
    """An AnyValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}
