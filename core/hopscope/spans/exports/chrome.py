"""A trail in Chrome's trace event format, which Perfetto and chrome://tracing open.

The format is that of the document "Trace Event Format": an object with ``traceEvents``. Each row is a
complete event (``X``) in the process that it belongs to; because events of one thread must lie inside each
other, requests that overlap are spread over lanes. Arrows (flow events ``s`` and ``f``) lead from each row to
what it caused. Times are µs since the trail began.
"""

from __future__ import annotations

from typing import Any

from hopscope.spans.exports.plain import row_object
from hopscope.spans.tree import Trail
from hopscope.store.tables import NONE

THOUSAND = 1_000

Lane = list[int]
"""When the rows end that are going on in a lane, the innermost last."""


def chrome_object(trail: Trail) -> dict[str, Any]:
    """The trail as plain data in the trace event format."""
    begin = trail.begin
    rows = [row_object(trail, place) for place in range(len(trail))]
    pids = _numbers(trail, rows)
    lanes = _lanes(trail)
    events = [*_names(trail, rows, pids, lanes)]
    for place, row in enumerate(rows):
        events.append(_complete(trail, place, row, pids, lanes, begin))
    for place, node in enumerate(trail.nodes):
        if node.parent != NONE:
            events.extend(_arrow(trail, place, pids, lanes, begin))
    return {
        "traceEvents": events,
        "displayTimeUnit": "ns",
        "otherData": {"begin_unix_ns": str(begin), "made_by": "hopscope"},
    }


def _numbers(trail: Trail, rows: list[dict[str, Any]]) -> dict[int, int]:
    """A number for each process: its own, or another one where two have the same."""
    out: dict[int, int] = {}
    taken: set[int] = set()
    for node, row in zip(trail.nodes, rows, strict=True):
        if node.process in out:
            continue
        number = row["pid"] or 0
        while number in taken:
            number += 1 << 22
        out[node.process] = number
        taken.add(number)
    return out


def _lanes(trail: Trail) -> list[int]:
    """The lane of each row within its process: in one lane rows follow or lie inside each other."""
    out = [0] * len(trail)
    lanes: dict[int, list[Lane]] = {}
    order = sorted(range(len(trail)), key=lambda place: (trail.start(place), -trail.stop(place)))
    for place in order:
        own = lanes.setdefault(trail.nodes[place].process, [])
        start, stop = trail.start(place), trail.stop(place)
        for number, lane in enumerate(own):
            while lane and lane[-1] <= start:
                lane.pop()
            if not lane or lane[-1] >= stop:
                lane.append(stop)
                out[place] = number
                break
        else:
            own.append([stop])
            out[place] = len(own) - 1
    return out


def _names(
    trail: Trail, rows: list[dict[str, Any]], pids: dict[int, int], lanes: list[int]
) -> list[dict[str, Any]]:
    """Metadata events: names of processes and lanes."""
    found: list[dict[str, Any]] = []
    seen: set[tuple[int, int]] = set()
    for node, row, lane in zip(trail.nodes, rows, lanes, strict=True):
        pid = pids[node.process]
        if (pid, -1) not in seen:
            seen.add((pid, -1))
            place = row["pod"] or row["container"] or row["host"]
            name = f"{row['process']} in {place}" if place else row["process"]
            found.append({"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "args": {"name": name}})
        if (pid, lane) not in seen:
            seen.add((pid, lane))
            name = f"requests {lane + 1}"
            found.append({"ph": "M", "name": "thread_name", "pid": pid, "tid": lane, "args": {"name": name}})
    return found


def _complete(
    trail: Trail, place: int, row: dict[str, Any], pids: dict[int, int], lanes: list[int], begin: int
) -> dict[str, Any]:
    told = ("first_event", "last_event", "tid", "descriptor", "bytes", "answer_bytes", "status", "marks")
    args = {name: row[name] for name in told if row.get(name) not in (None, [], "")}
    if row.get("link"):
        args["evidence"] = row["link"]["evidence"]
    return {
        "ph": "X",
        "name": row["title"],
        "cat": row.get("protocol") or row["kind"],
        "ts": (row["start"] - begin) / THOUSAND,
        "dur": max(0, row["stop"] - row["start"]) / THOUSAND,
        "pid": pids[trail.nodes[place].process],
        "tid": lanes[place],
        "args": args,
    }


def _arrow(
    trail: Trail, place: int, pids: dict[int, int], lanes: list[int], begin: int
) -> list[dict[str, Any]]:
    """From a row to the beginning of what it caused."""
    node = trail.nodes[place]
    time = (trail.start(place) - begin) / THOUSAND
    above = trail.nodes[node.parent]
    # An arrow binds to the row that encloses its time, so it begins inside of the one above.
    left = min(max(trail.start(place), trail.start(node.parent)), trail.stop(node.parent))
    common = {"name": "caused", "cat": "trail", "id": place}
    return [
        {
            **common,
            "ph": "s",
            "ts": (left - begin) / THOUSAND,
            "pid": pids[above.process],
            "tid": lanes[node.parent],
        },
        {**common, "ph": "f", "bp": "e", "ts": time, "pid": pids[node.process], "tid": lanes[place]},
    ]
