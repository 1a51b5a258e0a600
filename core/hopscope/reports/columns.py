"""Values of a field for many events at once, as numbers or as groups."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.column import Answer, Choices, Column, Levels, Rows, encode
from hopscope.fields.values import answer_of, use_of
from hopscope.lookup import look_up_or
from hopscope.store.store import Store
from hopscope.store.tables import NONE


class Codes(NamedTuple):
    """Groups of some events by the value of a field.

    Attributes:
        codes: int64, one an event, position in ``values``; -1 where the event has no value.
        values: the distinct values.
    """

    codes: NDArray[np.int64]
    values: list[Any]


def numbers(store: Store, name: str, rows: Rows) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """A numeric field at event rows: its values, 0 where one is missing, and which are there.

    Raises:
        UnknownFieldError: there is no such field.
    """
    found = answer_of(store, use_of(name))
    if isinstance(found, Column) and not isinstance(found.entries, Choices):
        values, present = found.entries
        if found.index is None:
            there = np.ones(len(rows), np.bool_) if present is None else present[rows]
            return np.where(there, values[rows], 0), there
        places = found.index[rows]
        known = np.ones(len(values), np.bool_) if present is None else present
        there = look_up_or(known, places, False)
        return np.where(there, look_up_or(values, places, 0), 0), there
    listed = _listed(found, rows)
    there = np.array([value is not None for value in listed], np.bool_)
    return np.array([0 if value is None else value for value in listed]), there


def codes_of(store: Store, name: str, rows: Rows) -> Codes:
    """Events put together by the value of a field.

    A field with several values for an event, such as all ancestors, groups by all of them together.

    Raises:
        UnknownFieldError: there is no such field.
    """
    found = answer_of(store, use_of(name))
    if not isinstance(found, Column):
        choices = encode(_listed(found, rows))
        return Codes(choices.codes.astype(np.int64), choices.values)
    if isinstance(found.entries, Choices):
        codes = found.entries.codes
        at = codes[rows] if found.index is None else look_up_or(codes, found.index[rows], NONE)
        kept, place = np.unique(at, return_inverse=True)
        missing = int(len(kept) > 0 and kept[0] < 0)
        return Codes(place - missing, [found.entries.values[code] for code in kept[missing:].tolist()])
    values, there = numbers(store, name, rows)
    distinct, place = np.unique(values, return_inverse=True)
    return Codes(np.where(there, place, NONE), distinct.tolist())


def _listed(found: Answer, rows: Rows) -> list[Any]:
    """Values one by one, None where an event has none."""
    if isinstance(found, Column | Levels):
        return [found.at(row) for row in rows.tolist()]
    within = np.ones(len(rows), np.bool_) if found.rows is None else np.isin(rows, found.rows)
    values = iter(found.values(rows[within]))
    return [next(values) if one else None for one in within.tolist()]
