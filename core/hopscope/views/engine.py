"""From a declaration and a selection to rows: the one engine behind every view."""

from __future__ import annotations

from hopscope.errors import UsageError
from hopscope.store.store import Store
from hopscope.views.builtin import VIEWS
from hopscope.views.definition import Column, Kind, ViewDefinition
from hopscope.views.frame import Frame
from hopscope.views.groups import GroupResult
from hopscope.views.keys import GROUPINGS
from hopscope.views.result import ViewResult
from hopscope.views.selection import Selection

EVENT_KEY = "event"


def find_view(name: str) -> ViewDefinition:
    """The view of this name or alias. Raises UsageError when there is none."""
    for view in VIEWS.values():
        if name.lower() == view.name or name.lower() in view.aliases:
            return view
    raise UsageError(f"there is no view {name!r}; the views are {', '.join(VIEWS)}")


def evaluate(store: Store, view: str | ViewDefinition, selection: Selection | None = None) -> ViewResult:
    """The rows of a view over a selection, in the view's own order.

    Args:
        store: the capture.
        view: a name, an alias, or a declaration.
        selection: what is looked at; the whole capture without.

    Raises:
        UsageError: there is no such view.
    """
    definition = find_view(view) if isinstance(view, str) else view
    chosen = selection if selection is not None else Selection()
    columns = available_columns(store, definition)
    if definition.key == EVENT_KEY:
        # The list of events brings rendering and all fields with it, which other views do without.
        from hopscope.views.listing import EventResult  # noqa: PLC0415

        return EventResult(store, definition, chosen, columns)
    frame = Frame(store, GROUPINGS[definition.key](store), chosen)
    result = GroupResult(definition, frame, columns)
    column = result.column_index(definition.sort)
    return result.sort(column, columns[column].kind not in (Kind.TEXT, Kind.TIME))


def available_columns(store: Store, definition: ViewDefinition) -> tuple[Column, ...]:
    """The columns of a view that have values in this capture: no pods without Kubernetes, and so on."""
    has = {
        "": True,
        "containers": any(container.id != "host" for container in store.containers),
        "kubernetes": any(container.pod >= 0 for container in store.containers),
        "hosts": len(store.hosts) > 1,
        "files": store.members is not None and len(store.members.files) > 1,
    }
    return tuple(column for column in definition.columns if has[column.metadata])
