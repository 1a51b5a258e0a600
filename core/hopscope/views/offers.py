"""Which views are offered where: by what the capture has and by what was chosen last."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hopscope.store.store import Store
from hopscope.views.declaration import NEEDS
from hopscope.views.definition import EVERYTHING, ViewDefinition
from hopscope.views.links import KINDS
from hopscope.views.memo import once_per_store
from hopscope.views.selection import Selection

_CLUSTER_FIELDS = ("mesos.task.id", "mesos.framework.id", "marathon.app.id")
_SPAN_FIELD = "span.id"


@once_per_store
def _has_cluster(store: Store) -> bool:
    return any(_has_field(store, name) for name in _CLUSTER_FIELDS)


@once_per_store
def _has_spans(store: Store) -> bool:
    return _has_field(store, _SPAN_FIELD)


def _has_field(store: Store, name: str) -> bool:
    from hopscope.fields.column import Choices  # noqa: PLC0415  loads all fields
    from hopscope.views.field_groups import one_column  # noqa: PLC0415

    entries = one_column(store, name).entries
    known = entries.codes >= 0 if isinstance(entries, Choices) else entries.present
    return known is None or bool(np.any(known))


_CHECKS: dict[str, Callable[[Store], bool]] = {
    "": lambda store: True,
    "containers": lambda store: any(container.id != "host" for container in store.containers),
    "kubernetes": lambda store: any(container.pod >= 0 for container in store.containers),
    "hosts": lambda store: len(store.hosts) > 1,
    "files": lambda store: store.members is not None and len(store.members.files) > 1,
    "mesos": _has_cluster,
    "tracers": _has_spans,
}
"""Whether a capture has what a view or column needs."""


def has_what(store: Store, needs: str) -> bool:
    """True where a capture has what a view or a column needs."""
    return _CHECKS[needs](store)


def why_not_offered(store: Store, view: ViewDefinition, selection: Selection) -> str:
    """Why a view makes no sense here, as half a sentence; empty where it is offered."""
    if not has_what(store, view.needs):
        return NEEDS[view.needs]
    chosen = [step.kind for step in selection.steps if step.kind not in KINDS]
    kind = chosen[-1] if chosen else EVERYTHING
    if view.applies(kind):
        return ""
    return "it is for the whole capture" if chosen else "it is for what was gone into: " + _kinds(view)


def _kinds(view: ViewDefinition) -> str:
    return ", ".join(view.applies_to)
