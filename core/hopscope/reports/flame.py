"""Spans that programs mark with tracers, put together by their tags: where the time went, as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from hopscope.fields.column import Mask
from hopscope.store.store import Store

MOST_TAGS = 100
"""Tags of a span that are followed; JSON is written no deeper than twice as many levels."""


class Span(NamedTuple):
    """A span that ended.

    Attributes:
        row: event row of its end.
        tags: its name, the outermost part first.
        duration: ns.
    """

    row: int
    tags: tuple[str, ...]
    duration: int


@dataclass(slots=True)
class Node:
    """All spans of one name, and those whose names go on behind it.

    Attributes:
        name: the last tag; empty for the root of all.
        count: spans that ended.
        total: ns of all of them together.
        least, most: ns of the shortest and of the longest, 0 without any.
        width: ns that the node stands for: its own spans, or its children where those took longer.
        events: rows of the ends of the first of them.
        children: by their tag, in the order in which they ended.
    """

    name: str
    count: int = 0
    total: int = 0
    least: int = 0
    most: int = 0
    width: int = 0
    events: list[int] = field(default_factory=list)
    children: dict[str, Node] = field(default_factory=dict)

    @property
    def alone(self) -> int:
        """Ns in which none of its children ran."""
        return self.width - sum(child.width for child in self.children.values())


MOST_EVENTS = 100
"""Events of one node that are kept."""


def spans_of(store: Store, mask: Mask) -> Iterator[Span]:
    """The spans that ended at events that may count, in the order of their ends."""
    spans = store.spans
    ended = np.flatnonzero(spans.exit >= 0)
    ended = ended[mask[spans.exit[ended]]]
    for one in ended[np.argsort(spans.exit[ended], kind="stable")].tolist():
        tags = spans.tags[one][:MOST_TAGS] or ("(no tag)",)
        yield Span(int(spans.exit[one]), tags, int(spans.duration[one]))


def tree_of(store: Store, mask: Mask) -> Node:
    """The spans put together by their tags, below a root without a name."""
    root = Node("")
    for span in spans_of(store, mask):
        node = root
        for tag in span.tags:
            node = node.children.setdefault(tag, Node(tag))
        node.least = min(node.least, span.duration) if node.count else span.duration
        node.most = max(node.most, span.duration)
        node.count += 1
        node.total += span.duration
        if len(node.events) < MOST_EVENTS:
            node.events.append(span.row)
    for node in reversed(_downwards(root)):
        node.width = max(node.total, sum(child.width for child in node.children.values()))
    return root


def _downwards(root: Node) -> list[Node]:
    """All nodes, parents before their children."""
    found = [root]
    for node in found:
        found += node.children.values()
    return found


class Placed(NamedTuple):
    """A node and where it lies in the tree.

    Attributes:
        node: itself.
        path: names from the outermost one to its own.
        start: ns of nodes to the left of it.
    """

    node: Node
    path: tuple[str, ...]
    start: int


def placed(root: Node) -> Iterator[Placed]:
    """All nodes but the root, parents before their children, without recursion."""
    waiting = [Placed(root, (), 0)]
    while waiting:
        one = waiting.pop()
        if one.path:
            yield one
        start = one.start
        below = []
        for child in one.node.children.values():
            below.append(Placed(child, (*one.path, child.name), start))
            start += child.width
        waiting += reversed(below)
