"""From a declaration and a selection to rows: the one engine behind every view."""

from __future__ import annotations

import difflib

from hopscope.errors import UsageError
from hopscope.store.store import Store
from hopscope.views.catalogue import VIEWS
from hopscope.views.definition import Column, Kind, ViewDefinition
from hopscope.views.frame import Frame
from hopscope.views.groups import GroupResult
from hopscope.views.keys import grouping_of
from hopscope.views.offers import has_what
from hopscope.views.result import ViewResult
from hopscope.views.selection import Selection
from hopscope.views.stretches import STRETCHES, stretches_of

SPAN = "span."
"""Begins the fields of spans."""


def find_view(name: str) -> ViewDefinition:
    """The view of this name or alias. Raises UsageError when there is none."""
    wanted = name.lower().replace("-", "_")
    found = VIEWS.find(wanted)
    if found is not None:
        return found
    close = difflib.get_close_matches(wanted, VIEWS, 1, 0.6)
    meant = f"; perhaps {close[0]} is meant" if close else ""
    broken = "; one of your own cannot be used" if VIEWS.faults else ""
    raise UsageError(f"there is no view {name!r}{meant}{broken}; hopscope views lists them")


def evaluate(store: Store, view: str | ViewDefinition, selection: Selection | None = None) -> ViewResult:
    """The rows of a view over a selection, in the view's own order.

    Args:
        store: the capture.
        view: a name, an alias, or a declaration.
        selection: what is looked at; the whole capture without.

    Raises:
        UsageError: there is no such view.
    """
    chosen = selection if selection is not None else Selection()
    definition = (find_view(view) if isinstance(view, str) else view).at_depth(depth_of(chosen))
    columns = available_columns(store, definition)
    seen = chosen.within(definition.filter)
    if definition.lists_events:
        # The list of events brings rendering and all fields with it, which other views do without.
        from hopscope.views.listing import EventResult  # noqa: PLC0415

        listed = EventResult(store, definition, chosen, columns, seen)
        column = listed.column_index(definition.sort)
        return (
            listed
            if column == 0 or not columns[column].sortable
            else listed.sort(column, _falls(columns[column]))
        )
    key = stretches_of(store, chosen) if definition.key == STRETCHES else definition.key
    result = GroupResult(definition, chosen, Frame(store, grouping_of(store, key), seen), columns)
    column = result.column_index(definition.sort)
    return result.sort(column, _falls(columns[column]))


def _falls(column: Column) -> bool:
    """True for columns of which the greatest values are wanted first."""
    return column.kind not in (Kind.TEXT, Kind.TIME)


def depth_of(selection: Selection) -> int:
    """How many spans a selection went into."""
    return sum(step.kind.startswith(SPAN) for step in selection.steps)


def available_columns(store: Store, definition: ViewDefinition) -> tuple[Column, ...]:
    """The columns of a view that have values in this capture: no pods without Kubernetes, and so on."""
    return tuple(column for column in definition.columns if has_what(store, column.metadata))
