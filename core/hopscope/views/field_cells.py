"""What fields tell of a group: the value that all its events have, or that of the last one."""

from __future__ import annotations

from typing import Any

from hopscope.fields import container
from hopscope.fields.column import Choices, Column
from hopscope.fields.field import FieldUse
from hopscope.fields.values import answer_of, as_text, use_of
from hopscope.redaction import shown_labels
from hopscope.store.tables import NONE
from hopscope.views.attributes import Value
from hopscope.views.field_groups import LOGARITHM
from hopscope.views.frame import Frame
from hopscope.views.grouping import Grouping

_LABELS = ".labels"
"""Ends the names of fields whose values are labels."""


class FieldCells:
    """The values of one field by group.

    Groups that have an event have the field's value at the last one. Of others, the state of a thread
    that stands for the group tells where it can.

    Args:
        frame: the groups.
        name: of the field.
    """

    def __init__(self, frame: Frame, name: str) -> None:
        self._frame = frame
        keys = frame.grouping.key.split("+") if frame.grouping.values else []
        self._part = keys.index(name) if name in keys else NONE
        if self._part == NONE and frame.grouping.key.startswith(name):
            self._part = 0
        self._use = None if self._part != NONE and name not in keys else use_of(name.removeprefix(LOGARITHM))

    def value(self, code: int) -> Value:
        """The value of a group, None where it has none."""
        values = self._frame.grouping.values
        found = self._told(code) if self._part == NONE else values[code][self._part]
        return found if self._use is None else plain(self._use, found)

    def _told(self, code: int) -> Any:
        assert self._use is not None
        frame = self._frame
        answer = answer_of(frame.store, self._use)
        row = int(frame.last_rows[code])
        if row != NONE:
            return answer.at(row)
        state = int(frame.states[code]) if frame.grouping.table == "threads" else NONE
        return _of_state(frame, answer, state) if isinstance(answer, Column) and state != NONE else None


def _of_state(frame: Frame, column: Column, state: int) -> Any:
    """The value of a field for a state of a thread, None where it is told of something else."""
    store = frame.store
    if column.index is store.thread:
        entry = state
    elif column.index is container.index(store):
        entry = int(store.threads.container[state])
    else:
        return None
    entries = column.entries
    if isinstance(entries, Choices):
        code = int(entries.codes[entry])
        return None if code < 0 else entries.values[code]
    return (
        None if entries.present is not None and not entries.present[entry] else entries.values[entry].item()
    )


def plain(use: FieldUse, value: Any) -> Value:
    """A value of a field as cells have it: numbers as they are, everything else as text."""
    if value is None or (use.type.is_numeric and isinstance(value, int | float)):
        return value
    text = as_text(use, value)
    return shown_labels(text) if use.field.name.endswith(_LABELS) else text


def label_of(grouping: Grouping, code: int) -> str:
    """What a group of fields is called in the breadcrumb: its values."""
    names = grouping.key.split("+")
    texts = []
    for name, value in zip(names, grouping.values[code], strict=True):
        use = use_of(name.removeprefix(LOGARITHM))
        text = as_text(use, value)
        texts.append(f"{use.field.name} {'from ' if name.startswith(LOGARITHM) else ''}{text}")
    return ", ".join(texts)
