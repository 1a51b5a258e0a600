"""Whether the columns of an index stay inside each other and inside the capture.

Columns are mapped without a look at their checksums, so whatever is used as a place elsewhere is
compared with what is there. A file that passes may still say something wrong, but nothing that
reads outside an array.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import EventColumns
from hopscope.decode.event_table import EVENTS
from hopscope.index.faults import IndexFaultError
from hopscope.index.objects import Objects
from hopscope.store.tables import NONE, DescriptorTable, ThreadTable

_LIVES = ("life", "process", "parent", "table", "origin", "opener")
"""Columns of the small tables with numbers that arrays are made for."""

_ROWS = ("first", "born", "died", "opened", "closed")
"""Columns of the small tables with event rows."""

_KNOWN_PARAMS = np.array([len(event.params) for event in EVENTS], np.uint8)
_CHUNK = 1 << 20


def check_bounds(
    columns: EventColumns,
    arrays: Mapping[str, NDArray[Any]],
    threads: ThreadTable,
    descriptors: DescriptorTable,
    objects: Objects,
) -> None:
    """Raise IndexFaultError where something points outside.

    Args:
        columns: of the events, with the capture they point into.
        arrays: columns of the store by name.
        threads, descriptors: the small tables.
        objects: what is no column.
    """
    events = len(columns)
    sections = columns.sections()
    one_each = [array for name, array in sections.items() if name != "broken"]
    if any(len(array) != events for array in (*one_each, *arrays.values())):
        raise IndexFaultError("its columns have different lengths")
    _within("thread", arrays["thread"], NONE, len(threads))
    _within("descriptor", arrays["descriptor"], NONE, len(descriptors))
    _within("twin", arrays["twin"], NONE, events)
    _within("broken", sections["broken"], 0, events)
    _within("container", threads.container, 0, len(objects.containers))
    for table in (threads, descriptors):
        for name in _ROWS:
            _within(name, getattr(table, name, ()), NONE, events)
        for name in _LIVES:
            _within(name, getattr(table, name, ()), NONE, events + len(threads) + len(descriptors))
    if len(objects.sections) != len(objects.epochs):
        raise IndexFaultError("its sections make no sense")
    if any(not NONE <= one.pod < len(objects.kubernetes.pods) for one in objects.containers):
        raise IndexFaultError("its containers make no sense")
    _within("code", columns.code, 0, len(EVENTS))
    _check_params(columns)


def _within(name: str, numbers: Iterable[int] | NDArray[Any], low: int, high: int) -> None:
    array = np.asarray(numbers)
    if len(array) and not low <= int(array.min()) <= int(array.max()) < high:
        raise IndexFaultError(f"its column {name!r} points outside")


def _check_params(columns: EventColumns) -> None:
    """The lengths of all parameters must lie in the capture, in front of the parameters themselves.

    What the lengths say is not looked at here, which would mean to read the whole capture: whoever takes a
    parameter gets no more than there is.
    """
    size = len(columns.data)
    for start in range(0, len(columns), _CHUNK):
        part = slice(start, start + _CHUNK)
        nparams = columns.nparams[part]
        if (nparams > _KNOWN_PARAMS[columns.code[part]]).any():
            raise IndexFaultError("its parameters make no sense")
        least = nparams.astype(np.int64) * np.where(columns.wide[part], 4, 2)
        lengths_size, params_at = columns.lengths_size[part], columns.params_at[part]
        if (lengths_size < least).any() or (params_at > size).any() or (params_at < lengths_size).any():
            raise IndexFaultError("its parameters lie outside the capture")
