"""From a group to the rows of the small tables that describe it."""

from __future__ import annotations

import numpy as np

from hopscope.store.tables import NONE
from hopscope.views.attributes import ATTRIBUTES, Attribute
from hopscope.views.connections import connections
from hopscope.views.frame import Frame, Integers
from hopscope.views.names import container_label, descriptor_label, process_label, thread_label

SUBJECTS = {
    "container": ("container",),
    "process": ("process", "thread", "container"),
    "thread": ("thread", "process", "container"),
    "connection": ("connection", "process", "container"),
    "descriptor": ("descriptor", "process", "container"),
    "file": ("descriptor", "container"),
}
"""By key: the things that a row of such a view can tell about."""


class Subjects:
    """The things that the groups of a frame stand for."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._store = frame.store
        self._key = frame.grouping.key

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name, None where rows of this view have no such thing."""
        attribute = ATTRIBUTES.get(name)
        return attribute if attribute and attribute.subject in SUBJECTS.get(self._key, ()) else None

    def row(self, subject: str, code: int) -> int:
        """Row of the subject's table that describes a group, NONE where there is none.

        For ``process`` and ``thread`` a row of the thread table, for ``connection`` the number of
        the connection.
        """
        if subject == self._key and subject in ("container", "connection"):
            return code
        if subject == "container":
            thread = self._thread(code)
            return int(self._store.threads.container[thread]) if thread != NONE else NONE
        if subject == "process":
            return self._process(code)
        return int(self._frame.states[code])

    def rows(self, subject: str, codes: Integers) -> Integers:
        """:meth:`row` for many groups."""
        if subject == self._key and subject in ("container", "connection"):
            return codes
        if subject == "container":
            threads = self._threads(codes)
            return np.append(self._store.threads.container, np.int32(NONE))[threads].astype(np.int64)
        return self._processes(codes) if subject == "process" else self._frame.states[codes]

    def _threads(self, codes: Integers) -> Integers:
        return self._frame.states[codes] if self._key in ("process", "thread") else self._processes(codes)

    def _processes(self, codes: Integers) -> Integers:
        store, frame = self._store, self._frame
        if self._key == "process":
            return frame.states[codes]
        if self._key == "connection":
            listed = connections(store).list
            lives = np.fromiter((listed[code].process for code in codes.tolist()), np.int64, len(codes))
            return frame.processes.of(lives)
        states = frame.states[codes]
        table = store.threads if frame.grouping.table == "threads" else store.descriptors
        return np.where(states == NONE, NONE, frame.processes.of(table.process[states]))

    def label(self, code: int) -> str:
        """What the group is called in the breadcrumb."""
        store, grouping = self._store, self._frame.grouping
        if grouping.values:
            from hopscope.views.field_cells import label_of  # noqa: PLC0415  loads all fields

            return label_of(grouping, code)
        if self._key == "container":
            return container_label(store.containers[code])
        if self._key == "connection":
            connection = connections(store).list[code]
            return f"{connection.name}/{connection.l4}" if connection.l4 else connection.name
        row = int(self._frame.states[code])
        if self._key == "process":
            return process_label(store, row)
        if self._key == "thread":
            return thread_label(store, row)
        return descriptor_label(store, row)

    def _thread(self, code: int) -> int:
        if self._key in ("process", "thread"):
            return int(self._frame.states[code])
        return self._process(code)

    def _process(self, code: int) -> int:
        store, frame = self._store, self._frame
        if self._key == "process":
            return int(frame.states[code])
        if self._key == "connection":
            return frame.processes.row_of(connections(store).list[code].process)
        state = int(frame.states[code])
        if state == NONE:
            return NONE
        table = store.threads if frame.grouping.table == "threads" else store.descriptors
        return frame.processes.row_of(int(table.process[state]))
