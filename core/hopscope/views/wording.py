"""A selection in words of the command line: the filter that says what its steps say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hopscope.fields import UnknownFieldError
from hopscope.filters import compile_filter
from hopscope.store.store import Store
from hopscope.views.conditions import field_value_of
from hopscope.views.links import KINDS, filter_of
from hopscope.views.selection import Mask, Selection, Step

FIELDS = {
    "container": (("container.id",),),
    "process": (("proc.pid",),),
    "thread": (("thread.tid",),),
    "descriptor": (("proc.pid", "fd.num", "fd.name"), ("proc.pid", "fd.num")),
    "connection": (("proc.pid", "fd.name"), ("proc.pid", "fd.num")),
    "file": (("fd.name",),),
}
"""By kind of step: the fields that may tell its events from all others, the plainest first.

A step of any other kind is told by the field that it is called after.
"""

_LOOKED_AT = 16
"""Events of a step from which values are taken."""


class Wording(NamedTuple):
    """A filter, and how far it says the same.

    Attributes:
        text: the filter; empty for the whole capture.
        differs: events that only the filter, or only the selection, accepts.
    """

    text: str
    differs: int


def wording_of(store: Store, selection: Selection) -> Wording:
    """The filter that accepts the events of a selection, or as nearly those as a filter can say.

    A process or descriptor whose number was used again is told by the numbers of its events too.
    """
    parts = [_filter_of_step(store, step) for step in selection.steps]
    if not parts:
        return Wording("", 0)
    text = parts[0] if len(parts) == 1 else " and ".join(_together(part) for part in parts)
    return Wording(text, _difference(store, text, selection.mask(store)))


def _together(text: str) -> str:
    return f"({text})" if " or " in text else text


def _filter_of_step(store: Store, step: Step) -> str:
    if step.kind in KINDS:
        return filter_of(step)
    mask = step.condition.mask(store) & ~store.hidden
    rows = np.flatnonzero(mask)
    if not len(rows):
        return "evt.num<0"
    looked_at = rows[:: max(1, len(rows) // _LOOKED_AT)][:_LOOKED_AT].tolist()
    fields = FIELDS.get(step.kind, ((step.kind,),))
    texts = {_conditions(store, row, names) for names in fields for row in looked_at} - {""}
    lived = f"evt.num>={store.number[rows[0]]} and evt.num<={store.number[rows[-1]]}"
    choice = [*sorted(texts, key=len), *(f"{text} and {lived}" for text in sorted(texts, key=len)), lived]
    best = (len(store) + 1, lived)
    for text in choice:
        differs = _difference(store, text, mask)
        if differs < best[0]:
            best = (differs, text)
        if not differs:
            break
    return best[1]


def _conditions(store: Store, row: int, names: tuple[str, ...]) -> str:
    """The values of fields at an event as a filter; empty where one has none."""
    try:
        values = [field_value_of(store, row, name) for name in names]
    except UnknownFieldError:
        return ""
    return " and ".join(one.condition for one in values) if all(one.text for one in values) else ""


def _difference(store: Store, text: str, mask: Mask) -> int:
    found = compile_filter(text).mask(store) & ~store.hidden
    return int(np.count_nonzero(found != mask))
