"""One selection, put into the groups of one view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.views.definition import Aggregation, Column
from hopscope.views.grouping import Codes, Grouping, distinct, first_states, last_states
from hopscope.views.measures import MEASURES, Amounts, measure_of, order_by_value, rows_by_value
from hopscope.views.memo import once_per_store
from hopscope.views.ordering import order_of_integers
from hopscope.views.owners import ProcessStates, process_states
from hopscope.views.selection import Mask, Selection
from hopscope.views.sums import Sums

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_TABLE = 1 << 26
"""Pairs of a group and a value that are marked in a table; of more, those that occur are sorted."""

_FEW = 32
"""Where no more than one event of so many is selected their values are sorted, not looked for among all."""

_ADDED = (Aggregation.SUM, Aggregation.COUNT, Aggregation.AVG, Aggregation.TIME_AVG)
_SHARES = {Aggregation.P50: 0.5, Aggregation.P95: 0.95}


class Frame:
    """The events of a selection by group, with what the columns need to know.

    Arrays that are returned have one entry for each group of the grouping, also for those that the
    selection does not contain; :attr:`groups` says which these are.

    Args:
        store: the capture.
        grouping: what a row stands for.
        selection: what is looked at.
    """

    def __init__(self, store: Store, grouping: Grouping, selection: Selection) -> None:
        self.store = store
        self.grouping = grouping
        self.selection = selection
        self.first, self.stop = selection.window(store)
        self.seconds = selection.seconds(store)
        self._totals: dict[str, Floats] = {}
        self._in_order: dict[str, tuple[Rows, Integers]] = {}

    # --- which groups ----------------------------------------------------------------------------

    @cached_property
    def events(self) -> Integers:
        """Number of selected events."""
        return self._total("events").astype(np.int64)

    @cached_property
    def groups(self) -> Integers:
        """Numbers of the groups that the selection contains, ascending."""
        present = self.events > 0
        if self.grouping.shows_idle:
            belongs = self.belonging_states
            if belongs is not None:
                codes = self.grouping.codes[:-1][belongs]
                present[codes[codes >= 0]] = True
        return np.flatnonzero(present)

    @cached_property
    def belonging_states(self) -> Mask | None:
        """States of the grouped table that belong to the selection even without an event."""
        if self.grouping.table == "threads":
            return self.selection.threads(self.store)
        if self.grouping.table == "entries":
            return None
        return self.selection.descriptors(self.store)

    @cached_property
    def live_threads(self) -> Mask:
        """States of threads that the selection contains: with an event, or without needing one."""
        amounts = MEASURES["events"].of(self.store)
        present = self.selection.sums(self.store, "threads").of("events", amounts) > 0
        belongs = self.selection.threads(self.store)
        return present if belongs is None else present | belongs

    # --- sums over events ------------------------------------------------------------------------

    def aggregate(self, column: Column) -> Floats:
        """The values of an aggregated column; NaN where a group has nothing to take a value from."""
        if not self.grouping.size:
            return np.zeros(0)
        if column.aggregation is Aggregation.DISTINCT:
            return self.kept(f"distinct {column.source}", lambda: self._different(column.source))
        if column.aggregation in _SHARES:
            share = _SHARES[column.aggregation]
            return self.kept(f"{share} {column.source}", lambda: self._percentile(column.source, share))
        amounts = measure_of(column.source).of(self.store)
        if column.aggregation is Aggregation.COUNT and amounts.values is not None:
            return self._sum(column.source, counting=True)
        if column.aggregation in (Aggregation.SUM, Aggregation.COUNT):
            return self._total(column.source)
        if column.aggregation is Aggregation.TIME_AVG:
            total = self._total(column.source)
            return total / self.seconds if self.seconds > 0 else np.zeros(len(total))
        if column.aggregation is Aggregation.AVG:
            count = self._sum(column.source, counting=True)
            total = self._total(column.source)
            with np.errstate(invalid="ignore"):
                return np.asarray(total / count, dtype=np.float64)
        name = f"{column.aggregation.value} {column.source}"
        return self.kept(name, lambda: self._extreme(column.source, column.aggregation))

    def kept(self, name: str, make: Callable[[], Floats]) -> Floats:
        """Values of the groups under a name, made when first asked for and kept with the selection."""
        kept = self.selection.kept(self.store)
        key = self.grouping.key, name
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def add_up(self, columns: Sequence[Column]) -> None:
        """Add up for all columns at once what each would add up for itself."""
        wanted: dict[tuple[str, bool], Amounts] = {("events", False): measure_of("events").of(self.store)}
        for column in columns:
            if column.aggregation in _ADDED:
                amounts = measure_of(column.source).of(self.store)
                counted = column.aggregation is Aggregation.COUNT and amounts.values is not None
                wanted[column.source, counted] = amounts
                if column.aggregation is Aggregation.AVG:
                    wanted[column.source, True] = amounts
        if self.grouping.size:
            self._sums.add(wanted)

    @property
    def _sums(self) -> Sums:
        """The sums by state, or by group where groups are not made of states."""
        if self.grouping.table == "entries":
            return self.selection.sums_of_groups(self.store, self.grouping)
        return self.selection.sums(self.store, self.grouping.table)

    def _total(self, measure: str) -> Floats:
        """Sum of a measure, worked out once for all columns that need it."""
        if measure not in self._totals:
            self._totals[measure] = self._sum(measure)
        return self._totals[measure]

    def _sum(self, measure: str, *, counting: bool = False) -> Floats:
        """Sum of a measure by group, or how many events have it.

        Where groups are made of states, events are added up by the state they belong to, once for all
        groupings of a table; what is left is one addition for each state, and the events whose group is
        another than that of their state.
        """
        store, grouping = self.store, self.grouping
        amounts = measure_of(measure).of(store)
        sums = self._sums
        if grouping.table == "entries":
            return sums.of(measure, amounts, counting=counting)
        # Group NONE is counted in the entry that is cut off.
        size = grouping.size + 1
        of_states = sums.of(measure, amounts, counting=counting)
        total = np.asarray(
            np.bincount(grouping.codes[:-1] + np.int32(1), of_states, minlength=size), dtype=np.float64
        )
        if len(grouping.rows):
            moved = sums.of_rows(grouping.rows, amounts, counting=counting)
            column = store.thread if grouping.table == "threads" else store.descriptor
            left = grouping.codes[column[grouping.rows]]
            total -= np.bincount(left + np.int32(1), moved, minlength=size)
            total += np.bincount(grouping.row_codes + np.int32(1), moved, minlength=size)
        return total[1:]

    @cached_property
    def rows(self) -> Rows:
        """The selected event rows, ascending."""
        return self.selection.rows(self.store)

    def _with(self, amounts: Amounts) -> tuple[Rows, Codes]:
        """The selected events that have a measure and a group, and their groups."""
        rows = self.rows if amounts.has is None else self.rows[amounts.has(self.rows)]
        return self._grouped(rows)

    def _grouped(self, rows: Rows, *, ascending: bool = True) -> tuple[Rows, Codes]:
        """Those of some event rows that have a group, and their groups."""
        if ascending or not len(self.grouping.rows):  # which are looked for among ascending rows
            codes = self.grouping.of_events(self.store, rows)
        else:
            codes = self.grouping.of_events(self.store)[rows]
        there = codes >= 0
        return (rows, codes) if there.all() else (rows[there], codes[there])

    def _extreme(self, measure: str, aggregation: Aggregation) -> Floats:
        amounts = measure_of(measure).of(self.store)
        result = np.full(self.grouping.size, np.nan)
        if measure in self._in_order and amounts.values is not None and amounts.values.dtype.kind != "f":
            rows, counts = self._in_order[measure]
            last = np.cumsum(counts)[counts > 0]
            place = last - 1 if aggregation is Aggregation.MAX else last - counts[counts > 0]
            result[counts > 0] = amounts.values[rows[place]]
            return result
        rows, codes = self._with(amounts)
        values = np.ones(len(rows)) if amounts.values is None else amounts.values[rows]
        function = np.fmin if aggregation is Aggregation.MIN else np.fmax
        function.at(result, codes, values.astype(np.float64))
        return result

    def _percentile(self, measure: str, share: float) -> Floats:
        """The smallest value that is not exceeded by this share of the values of each group."""
        if measure not in self._in_order:
            rows, codes = self._by_value(measure)
            counts = np.bincount(codes, minlength=self.grouping.size)
            self._in_order[measure] = rows[order_of_integers(codes, descending=False)], counts
        rows, counts = self._in_order[measure]
        last = np.cumsum(counts)
        place = last - counts + np.maximum(np.ceil(counts * share - 1e-9).astype(np.int64) - 1, 0)
        result = np.full(self.grouping.size, np.nan)
        values = measure_of(measure).of(self.store).values
        assert values is not None, "percentiles are those of numbers"
        result[counts > 0] = values[rows[place[counts > 0]]]
        return result

    def _by_value(self, measure: str) -> tuple[Rows, Codes]:
        """The selected events that have a measure, in the order of its values, and their groups."""
        if len(self.rows) * _FEW < len(self.store):
            rows, codes = self._with(measure_of(measure).of(self.store))
            order = order_by_value(self.store, measure, rows)
            return rows[order], codes[order]
        rows = rows_by_value(self.store, measure)
        return self._grouped(rows[self.selection.mask(self.store)[rows]], ascending=False)

    def _different(self, field: str) -> Floats:
        """How many different values of a field the events of each group have."""
        from hopscope.views.field_groups import by_field  # noqa: PLC0415  loads all fields

        other = by_field(self.store, field)
        codes, values = (one.of_events(self.store, self.rows) for one in (self.grouping, other))
        both = (codes >= 0) & (values >= 0)
        pairs = codes[both].astype(np.int64) * other.size + values[both]
        if self.grouping.size * other.size <= _TABLE:
            seen = np.zeros((self.grouping.size, other.size), dtype=np.bool_)
            seen.reshape(-1)[pairs] = True
            return np.asarray(seen.sum(axis=1), dtype=np.float64)
        counts = np.bincount(distinct(pairs) // other.size, minlength=self.grouping.size)
        return counts.astype(np.float64)

    @cached_property
    def last_rows(self) -> Integers:
        """The last selected event row of each group, NONE where there is none."""
        # Kept among numbers of another kind, which are exact for every row that there can be.
        return self.kept("last rows", self._last_rows).astype(np.int64)

    def _last_rows(self) -> Floats:
        rows, codes = self._grouped(self.rows)
        result = np.full(self.grouping.size, float(NONE))
        # Of several assignments to a place NumPy keeps the last one.
        result[codes] = rows
        return result

    # --- what stands for a group -----------------------------------------------------------------

    @cached_property
    def processes(self) -> ProcessStates:
        """The thread states that stand for processes at the end of the window."""
        return (
            process_states(self.store)
            if self.stop == len(self.store)
            else ProcessStates(self.store, self.stop)
        )

    @cached_property
    def states(self) -> Integers:
        """Row of the grouped table that stands for each group, as it was last in the window; or NONE."""
        store, grouping = self.store, self.grouping
        if grouping.table == "entries":
            return np.full(grouping.size, NONE, dtype=np.int64)
        if grouping.key == "process":
            return self.processes.of(distinct(store.threads.process))
        if self.stop < len(store):
            return _standing(store, grouping, self.stop)
        known = _standing_at_end(store)
        if grouping.key not in known:
            known[grouping.key] = _standing(store, grouping, self.stop)
        return known[grouping.key]


def _standing(store: Store, grouping: Grouping, stop: int) -> Integers:
    """The state that each group was in last before an event row; where it began later, its first one."""
    first = store.threads.first if grouping.table == "threads" else store.descriptors.first
    found = last_states(grouping.codes, first, grouping.size, stop)
    return np.where(found == NONE, first_states(grouping.codes, first, grouping.size), found)


@once_per_store
def _standing_at_end(store: Store) -> dict[str, Integers]:
    """By grouping what all selections have in common that no time ends."""
    return {}
