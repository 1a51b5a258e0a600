"""Groups of events that have the same value of a field, or of several.

What a field is told of decides: where that is a state of a thread or a container, groups are made of states
and idle ones can be listed; where it is another small table, or the event, events are grouped.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.errors import UsageError
from hopscope.fields import container
from hopscope.fields.column import Answer, Choices, Column, Lazy, Levels, Numbers, encode
from hopscope.fields.memo import once
from hopscope.fields.values import answer_of, use_of
from hopscope.lookup import look_up_or
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.grouping import Codes, Grouping, closed, distinct

LOGARITHM = "log:"
"""Before a field of durations or sizes in a key: rows stand for steps of a logarithmic scale."""

STEPS = 10
"""Steps of the scale to a power of ten."""


def by_field(store: Store, key: str) -> Grouping:
    """A group for each value of a field, or each pair and so on of values of several; kept for the store.

    Raises:
        UnknownFieldError: there is no such field.
    """
    return once(store, ("grouping", key), lambda: _made(store, key))


def _made(store: Store, key: str) -> Grouping:
    parts = [_of_one(store, part) for part in key.split("+")]
    together = parts[0]
    for other in parts[1:]:
        together = _joined(store, together, other)
    return Grouping(
        key,
        together.table,
        together.codes,
        together.size,
        shows_idle=together.shows_idle,
        column=together.column,
        values=together.values,
    )


def _of_one(store: Store, name: str) -> Grouping:
    scale = name.startswith(LOGARITHM)
    column = one_column(store, name.removeprefix(LOGARITHM))
    choices = _logarithmic(column.entries, name) if scale else choices_of(column.entries)
    codes, values = choices.codes, [(value,) for value in choices.values]
    if column.index is not None and column.index is store.thread:
        return Grouping(name, "threads", closed(codes), len(values), values=values)
    if column.index is not None and column.index is container.index(store):
        of_threads = look_up_or(codes, store.threads.container, NONE)
        return Grouping(name, "threads", closed(of_threads), len(values), values=values)
    return Grouping(
        name,
        "entries",
        codes if column.index is None else closed(codes),
        len(values),
        shows_idle=False,
        column=column.index,
        values=values,
    )


def one_column(store: Store, name: str) -> Column:
    """The values of a field for all events; of several values of an event the first."""
    answer = answer_of(store, use_of(name))
    return once(store, ("one column", name), lambda: _as_column(store, answer))


def _as_column(store: Store, answer: Answer) -> Column:
    if isinstance(answer, Column):
        return answer
    if isinstance(answer, Levels):
        return (
            answer.columns[0] if answer.columns else Column(Choices(np.full(len(store), NONE, np.int32), []))
        )
    return _decoded(store, answer)


def _decoded(store: Store, answer: Lazy) -> Column:
    """What is decoded event by event, decoded for all that have it."""
    rows = answer.rows if answer.rows is not None else np.arange(len(store))
    found = encode(_hashable(value) for value in answer.values(rows))
    codes = np.full(len(store), NONE, dtype=np.int32)
    codes[rows] = found.codes
    return Column(Choices(codes, found.values))


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


def choices_of(entries: Numbers | Choices) -> Choices:
    """The different values of entries and the place of each among them."""
    if isinstance(entries, Choices):
        return _distinct(entries)
    present = np.ones(len(entries.values), np.bool_) if entries.present is None else entries.present
    there = entries.values if present.all() else entries.values[present]
    values = distinct(there)
    codes = np.full(len(entries.values), NONE, dtype=np.int32)
    codes[present] = np.searchsorted(values, there)
    return Choices(codes, values.tolist())


def _distinct(choices: Choices) -> Choices:
    """Choices that have each value once."""
    firsts = encode(choices.values)
    if len(firsts.values) == len(choices.values):
        return choices
    return Choices(look_up_or(firsts.codes, choices.codes, NONE), firsts.values)


def _logarithmic(entries: Numbers | Choices, name: str) -> Choices:
    if isinstance(entries, Choices):
        if not all(isinstance(value, int | float) for value in entries.values):
            raise UsageError(f"{name}: the field has no numbers to put on a scale")
        entries = Numbers(np.append(np.asarray(entries.values, dtype=np.float64), 0)[entries.codes])
    known = entries.values > 0
    if entries.present is not None:
        known &= entries.present
    # The logarithm of 999 and of 1000 differ by more than rounding, so powers of ten begin a step.
    steps = np.floor(np.log10(entries.values[known]) * STEPS + 1e-9).astype(np.int64)
    low = int(steps.min(initial=0))
    counts = np.bincount(steps - low)
    places = np.cumsum(counts > 0) - 1
    codes = np.full(len(entries.values), NONE, dtype=np.int32)
    codes[known] = places[steps - low]
    begins = [round(10 ** ((step + low) / STEPS)) for step in np.flatnonzero(counts).tolist()]
    return Choices(codes, begins)


def _joined(store: Store, one: Grouping, other: Grouping) -> Grouping:
    """A group for each pair of groups that occur together."""
    of_threads = one.table == other.table == "threads"
    codes = _pairs_of(store, one, of_threads) * (other.size + 1) + _pairs_of(store, other, of_threads)
    known = (codes >= other.size + 1) & (codes % (other.size + 1) > 0)
    pairs, places = np.unique(codes[known], return_inverse=True)
    joined: Codes = np.full(len(codes), NONE, dtype=np.int32)
    joined[known] = places
    values = [
        (*one.values[pair // (other.size + 1) - 1], *other.values[pair % (other.size + 1) - 1])
        for pair in pairs.tolist()
    ]
    return Grouping(
        f"{one.key}+{other.key}",
        "threads" if of_threads else "entries",
        closed(joined) if of_threads else joined,
        len(values),
        shows_idle=of_threads,
        values=values,
    )


def _pairs_of(store: Store, grouping: Grouping, of_threads: bool) -> NDArray[np.int64]:
    """Groups counted from 1, by thread state or by event; 0 for none."""
    codes = grouping.codes[:-1] if of_threads else grouping.of_events(store)
    return codes.astype(np.int64) + 1
