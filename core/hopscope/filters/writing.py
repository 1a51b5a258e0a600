"""Writes a tree as the text of a filter that has the same tree."""

from __future__ import annotations

from hopscope.filters.operators import OPERATORS, Operand
from hopscope.filters.transformers import VALUE_OF
from hopscope.filters.tree import And, Check, FieldName, Node, Not, Or


def write(node: Node) -> str:
    """The filter of a tree, with no more brackets than it needs."""
    if isinstance(node, Check):
        return _check(node)
    if isinstance(node, Not):
        return f"not {_inside(node.child, (And, Or, Not))}"
    if isinstance(node, And):
        return " and ".join(_inside(child, (And, Or)) for child in node.children)
    return " or ".join(_inside(child, (Or,)) for child in node.children)


def _inside(node: Node, in_brackets: tuple[type, ...]) -> str:
    return f"({write(node)})" if isinstance(node, in_brackets) else write(node)


def _check(check: Check) -> str:
    operand = OPERATORS[check.operator].operand
    if operand is Operand.NOTHING:
        return f"{check.field} {check.operator}"
    if operand is Operand.LIST:
        return f"{check.field} {check.operator} ({', '.join(map(str, check.values))})"
    (value,) = check.values
    if isinstance(value, FieldName):
        compared = str(value) if value.transformers else f"{VALUE_OF}({value})"
        return f"{check.field} {check.operator} {compared}"
    # A sign right behind another one would be read with it: "<" and the value "=1".
    tight = not OPERATORS[check.operator].is_word and str(value)[0] not in "=<>!"
    return f"{check.field}{check.operator}{value}" if tight else f"{check.field} {check.operator} {value}"
