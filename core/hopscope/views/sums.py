"""What each state of a table adds up to over the selected events: the base of every column of numbers.

However a view groups, its rows are groups of states. So events are added up once, by state, and every
grouping of the table adds up states, which are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows
from hopscope.views.measures import Amounts, Where

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_PIECE = 1 << 15
"""Events that are added up together: all that is needed for them stays in the processor's cache."""
_FEW = 2
"""Where fewer than one event of so many count, they are looked up one by one."""


class Sums:
    """The sums of the measures over some events of a capture, by state of one table or by group.

    Args:
        mask: gives a bool for each event, True for those that count.
        rows: gives those that count, ascending.
        owners: the state or group of each of some events, -1 for none.
        size: number of states or groups.
    """

    def __init__(
        self,
        mask: Callable[[], Mask],
        rows: Callable[[], Rows],
        owners: Callable[[Where], NDArray[np.integer[Any]]],
        size: int,
    ) -> None:
        self._mask = mask
        self._rows = rows
        self._owners = owners
        self._size = size
        self._known: dict[tuple[str, bool], Floats] = {}
        self._wider: tuple[Sums, Mask] | None = None

    def narrow(self, wider: Sums, inside: Mask) -> None:
        """Take what is known of more events, of which every one of some states counts here, of others none.

        Args:
            wider: the sums of those events, by the same states.
            inside: True for the states that count.
        """
        self._wider = wider, inside

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
        if self._wider is not None:
            wider, inside = self._wider
            for key in [key for key in missing if key in wider._known]:
                self._known[key] = np.where(inside, wider._known[key], 0.0)
                del missing[key]
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
        few = np.count_nonzero(mask) * _FEW < len(mask)
        for at, chosen in _by_row(self._rows()) if few else _by_piece(mask):
            owners = self._owners(at)
            found: dict[str, tuple[Mask, NDArray[np.intp]]] = {}
            for (measure, counting), amounts in wanted.items():
                if measure not in found:
                    keep = chosen if amounts.has is None else chosen & amounts.has(at)
                    found[measure] = keep, np.compress(keep, owners).astype(np.intp) + 1
                keep, places = found[measure]
                values = None if counting else amounts.values
                added = 1.0 if values is None else np.compress(keep, values[at]).astype(np.float64)
                np.add.at(totals[measure, counting], places, added)


def _by_piece(mask: Mask) -> Iterator[tuple[Where, Mask]]:
    """Stretches of events one after the other, and which of them count."""
    for start in range(0, len(mask), _PIECE):
        chosen = mask[start : start + _PIECE]
        if chosen.any():
            yield slice(start, start + _PIECE), chosen


def _by_row(rows: Rows) -> Iterator[tuple[Where, Mask]]:
    """Only the events that count."""
    every = np.ones(min(len(rows), _PIECE), dtype=np.bool_)
    for start in range(0, len(rows), _PIECE):
        piece = rows[start : start + _PIECE]
        yield piece, every[: len(piece)]
