"""Trails: trees of spans, each under what caused it.

The root of a tree is the run of a process that was started in the capture and whose requests nothing received
caused; where the process was there before, it is the first span that nothing is known to have caused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.spans.links import Link, Links, links_of
from hopscope.spans.spans import SENT, Spans
from hopscope.store.store import Store
from hopscope.store.tables import NONE

MOST_NODES = 250_000
"""A trail is cut after so many rows."""

Root = tuple[int, int]
"""A span and its process; NONE and a process for the run of that."""


@dataclass(frozen=True, slots=True)
class Node:
    """One row of a trail: a span, or the run of a process.

    Attributes:
        span: number of the span, NONE for a run.
        process: life of the process's main thread.
        parent: place of the row above it in the tree, NONE for a root.
        depth: 0 for a root.
        again: the span that this one asks again, NONE.
    """

    span: int
    process: int
    parent: int
    depth: int
    again: int = NONE


class Trail:
    """A tree of spans, or several, row by row: each row is followed by what it caused, in the order of time.

    Attributes:
        store: the events.
        links: of the store; ``links.link(span)`` tells why a span stands where it does.
        spans: of the store.
        nodes: the rows.
        focus: place of the row that was asked for.
        cut: whether there would be more than :data:`MOST_NODES` rows.
    """

    def __init__(self, links: Links) -> None:
        self.links = links
        self.store: Store = links.store
        self.spans: Spans = links.spans
        self.nodes: list[Node] = []
        self.focus = 0
        self.cut = False
        self._places: dict[int, int] = {}
        self._runs: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.nodes)

    # --- of a row --------------------------------------------------------------------------------

    def start(self, place: int) -> int:
        """When a row begins, ns."""
        node = self.nodes[place]
        if node.span != NONE:
            return int(self.spans.start[node.span])
        return int(self.store.time[self.first(place)])

    def stop(self, place: int) -> int:
        """When a row ends, ns."""
        node = self.nodes[place]
        if node.span != NONE:
            return int(self.spans.stop[node.span])
        return int(self.store.time[self.last(place)])

    def first(self, place: int) -> int:
        """Event row of its first event."""
        return self._first(self.nodes[place])

    def last(self, place: int) -> int:
        """Event row of its last event."""
        node = self.nodes[place]
        if node.span != NONE:
            return int(self.spans.last[node.span])
        return int(self.store.rows_of_process(node.process)[-1])

    def rows(self, place: int) -> NDArray[np.int64]:
        """Event rows that belong to it, ascending: of a span those that moved its bytes, of a run all."""
        node = self.nodes[place]
        if node.span != NONE:
            return self.spans.rows(node.span)
        return self.store.rows_of_process(node.process).astype(np.int64)

    def link(self, place: int) -> Link | None:
        """Why it stands where it does; None for roots and runs, and for what hangs below a run."""
        span = self.nodes[place].span
        return self.links.link(span) if span != NONE else None

    def children(self, place: int) -> list[int]:
        """Places of the rows right below it."""
        depth = self.nodes[place].depth
        found = []
        for other in range(place + 1, len(self.nodes)):
            below = self.nodes[other].depth
            if below <= depth:
                break
            if below == depth + 1:
                found.append(other)
        return found

    def place_of(self, span: int) -> int:
        """Place of the row of a span, NONE where it is not in the trail."""
        return self._places.get(span, NONE)

    def place_of_row(self, row: int) -> int:
        """Place of the row that an event belongs to: that of its span, or of its process's run; NONE."""
        for span in self.spans.of_row(row):
            if span in self._places:
                return self._places[span]
        near = self.spans.near_row(row)
        if near in self._places:
            return self._places[near]
        return self._runs.get(int(self.store.process[row]), NONE)

    @property
    def begin(self) -> int:
        """When the first row of all begins, ns."""
        return min((self.start(place) for place in range(len(self.nodes))), default=0)

    @property
    def end(self) -> int:
        """When the last one ends, ns."""
        return max((self.stop(place) for place in range(len(self.nodes))), default=0)

    # --- building --------------------------------------------------------------------------------

    def add(self, span: int, process: int) -> None:
        """Put a tree under the others: that of a span, or of a process's run where that is NONE."""
        waiting: list[Node] = [Node(span, process, NONE, 0)]
        while waiting:
            node = waiting.pop()
            if node.span in self._places or (node.span == NONE and node.process in self._runs):
                continue
            if len(self.nodes) >= MOST_NODES:
                self.cut = True
                return
            place = len(self.nodes)
            self.nodes.append(node)
            if node.span == NONE:
                self._runs[node.process] = place
            else:
                self._places[node.span] = place
            waiting.extend(reversed(self._below(node, place)))

    def _below(self, node: Node, place: int) -> list[Node]:
        spans, links = self.spans, self.links
        starts = links.starts
        if node.span == NONE:
            own, begun = links.without_cause(node.process), starts.by_process.get(node.process, ())
        else:
            own, begun = links.effects(node.span), starts.by_span.get(node.span, ())
        if not own and not begun:
            return []
        again = repeats(spans, own) if len(own) > 1 else {}
        below = [
            Node(one, int(spans.process[one]), place, node.depth + 1, again.get(one, NONE)) for one in own
        ]
        if not begun:
            return below
        below += [Node(NONE, process, place, node.depth + 1) for process in begun]
        first = [self._first(node) for node in below]
        return [below[i] for i in sorted(range(len(below)), key=first.__getitem__)]

    def _first(self, node: Node) -> int:
        """Event row of the first event of what becomes a row."""
        if node.span != NONE:
            return int(self.spans.first[node.span])
        return int(self.store.rows_of_process(node.process)[0])


