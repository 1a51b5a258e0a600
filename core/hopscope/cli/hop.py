"""``hopscope hop``: from one event to its peer, its causes and its effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_document
from hopscope.decode.render import render_line
from hopscope.store.store import Store
from hopscope.trail import Candidate, absence, causes, effects, peers

DIRECTIONS: dict[str, Callable[[Store, int], list[Candidate]]] = {
    "peer": peers,
    "causes": causes,
    "effects": effects,
}
"""Keys of the JSON object, in order, and what finds their candidates."""

TITLES = {"peer": "the other end", "causes": "what caused it", "effects": "what it caused"}


def run(request: Request) -> int:
    """Print the candidates of an event in each direction."""
    arguments = request.arguments
    store = open_capture(arguments)
    row = store.row_of(arguments.event)
    found = {name: find(store, row) for name, find in DIRECTIONS.items()}
    if arguments.json:
        request.output.text(json_document(hop_object(arguments.event, found)))
    else:
        request.output.lines(_report(store, row, found))
    return 0


def hop_object(number: int, found: dict[str, list[Candidate]]) -> dict[str, Any]:
    """The candidates as plain data: event, then a list for each direction, best first."""
    listed = {name: [_candidate(one) for one in candidates] for name, candidates in found.items()}
    return {"event": number, **listed}


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"event": int(one.number), "score": round(float(one.score), 4), "evidence": list(one.evidence)}


def _report(store: Store, row: int, found: dict[str, list[Candidate]]) -> Iterator[str]:
    yield render_line(store, row)
    for name, candidates in found.items():
        yield ""
        if not candidates:
            yield f"{TITLES[name]}: {absence(store, row) if name == 'peer' else 'not found'}"
            continue
        yield f"{TITLES[name]}:"
        for candidate in candidates:
            yield f"  {candidate.score:4.0%}  {render_line(store, candidate.row)}"
            yield from (f"        - {reason}" for reason in candidate.evidence)
