"""The condition behind a choice of single events, such as those of a message or of a finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hopscope.store.store import Rows, Store
from hopscope.views.selection import Mask, Selection, Step


@dataclass(frozen=True, eq=False)
class ChosenEvents:
    """Events that were chosen one by one.

    Attributes:
        rows: event rows; the enter of an exit, and the exit of an enter, belong too.
    """

    rows: Rows

    def mask(self, store: Store) -> Mask:
        """True for these events."""
        mask = np.zeros(len(store), dtype=np.bool_)
        mask[self.rows] = True
        twins = store.twin[self.rows]
        mask[twins[twins >= 0]] = True
        return mask


def events_selection(kind: str, label: str, rows: Rows) -> Selection:
    """A selection of single events.

    Args:
        kind: what they belong to, one word.
        label: for the breadcrumb.
        rows: event rows.
    """
    return Selection().push(Step(kind, label, ChosenEvents(rows)))
