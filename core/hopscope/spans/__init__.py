"""Spans and trails: one request through all its processes.

A *span* is one request as one process saw it: received here and answered (``RECEIVED``), or sent from here
and answered (``SENT``). A *link* leads from a span to the one that caused it: a received request to the same
one as it was sent by another process, a sent request to the received one for whose sake it was sent. A
*trail* is the tree that these links make.

For the screen and the commands::

    trail = trail_of(store, row)            # the tree through an event; whole=True: all that its process did
    trail = trail_of_events(store, mask)    # the trees of all spans that chosen events belong to
    for place, node in enumerate(trail.nodes):      # rows in the order in which they are drawn
        node.span, node.process, node.parent, node.depth, node.again
        trail.start(place), trail.stop(place)       # ns
        trail.first(place), trail.last(place)       # event rows; trail.rows(place): all of its events
        title(trail, place), marks(trail, place)    # words; process_words, where_words, owner
        trail.link(place)                           # Link: score, evidence, doubtful; None for roots
    trail.focus                             # place of the row that was asked for
    trail.links.candidates(node.span)       # all links that were considered, best first
    trail.place_of_row(row)                 # where an event belongs

``node.span`` is NONE for the run of a process, the root where nothing received caused its requests. Columns
of all spans are in ``spans_of(store)``. The first call reads all messages of the capture and may take a
while: call :func:`prepare` in a thread with a function that is told how far it is. Any thread may ask.
"""

from __future__ import annotations

from collections.abc import Callable

from hopscope.conversation.messages import messages_of
from hopscope.spans.links import Link, Links, links_of
from hopscope.spans.spans import RECEIVED, SENT, Spans, spans_of
from hopscope.spans.tree import Node, Trail, trail_of, trail_of_events
from hopscope.spans.words import marks, owner, process_words, title, where_words
from hopscope.store.store import Store

__all__ = [
    "RECEIVED", "SENT", "Link", "Links", "Node", "Spans", "Trail", "links_of", "marks", "owner", "prepare",
    "process_words", "spans_of", "title", "trail_of", "trail_of_events", "where_words",
]  # fmt: skip


MESSAGES_SHARE, LINKS_BEGIN = 0.65, 0.8
"""How much of preparing is reading messages, and after how much of it links inside processes are found."""


def prepare(store: Store, report: Callable[[float], None] | None = None) -> None:
    """Do the work that all trails of a store have in common.

    Args:
        store: the events.
        report: told now and then how much of it is done, 0 to 1.
    """

    def part(begin: float, share: float) -> Callable[[float], None]:
        return lambda done: report(begin + share * done) if report is not None else None

    messages_of(store, part(0.0, MESSAGES_SHARE))
    spans_of(store)
    links = links_of(store)
    _ = links.across
    links.prepare(part(LINKS_BEGIN, 1 - LINKS_BEGIN))
