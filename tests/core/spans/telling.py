"""Trails as short lines, for comparison."""

from __future__ import annotations

from hopscope.spans import SENT, Trail
from hopscope.store.tables import NONE


def told(trail: Trail) -> list[str]:
    """A line for each row: indented, first and last event, the process, and an arrow for its direction."""
    return [_line(trail, place) for place in range(len(trail))]


def _line(trail: Trail, place: int) -> str:
    node, number = trail.nodes[place], trail.store.number
    thread = int(trail.store.thread[trail.last(place)])
    comm = trail.store.threads.comm[thread]
    if node.span == NONE:
        return f"{'  ' * node.depth}{comm}"
    arrow = ">" if trail.spans.kind[node.span] == SENT else "<"
    first, last = int(number[trail.first(place)]), int(number[trail.last(place)])
    again = "" if node.again == NONE else f" again {number[trail.spans.first[node.again]]}"
    return f"{'  ' * node.depth}{comm} {arrow} {first}-{last}{again}"
