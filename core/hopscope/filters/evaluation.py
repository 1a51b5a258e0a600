"""Decides a tree for all events of a store.

Conditions are decided on the smallest table that knows the answer and carried to the events. In a
conjunction the cheap ones go first, and each later one sees only the events that are left, so that
what must be decoded event by event is decoded for few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hopscope.fields import FieldUse
from hopscope.fields.column import Column, Lazy, Levels, Mask, Numbers
from hopscope.fields.values import answer_of
from hopscope.filters.predicates import Predicate

if TYPE_CHECKING:
    from hopscope.store.store import Store


class Condition(NamedTuple):
    """A check whose field is known and whose values are read."""

    use: FieldUse
    predicate: Predicate

    @property
    def cost(self) -> int:
        """How late it should be decided."""
        return self.use.field.domain.cost


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


Plan = Condition | Negation | Combination


def decide(plan: Plan, store: Store, within: Mask | None) -> Mask:
    """The events of a plan, bool, one an event; False outside ``within``."""
    if isinstance(plan, Negation):
        left_out = ~decide(plan.child, store, within)
        return left_out if within is None else left_out & within
    if isinstance(plan, Condition):
        return _condition(plan, store, within)
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


def _condition(condition: Condition, store: Store, within: Mask | None) -> Mask:
    answer = answer_of(store, condition.use)
    if isinstance(answer, Lazy):
        return _event_by_event(answer, condition.predicate, store, within)
    found = np.zeros(len(store), dtype=np.bool_)
    for column in answer.columns if isinstance(answer, Levels) else [answer]:
        found |= _column(column, condition.predicate)
    return found if within is None else found & within


def _column(column: Column, predicate: Predicate) -> Mask:
    entries = column.entries
    if isinstance(entries, Numbers):
        decided = predicate.numbers(entries.values)
        return column.carry(decided if entries.present is None else decided & entries.present)
    of_choice = np.append(predicate.choices(entries.values), False)
    return column.carry(of_choice[entries.codes])


def _event_by_event(answer: Lazy, predicate: Predicate, store: Store, within: Mask | None) -> Mask:
    rows = answer.rows
    if within is not None:
        rows = np.flatnonzero(within) if rows is None else rows[within[rows]]
    chosen = range(len(store)) if rows is None else rows.tolist()
    found = np.zeros(len(store), dtype=np.bool_)
    read, one = answer.read, predicate.one
    for row in chosen:
        value = read(row)
        if value is not None and one(value):
            found[row] = True
    return found
