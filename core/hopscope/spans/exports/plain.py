"""A trail as plain data, for programs."""

from __future__ import annotations

from typing import Any

from hopscope.spans.spans import SENT
from hopscope.spans.tree import Trail
from hopscope.spans.words import marks, owner, title
from hopscope.store.tables import NONE


def trail_object(trail: Trail, number: int) -> dict[str, Any]:
    """The trail of an event: its rows in order, each with its place and that of the row above it."""
    return {
        "event": number,
        "focus": trail.focus,
        "start": trail.begin,
        "stop": trail.end,
        "cut": trail.cut,
        "rows": [row_object(trail, place) for place in range(len(trail))],
    }


def row_object(trail: Trail, place: int) -> dict[str, Any]:
    """One row of a trail as plain data."""
    node, whose = trail.nodes[place], owner(trail, place)
    spans, number = trail.spans, trail.store.number
    out: dict[str, Any] = {
        "place": place,
        "parent": node.parent if node.parent != NONE else None,
        "depth": node.depth,
        "kind": "run" if node.span == NONE else "sent" if spans.kind[node.span] == SENT else "received",
        "title": title(trail, place),
        "process": whose.process,
        "pid": whose.pid if whose.pid != NONE else None,
        "container": whose.container.name or whose.container.id if whose.container is not None else None,
        "pod": whose.pod or None,
        "namespace": whose.namespace or None,
        "host": whose.machine or None,
        "start": trail.start(place),
        "stop": trail.stop(place),
        "duration_ns": trail.stop(place) - trail.start(place),
        "first_event": int(number[trail.first(place)]),
        "last_event": int(number[trail.last(place)]),
        "marks": marks(trail, place),
    }
    if node.span == NONE:
        return out
    span = node.span
    response = int(spans.response[span])
    status = int(spans.messages.status[response]) if response != NONE else -1
    out |= {
        "tid": whose.tid,
        "protocol": spans.protocol(span) or None,
        "descriptor": spans.descriptor(span),
        "events": number[spans.rows(span)].tolist(),
        "answered": spans.is_answered(span),
        "failed": spans.failed(span),
        "status": status if status >= 0 else None,
        "bytes": int(spans.size[span]) if spans.size[span] >= 0 else None,
        "answer_bytes": int(spans.answer_size[span]) if spans.answer_size[span] >= 0 else None,
        "asks_again": int(number[spans.first[node.again]]) if node.again != NONE else None,
        "link": _link(trail, span),
    }
    return out


def _link(trail: Trail, span: int) -> dict[str, Any] | None:
    candidates = trail.links.candidates(span)
    if trail.links.cause(span) == NONE:
        return None
    number = trail.store.number
    first, *others = [
        {
            "event": int(number[trail.spans.first[one.cause]]),
            "score": one.score,
            "evidence": list(one.evidence),
        }
        for one in candidates
    ]
    return {**first, "doubtful": candidates[0].doubtful, "others": others}
