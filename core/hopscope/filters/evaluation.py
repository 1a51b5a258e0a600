"""Decides a tree for all events of a store.

Conditions are decided on the smallest table that knows the answer and carried to the events. In a
conjunction the cheap ones go first, and each later one sees only the events that are left, so that
what must be decoded event by event is decoded for few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hopscope.fields import FieldType, FieldUse
from hopscope.fields.column import Answer, Choices, Column, Lazy, Levels, Mask, Numbers, Rows, spread
from hopscope.fields.decoded import CHUNK, decoded
from hopscope.fields.field import Match
from hopscope.fields.values import answer_of
from hopscope.filters.predicates import Pairing, Predicate
from hopscope.filters.transformers import result_type, transformed
from hopscope.lookup import look_up_or

if TYPE_CHECKING:
    from hopscope.store.store import Store


class Operand(NamedTuple):
    """A field, perhaps with functions around it, outermost first."""

    use: FieldUse
    transformers: tuple[str, ...] = ()

    @property
    def type(self) -> FieldType:
        """Kind of the value. Raises ValueError where a function cannot stand around what it is given."""
        return result_type(self.transformers, self.use.type)

    @property
    def match(self) -> Match:
        """Treatment of several values."""
        return self.use.match

    def answer(self, store: Store) -> Answer:
        """The values for all events."""
        return transformed(answer_of(store, self.use), self.transformers)


class Condition(NamedTuple):
    """A check whose field is known and whose values are read."""

    operand: Operand
    predicate: Predicate

    @property
    def cost(self) -> int:
        """How late it should be decided."""
        return self.operand.use.field.domain.cost


class Comparison(NamedTuple):
    """A check of one field's value with another's."""

    left: Operand
    right: Operand
    pairing: Pairing

    @property
    def cost(self) -> int:
        """How late it should be decided."""
        return max(self.left.use.field.domain.cost, self.right.use.field.domain.cost)


class Negation(NamedTuple):
    """The events that the child leaves out."""

    child: Plan

    @property
    def cost(self) -> int:
        """How late it should be decided."""
        return self.child.cost


class Combination(NamedTuple):
    """Children that must all be true, or of which any must.

    Attributes:
        children: cheapest first.
        conjunction: True where all must.
    """

    children: tuple[Plan, ...]
    conjunction: bool

    @property
    def cost(self) -> int:
        """How late it should be decided."""
        return self.children[-1].cost


Plan = Condition | Comparison | Negation | Combination


def decide(plan: Plan, store: Store, within: Mask | None) -> Mask:
    """The events of a plan, bool, one an event; False outside ``within``."""
    if isinstance(plan, Negation):
        left_out = ~decide(plan.child, store, within)
        return left_out if within is None else left_out & within
    if isinstance(plan, Condition):
        return _condition(plan, store, within)
    if isinstance(plan, Comparison):
        return _comparison(plan, store, within)
    return _all_of(plan, store, within) if plan.conjunction else _any_of(plan, store, within)


def _all_of(plan: Combination, store: Store, within: Mask | None) -> Mask:
    left = within
    for child in plan.children:
        left = decide(child, store, left)
        if not left.any():
            break
    assert left is not None
    return left


def _any_of(plan: Combination, store: Store, within: Mask | None) -> Mask:
    found = np.zeros(len(store), dtype=np.bool_)
    for child in plan.children:
        open_yet = ~found if within is None else within & ~found
        found |= decide(child, store, open_yet)
    return found


_FEW = 16
"""Where at most one in so many of the events that can match is left, each is read for itself."""


def _condition(condition: Condition, store: Store, within: Mask | None) -> Mask:
    answer: Answer = condition.operand.answer(store)
    if isinstance(answer, Lazy):
        few = _are_few(answer, store, within)
        if answer.search is not None and condition.predicate.sought is not None and not few:
            return _searched(answer.search(*condition.predicate.sought), store, within)
        kept = None if condition.operand.transformers else decoded(store, condition.operand.use, answer, few)
        if kept is None:
            return _event_by_event(answer, condition.predicate, store, within)
        answer = kept
    columns = answer.columns if isinstance(answer, Levels) else [answer]
    found = _column(columns[0], condition.predicate) if columns else np.zeros(len(store), dtype=np.bool_)
    for column in columns[1:]:
        found = found | _column(column, condition.predicate)
    return found if within is None else found & within


def _are_few(answer: Lazy, store: Store, within: Mask | None) -> bool:
    """True where so few events are left to decide that nothing is to be worked out for all."""
    if within is None:
        return False
    rows = answer.rows
    left = int(np.count_nonzero(within if rows is None else within[rows]))
    return left * _FEW <= (len(store) if rows is None else len(rows))


def _searched(rows: Rows, store: Store, within: Mask | None) -> Mask:
    found = np.zeros(len(store), dtype=np.bool_)
    found[rows] = True
    return found if within is None else found & within


def _column(column: Column, predicate: Predicate) -> Mask:
    entries = column.entries
    if isinstance(entries, Numbers):
        decided = predicate.numbers(entries.values)
        return column.carry(decided if entries.present is None else decided & entries.present)
    of_choice = predicate.choices(entries.values)
    if not of_choice.any():
        return np.zeros(len(entries.codes) if column.index is None else len(column.index), dtype=np.bool_)
    return column.carry(look_up_or(of_choice, entries.codes, False))


def _event_by_event(answer: Lazy, predicate: Predicate, store: Store, within: Mask | None) -> Mask:
    rows = np.arange(len(store)) if answer.rows is None else answer.rows
    if within is not None:
        rows = rows[within[rows]]
    found = np.zeros(len(store), dtype=np.bool_)
    one = predicate.one
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        decided = [value is not None and one(value) for value in answer.values(chunk)]
        found[chunk] = decided
    return found


def _comparison(comparison: Comparison, store: Store, within: Mask | None) -> Mask:
    left, right = comparison.left.answer(store), comparison.right.answer(store)
    if isinstance(left, Column) and isinstance(right, Column):
        found = _columns(spread(left), spread(right), comparison.pairing)
        return found if within is None else found & within

    def read(row: int) -> Any:
        one, other = left.at(row), right.at(row)
        return None if one is None or other is None else comparison.pairing.one(one, other)

    rows = next((answer.rows for answer in (left, right) if isinstance(answer, Lazy)), None)
    return _event_by_event(Lazy(read, rows), Predicate(bool), store, within)


def _columns(left: Column, right: Column, pairing: Pairing) -> Mask:
    """Two columns with one entry an event; each pair of distinct texts is decided once."""
    one, other = left.entries, right.entries
    if any(isinstance(entries, Choices) and not entries.values for entries in (one, other)):
        # What captures do not answer has no values, whatever its type is.
        return np.zeros(len(left.entries[0]), dtype=np.bool_)
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        decided = pairing.many(one.values, other.values)
        for numbers in (one, other):
            decided = decided if numbers.present is None else decided & numbers.present
        return decided
    assert isinstance(one, Choices)
    assert isinstance(other, Choices)
    there = (one.codes >= 0) & (other.codes >= 0)
    width = max(1, len(other.values))
    pairs, place = np.unique(
        one.codes[there].astype(np.int64) * width + other.codes[there], return_inverse=True
    )
    of_pair = [pairing.one(one.values[pair // width], other.values[pair % width]) for pair in pairs.tolist()]
    found = np.zeros(len(there), dtype=np.bool_)
    found[there] = np.array(of_pair, dtype=np.bool_)[place]
    return found
