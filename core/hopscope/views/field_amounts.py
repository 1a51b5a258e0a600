"""Fields of the filter language as measures: which events have one, and their numbers."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.column import Choices, spread
from hopscope.fields.values import use_of
from hopscope.store.store import Store
from hopscope.views.field_groups import one_column
from hopscope.views.measures import Amounts, Measure, Where


def field_measure(name: str) -> Measure:
    """The measure of a field. Raises UnknownFieldError where there is no such field."""
    return Measure(name, use_of(name).field.help, partial(_amounts, name))


def _amounts(name: str, store: Store) -> Amounts:
    entries = spread(one_column(store, name)).entries
    if isinstance(entries, Choices):
        codes = entries.codes

        def known(at: Where) -> NDArray[np.bool_]:
            return np.asarray(codes[at] >= 0, dtype=np.bool_)

        numbers = all(isinstance(value, int | float) for value in entries.values) and entries.values
        return Amounts(known, np.append(np.asarray(entries.values), 0)[codes] if numbers else None)
    present = entries.present
    if present is None:
        return Amounts(None, entries.values)

    def has(at: Where) -> NDArray[np.bool_]:
        return np.asarray(present[at], dtype=np.bool_)

    return Amounts(has, entries.values)
