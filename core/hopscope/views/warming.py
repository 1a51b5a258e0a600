"""What the first look at each view needs to know about the whole capture, worked out before anybody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hopscope.store.store import Store
from hopscope.views import usage
from hopscope.views.catalogue import VIEWS
from hopscope.views.census import thread_lives
from hopscope.views.declaration import NEEDS
from hopscope.views.engine import evaluate
from hopscope.views.keys import GROUPINGS
from hopscope.views.measures import MEASURES, Measure
from hopscope.views.offers import has_what
from hopscope.views.owners import process_states
from hopscope.views.selection import Selection

MOST = 4_000_000
"""Events of a capture for which all views are worked out beforehand."""


def warm(store: Store, cancelled: Callable[[], bool]) -> None:
    """Work it out step by step; all of it is kept with the store.

    Args:
        store: the capture, as it stays.
        cancelled: asked before each step; when it says True no other is begun.
    """
    for step in _steps(store):
        if cancelled():
            return
        step()
        store.release()


def _steps(store: Store) -> Iterator[Callable[[], object]]:
    for needs in NEEDS:
        yield partial(has_what, store, needs)
    for sample in (process_states, thread_lives, usage.virtual_samples, usage.resident_samples):
        yield partial(sample, store)
    for table in ("threads", "descriptors"):
        for measure in MEASURES.values():
            yield partial(_add_up, store, table, measure)
    for grouping in GROUPINGS.values():
        yield partial(grouping, store)
    if len(store) <= MOST:
        # Some 150 bytes an event for the fields of all views, which the largest captures do without.
        for name in VIEWS.builtin():
            yield partial(_look_at, store, name)
        for tab in VIEWS.tabs:
            yield partial(_sort, store, tab.name)


def _look_at(store: Store, name: str) -> None:
    """Work out what a view needs, and what the texts of its rows do."""
    result = evaluate(store, name)
    for column in range(len(result.columns) if len(result) else 0):
        result.text(0, column)


def _sort(store: Store, name: str) -> None:
    """Work out the order of its rows by each column."""
    result = evaluate(store, name)
    for column, shown in enumerate(result.columns):
        if shown.sortable:
            result.sort(column, descending=False)


def _add_up(store: Store, table: str, measure: Measure) -> None:
    Selection().sums(store, table).of(measure.name, measure.of(store))