def repeats(spans: Spans, beside: list[int]) -> dict[int, int]:
    """Which of the spans with one cause ask again what another one had asked in vain, and which that is.

    Where nothing is recorded of what was asked in vain, what is sent on the same socket asks it again.
    """
    found: dict[int, int] = {}
    in_vain: dict[tuple[object, ...], int] = {}
    for span in beside:
        if spans.kind[span] != SENT or spans.one_way[span]:
            continue
        message, process, channel = spans.message(span), int(spans.process[span]), int(spans.channel[span])
        same_channel = process, channel
        key = same_channel if message == NONE else (process, spans.messages.texts[message].subject)
        before = in_vain.get(key, in_vain.get(same_channel, NONE))
        if before != NONE and spans.start[span] > spans.start[before]:
            found[span] = before
        if spans.is_answered(span):
            in_vain.pop(key, None)
        else:
            in_vain[key] = span
    return found


def trail_of(store: Store, row: int, whole: bool = False) -> Trail:
    """The trail through an event: the tree that its span, or else its process, belongs to.

    Args:
        store: the events.
        row: event row.
        whole: take all that its process did, also where that was there before the capture began.
    """
    links = links_of(store)
    spans = links.spans
    trail = Trail(links)
    process = int(store.process[row])
    focus = focus_of(spans, row)
    if whole or (focus == NONE and process != NONE):
        trail.add(NONE, process)
    elif focus != NONE:
        trail.add(*root_of(links, focus))
    trail.focus = max(0, trail.place_of(focus)) if focus != NONE else 0
    return trail


def trail_of_events(store: Store, mask: NDArray[np.bool_]) -> Trail:
    """The trails of all spans that moved bytes in chosen events.

    Args:
        store: the events.
        mask: bool, one an event.
    """
    links = links_of(store)
    trail = Trail(links)
    for root in roots_of(links, spans_of_events(links.spans, mask).tolist()):
        trail.add(*root)
    return trail


def spans_of_events(spans: Spans, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The spans whose first or last event, or its twin, is among chosen ones; ascending."""
    twin = spans.store.twin
    moved = mask.copy()
    there = np.flatnonzero(mask & (twin >= 0))
    moved[twin[there]] = True
    found: NDArray[np.int64] = np.flatnonzero(moved[spans.first] | moved[spans.last])
    return found


def focus_of(spans: Spans, row: int) -> int:
    """The span that an event belongs to, NONE."""
    found = spans.of_row(row)
    return found[0] if found else spans.near_row(row)


def root_of(links: Links, span: int) -> Root:
    """The root of the tree that a span belongs to: ``(span, process)``, where a run has the span NONE."""
    return roots_of(links, [span])[0]


def roots_of(links: Links, spans: Iterable[int]) -> list[Root]:
    """The roots of the trees that spans belong to, each root once, in the order of the spans."""
    known: dict[int, Root] = {}
    found: dict[Root, None] = {}
    for span in spans:
        way: list[int] = []
        at = span
        while at not in known:
            way.append(at)
            known[at] = at, int(links.spans.process[at])
            cause, run = _above(links, at)
            if cause == NONE:
                known[at] = run
                break
            at = cause
        root = known[at]
        for one in way:
            known[one] = root
        found[root] = None
    return list(found)


def _above(links: Links, span: int) -> tuple[int, Root]:
    """The span that caused one, NONE without; and the root that it belongs to then."""
    cause = links.cause(span)
    process = int(links.spans.process[span])
    if cause == NONE and links.spans.kind[span] == SENT and process in links.starts.born:
        case = links.starts.causes.get(process)
        if case is None:
            return NONE, (NONE, process)
        cause = case.span
    return cause, (span, process)
