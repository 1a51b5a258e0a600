"""A filter that is ready to be applied to stores."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from hopscope.errors import FilterError
from hopscope.fields import FieldType, UnknownFieldError, resolve
from hopscope.fields.column import Mask
from hopscope.fields.event_types import all_names
from hopscope.fields.field import Match
from hopscope.filters.evaluation import Combination, Comparison, Condition, Negation, Operand, Plan, decide
from hopscope.filters.literals import LiteralError
from hopscope.filters.operators import OPERATORS
from hopscope.filters.operators import Operand as Behind
from hopscope.filters.parser import Parser
from hopscope.filters.predicates import build, operators_of, pairing
from hopscope.filters.transformers import VALUE_OF
from hopscope.filters.tree import And, Check, FieldName, Node, Not, Value, checks

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
        """The fields that the filter asks for, each once, as they are written, without functions."""
        return list(dict.fromkeys(name.bare for check in checks(self.tree) for name in _names(check)))


def compile_filter(text: str) -> Filter:
    """Reads a filter.

    Raises:
        FilterError: it cannot be understood; with the place, what was expected, and what may be meant.
    """
    parser = Parser(text)
    try:
        tree = parser.parse()
    except FilterError:
        _look_at_fields(parser, text)
        raise
    return Filter(text, tree)


def fault(text: str) -> FilterError | None:
    """What is wrong with a filter while it is typed; None for a good one and for an empty line."""
    if not text.strip():
        return None
    try:
        compile_filter(text)
    except FilterError as error:
        return error
    return None


def _plan(node: Node, text: str) -> Plan:
    if isinstance(node, Check):
        return _condition(node, text)
    if isinstance(node, Not):
        return Negation(_plan(node.child, text))
    children = sorted((_plan(child, text) for child in node.children), key=lambda plan: plan.cost)
    return Combination(tuple(children), isinstance(node, And))


def _names(check: Check) -> list[FieldName]:
    return [check.field, *(value for value in check.values if isinstance(value, FieldName))]


def _condition(check: Check, text: str) -> Condition | Comparison:
    operand = _operand(check.field, text)
    kind = operand.type
    allowed = operators_of(kind, operand.match)
    if check.operator not in allowed:
        suggestion = ", ".join(name for name in OPERATORS if name in allowed)
        raise FilterError(
            f"{check.field if operand.transformers else operand.use.name} is {_article(kind)}"
            f" and cannot be asked with {check.operator}",
            text, check.position, f"it can be asked with {suggestion}",
        )  # fmt: skip
    written = [value for value in check.values if isinstance(value, Value)]
    if len(written) < len(check.values):
        return _comparison(check, operand, text)
    for value in written:
        _check_value(operand, check.operator, value, text)
    return Condition(operand, build(kind, operand.match, check.operator, [value.text for value in written]))


def _comparison(check: Check, left: Operand, text: str) -> Comparison:
    """A check of a field with another one."""
    (name,) = (value for value in check.values if isinstance(value, FieldName))
    right = _operand(name, text)
    decide_pair = pairing(check.operator)
    if decide_pair is None:
        raise FilterError(f"{check.operator} cannot compare with a field", text, check.position)
    for side, written in ((left, check.field), (right, name)):
        if side.match is not Match.ONE or side.use.field.filter_only or side.type is FieldType.NETWORK:
            raise FilterError(
                f"{written.bare} has no single value and cannot be compared with {VALUE_OF}()",
                text, written.position,
            )  # fmt: skip
    if left.type is not right.type and not (left.type.is_numeric and right.type.is_numeric):
        raise FilterError(
            f"{check.field} is {_article(left.type)} and {name} is {_article(right.type)}",
            text,
            name.position,
        )
    return Comparison(left, right, decide_pair)


def _article(kind: FieldType) -> str:
    words = kind.value
    if words[0] in "aeiouI":
        return f"an {words}"
    return f"a {words}" if words.split()[0] in ("number", "port", "duration", "time") else words


def _look_at_fields(parser: Parser, text: str) -> None:
    """Raise FilterError for a field that does not exist: what follows it is mostly no mistake of its own."""
    for expectation in parser.expectations:
        if expectation.field is not None:
            _operand(expectation.field, text)


def _operand(name: FieldName, text: str) -> Operand:
    try:
        operand = Operand(resolve(name.name, name.argument), name.transformers)
    except UnknownFieldError as unknown:
        raise FilterError(str(unknown), text, name.position, unknown.hint) from None
    if name.transformers and (operand.match is not Match.ONE or operand.use.field.filter_only):
        raise FilterError(
            f"{name.bare} has no single value and cannot be given to {name.transformers[-1]}()",
            text,
            name.position,
        )
    try:
        operand.type  # noqa: B018
    except ValueError as wrong:
        raise FilterError(
            f"{wrong}, and {name.bare} is {_article(operand.use.type)}", text, name.position
        ) from None
    return operand


def _check_value(operand: Operand, operator: str, value: Value, text: str) -> None:
    """Says which value is wrong; a list may have many."""
    if not operand.transformers and operand.use.field.name == "evt.type" and value.text not in all_names():
        near = difflib.get_close_matches(value.text, all_names(), 1)
        hint = f"perhaps {near[0]} is meant" if near else ""
        raise FilterError(f"there is no event type {value.text!r}", text, value.position, hint)
    single = operator if OPERATORS[operator].operand is Behind.VALUE else "="
    try:
        build(operand.type, operand.match, single, [value.text])
    except LiteralError as wrong:
        raise FilterError(str(wrong), text, value.position, wrong.hint) from None
