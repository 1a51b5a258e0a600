"""Texts that were decoded event by event for a whole capture, kept so that the next question is fast.

Who types a filter asks again with every key. The texts of all events are decoded once and kept with
each different one once, as long as they stay within bounds.
"""

from __future__ import annotations

from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.column import Choices, Column, Lazy
from hopscope.fields.memo import once
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from hopscope.fields.field import FieldUse
    from hopscope.store.store import Store

MOST_EVENTS = 500_000
"""Events with a value up to which all of them are decoded at once."""

MOST_CHARACTERS = 64 << 20
"""Characters of different texts that are kept for one field."""

CHUNK = 1 << 16
"""Events that are decoded at once."""

MOST_FIELDS = 8
"""Fields that are kept for one capture; the one that was asked for longest ago goes first."""


class _Kept:
    """The columns of one store, in the order in which they were last asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._columns: dict[FieldUse, Column | None] = {}

    def find(self, use: FieldUse) -> tuple[bool, Column | None]:
        with self._lock:
            if use not in self._columns:
                return False, None
            column = self._columns.pop(use)
            self._columns[use] = column
            return True, column

    def keep(self, use: FieldUse, column: Column | None) -> None:
        with self._lock:
            self._columns[use] = column
            while len(self._columns) > MOST_FIELDS:
                del self._columns[next(iter(self._columns))]


def decoded(store: Store, use: FieldUse, answer: Lazy, only_kept: bool = False) -> Column | None:
    """The values of a field for all events, None where they are too many or too long to be kept.

    Args:
        store: the capture.
        use: the field with its argument.
        answer: its values, as they are decoded.
        only_kept: decode nothing that is not there already.
    """
    kept = once(store, "decoded", _Kept)
    known, column = kept.find(use)
    if known or only_kept:
        return column
    rows = np.arange(len(store)) if answer.rows is None else answer.rows
    column = _column(store, answer, rows) if len(rows) <= MOST_EVENTS else None
    kept.keep(use, column)
    return column


def _column(store: Store, answer: Lazy, rows: NDArray[np.int64]) -> Column | None:
    places: dict[Any, int] = {}
    codes = np.full(len(store), NONE, dtype=np.int32)
    size = 0
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        known = len(places)
        found = [
            NONE if value is None else places.setdefault(value, len(places)) for value in answer.values(chunk)
        ]
        codes[chunk] = found
        size += sum(map(_size, islice(places, known, None)))
        if size > MOST_CHARACTERS:
            return None
    return Column(Choices(codes, list(places)))


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes) else 1
