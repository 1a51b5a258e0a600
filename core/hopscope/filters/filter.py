"""A filter that is ready to be applied to stores."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from hopscope.errors import FilterError
from hopscope.fields import FieldUse, UnknownFieldError, resolve
from hopscope.fields.column import Mask
from hopscope.fields.event_types import all_names
from hopscope.filters.evaluation import Combination, Condition, Negation, Plan, decide
from hopscope.filters.literals import LiteralError
from hopscope.filters.operators import OPERATORS, Operand
from hopscope.filters.parser import parse
from hopscope.filters.predicates import build, operators_of
from hopscope.filters.tree import And, Check, Node, Not, Value, checks

if TYPE_CHECKING:
    from hopscope.store.store import Store


class Filter:
    """A filter, checked as a whole: its grammar, its fields, and the types of its values.

    Attributes:
        text: as it was written.
        tree: what it says.
    """

    def __init__(self, text: str, tree: Node) -> None:
        self.text = text
        self.tree = tree
        self._plan = _plan(tree, text)

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"

    def mask(self, store: Store, within: Mask | None = None) -> Mask:
        """The events that the filter accepts.

        Hidden events are decided like any other; who shows events leaves them out.

        Args:
            store: the capture.
            within: bool, one an event: the only events to decide; the others become False.

        Returns:
            bool, one an event. The caller keeps it if it needs it again.
        """
        return decide(self._plan, store, within)

    def fields(self) -> list[str]:
        """The fields that the filter asks for, each once, as they are written."""
        return list(dict.fromkeys(str(check.field) for check in checks(self.tree)))


def compile_filter(text: str) -> Filter:
    """Reads a filter.

    Raises:
        FilterError: it cannot be understood; with the place, what was expected, and what may be meant.
    """
    return Filter(text, parse(text))


def _plan(node: Node, text: str) -> Plan:
    if isinstance(node, Check):
        return _condition(node, text)
    if isinstance(node, Not):
        return Negation(_plan(node.child, text))
    children = sorted((_plan(child, text) for child in node.children), key=lambda plan: plan.cost)
    return Combination(tuple(children), isinstance(node, And))


def _condition(check: Check, text: str) -> Condition:
    use = _use(check, text)
    allowed = operators_of(use.type, use.match)
    if check.operator not in allowed:
        suggestion = ", ".join(name for name in OPERATORS if name in allowed)
        raise FilterError(
            f"{use.name} is {_article(use)} and cannot be asked with {check.operator}",
            text, check.position, f"it can be asked with {suggestion}",
        )  # fmt: skip
    for value in check.values:
        _check_value(use, check.operator, value, text)
    predicate = build(use.type, use.match, check.operator, [value.text for value in check.values])
    return Condition(use, predicate)


def _article(use: FieldUse) -> str:
    words = use.type.value
    if words[0] in "aeiouI":
        return f"an {words}"
    return f"a {words}" if words.split()[0] in ("number", "port", "duration", "time") else words


def _use(check: Check, text: str) -> FieldUse:
    try:
        return resolve(check.field.name, check.field.argument)
    except UnknownFieldError as unknown:
        raise FilterError(str(unknown), text, check.field.position, unknown.hint) from None


def _check_value(use: FieldUse, operator: str, value: Value, text: str) -> None:
    """Says which value is wrong; a list may have many."""
    if use.field.name == "evt.type" and value.text not in all_names():
        near = difflib.get_close_matches(value.text, all_names(), 1)
        hint = f"perhaps {near[0]} is meant" if near else ""
        raise FilterError(f"there is no event type {value.text!r}", text, value.position, hint)
    single = operator if OPERATORS[operator].operand is Operand.VALUE else "="
    try:
        build(use.type, use.match, single, [value.text])
    except LiteralError as wrong:
        raise FilterError(str(wrong), text, value.position, wrong.hint) from None
