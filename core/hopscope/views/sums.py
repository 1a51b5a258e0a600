"""What each state of a table adds up to over the selected events: the base of every column of numbers.

However a view groups, its rows are groups of states. So events are added up once, by state, and every
grouping of the table adds up states, which are few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows
from hopscope.views.measures import Amounts

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_PIECE = 1 << 15
"""Events that are added up together: all that is needed for them stays in the processor's cache."""


class Sums:
    """The sums of the measures over some events of a capture, by state of one table or by group.

    Args:
        mask: gives a bool for each event, True for those that count.
        owners: the state or group of each of some events, -1 for none.
        size: number of states or groups.
    """

    def __init__(
        self, mask: Callable[[], Mask], owners: Callable[[slice], NDArray[np.integer[Any]]], size: int
    ) -> None:
        self._mask = mask
        self._owners = owners
        self._size = size
        self._known: dict[tuple[str, bool], Floats] = {}

    def of(self, measure: str, amounts: Amounts, *, counting: bool = False) -> Floats:
        """Sum of a measure for each state, float64; sums of whole numbers, exact up to 2**53.

        Args:
            measure: its name, under which the sums are kept.
            amounts: the measure in this capture.
            counting: how many events have it instead.
        """
        key = measure, counting
        self.add({key: amounts})
        return self._known[key]

    def add(self, wanted: Mapping[tuple[str, bool], Amounts]) -> None:
        """Add up several measures in one pass; those that are known are left out.

        Args:
            wanted: by name and True where events are counted: the measures in this capture.
        """
        missing = {key: amounts for key, amounts in wanted.items() if key not in self._known}
        if missing:
            # What belongs to no state, -1, is added to the first entry, which is cut off.
            totals = {key: np.zeros(self._size + 1) for key in missing}
            self._pass(missing, totals)
            self._known.update((key, total[1:]) for key, total in totals.items())

    def of_rows(self, rows: Rows, amounts: Amounts, *, counting: bool = False) -> Floats:
        """What each of some ascending event rows adds to the sums, float64; 0 where it does not count."""
        found = self._mask()[rows]
        if amounts.has is not None:
            found = found & amounts.has(rows)
        if counting or amounts.values is None:
            return found.astype(np.float64)
        return np.asarray(found * amounts.values[rows], dtype=np.float64)

    def _pass(
        self, wanted: Mapping[tuple[str, bool], Amounts], totals: Mapping[tuple[str, bool], Floats]
    ) -> None:
        mask = self._mask()
        for start in range(0, len(mask), _PIECE):
            piece = slice(start, start + _PIECE)
            chosen = mask[piece]
            if not chosen.any():
                continue
            owners = self._owners(piece)
            for key, amounts in wanted.items():
                keep = chosen if amounts.has is None else chosen & amounts.has(piece)
                values = None if key[1] else amounts.values
                places = np.compress(keep, owners).astype(np.intp) + 1
                added = 1.0 if values is None else np.compress(keep, values[piece]).astype(np.float64)
                np.add.at(totals[key], places, added)
