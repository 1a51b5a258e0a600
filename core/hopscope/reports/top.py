"""What moved most bytes, took longest, failed most: events put together by fields, and added up."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.errors import UsageError
from hopscope.fields.column import Mask, Rows
from hopscope.fields.values import as_text, use_of
from hopscope.reports.columns import codes_of, numbers
from hopscope.reports.kinds import passing, timed
from hopscope.store.store import Store
from hopscope.store.tables import NONE


@dataclass(frozen=True, slots=True)
class Measure:
    """What is added up.

    Attributes:
        name: as it is asked for.
        title: above the column.
        unit: ``bytes``, ``ns`` or empty for a count.
        condition: filter of the events that have it; empty for all.
        field: numeric field that is added up where it is above 0; empty to count events.
        scale: ns of one unit of the field.
        help: what it is, in a few words.
    """

    name: str
    title: str
    unit: str
    condition: str
    field: str
    help: str
    scale: float = 1


MEASURES = {
    one.name: one
    for one in (
        Measure(
            "bytes", "BYTES", "bytes", "evt.is_io=true and evt.failed=false", "evt.rawarg.res",
            "bytes read and written",
        ),
        Measure("time", "TIME", "ns", "", "evt.latency", "time that calls took, waiting included"),
        Measure("events", "EVENTS", "", "", "evt.count", "events; a call has two, its beginning and its end"),
        Measure("calls", "CALLS", "", "evt.dir=<", "evt.count", "calls that ended"),
        Measure("errors", "ERRORS", "", "evt.failed=true", "evt.count", "calls that failed"),
        Measure(
            "cpu", "CPU", "ns", "evt.type=procinfo", "thread.cpu",
            "time on a CPU, as the recorder noted it about once a second", scale=10_000_000,
        ),
        Measure(
            "run", "RUN", "ns", "evt.type=switch", "thread.exectime", "time on a CPU, from switch to switch"
        ),
        Measure(
            "descriptors", "DESCRIPTORS", "", "fd.num>0 and fd.name!=''", "",
            "different descriptors that events are about",
        ),
    )
}  # fmt: skip
"""What can be added up, by name."""


class Group(NamedTuple):
    """One line of the list.

    Attributes:
        keys: texts of the fields, in the order in which they were asked for.
        value: what was added up: bytes, ns or a count.
        events: how many events that comes from.
        row: the first of them.
    """

    keys: tuple[str, ...]
    value: int
    events: int
    row: int


class Top(NamedTuple):
    """The list.

    Attributes:
        groups: the largest first; of equal ones by their keys.
        total: of all groups together.
        span: ns from the first event of the capture to the last.
    """

    groups: list[Group]
    total: int
    span: int


def measure_named(name: str) -> Measure:
    """The measure of a name. Raises UsageError with the names there are."""
    if name not in MEASURES:
        near = difflib.get_close_matches(name, MEASURES, 1)
        meant = f"; did you mean {near[0]}" if near else ""
        raise UsageError(f"nothing called {name!r} can be added up, only {', '.join(MEASURES)}{meant}")
    return MEASURES[name]


def top(store: Store, mask: Mask, keys: Sequence[str], measure: Measure) -> Top:
    """Put events together by fields and add up. Events that lack one of the fields do not count.

    Args:
        store: the capture.
        mask: bool, one an event: those that may count.
        keys: names of fields, at least one.
        measure: what is added up.

    Raises:
        UnknownFieldError: there is no such field.
        UsageError: a field has no value to group by.
    """
    uses = [use_of(name) for name in keys]
    for use in uses:
        if use.field.filter_only:
            raise UsageError(f"{use.name} has no value of its own and can only be filtered by")
    rows = np.flatnonzero(passing(store, measure.condition, within=mask))
    amounts = _amounts(store, rows, measure)
    rows, amounts = rows[amounts > 0], amounts[amounts > 0]
    group, texts = np.zeros(len(rows), np.int64), []
    there = np.ones(len(rows), np.bool_)
    for use in uses:
        found = codes_of(store, use.name, rows)
        there &= found.codes != NONE
        # Numbers of groups stay below the number of events, so the product of two never overflows.
        _, group = np.unique(group * (len(found.values) + 1) + found.codes + 1, return_inverse=True)
        texts.append((found.codes, [as_text(use, value) for value in found.values]))
    rows, amounts, group = rows[there], amounts[there], group[there]
    if measure.name == "descriptors":
        rows, amounts, group, there = _different(store, rows, amounts, group, there)
    kept, first, place = np.unique(group, return_index=True, return_inverse=True)
    sums = np.bincount(place, amounts.astype(np.float64), len(kept)) if amounts.dtype.kind == "f" else None
    values = _added(place, amounts, len(kept)) if sums is None else np.round(sums).astype(np.int64)
    counts = np.bincount(place, minlength=len(kept))
    labels = [[listed[code] for code in codes[there][first].tolist()] for codes, listed in texts]
    groups = [
        Group(tuple(label[i] for label in labels), int(values[i]), int(counts[i]), int(rows[first[i]]))
        for i in range(len(kept))
    ]
    groups.sort(key=lambda one: (-one.value, one.keys))
    times = store.time[timed(store)]
    return Top(groups, int(values.sum()), int(np.ptp(times)) if len(times) else 0)


def _amounts(store: Store, rows: Rows, measure: Measure) -> NDArray[Any]:
    if not measure.field:
        return np.ones(len(rows), np.int64)
    values, there = numbers(store, measure.field, rows)
    if measure.scale != 1:
        # A sample of 0 still names a process that was there.
        return np.where(there, np.maximum(values * measure.scale, 1e-9), 0.0)
    return values.astype(np.int64)


def _added(place: NDArray[np.int64], amounts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Sums by group, exact where floating point would round."""
    values = np.zeros(size, np.int64)
    np.add.at(values, place, amounts)
    return values


def _different(
    store: Store, rows: Rows, amounts: NDArray[Any], group: NDArray[np.int64], there: Mask
) -> tuple[Rows, NDArray[Any], NDArray[np.int64], Mask]:
    """Of each group only the first event of each number and name of a descriptor."""
    fds, _ = numbers(store, "fd.num", rows)
    names = codes_of(store, "fd.name", rows).codes
    _, first = np.unique(np.stack([group, fds.astype(np.int64), names]), axis=1, return_index=True)
    first = np.sort(first)
    kept = np.zeros(len(there), np.bool_)
    kept[np.flatnonzero(there)[first]] = True
    return rows[first], amounts[first], group[first], kept
