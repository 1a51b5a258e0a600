"""The table of operators: how each is written, and what may stand behind it."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Operand(Enum):
    """What stands behind an operator."""

    NOTHING = auto()
    VALUE = auto()
    LIST = auto()


class Operator(NamedTuple):
    """One operator.

    Attributes:
        name: as it is written.
        operand: what stands behind it.
        help: one line for a person.
    """

    name: str
    operand: Operand
    help: str

    @property
    def is_word(self) -> bool:
        """True for operators of letters, which need something that ends them."""
        return self.name.isalpha()


OPERATORS: dict[str, Operator] = {
    one.name: one
    for one in (
        Operator("=", Operand.VALUE, "is equal"),
        Operator("!=", Operand.VALUE, "has a value that is not equal"),
        Operator("<", Operand.VALUE, "is less"),
        Operator("<=", Operand.VALUE, "is less or equal"),
        Operator(">", Operand.VALUE, "is greater"),
        Operator(">=", Operand.VALUE, "is greater or equal"),
        Operator("contains", Operand.VALUE, "has the text in it"),
        Operator("icontains", Operand.VALUE, "has the text in it, in any case"),
        Operator("bcontains", Operand.VALUE, "has the bytes in it, written in hex"),
        Operator("startswith", Operand.VALUE, "begins with the text"),
        Operator("bstartswith", Operand.VALUE, "begins with the bytes, written in hex"),
        Operator("endswith", Operand.VALUE, "ends with the text"),
        Operator("glob", Operand.VALUE, "matches a shell pattern as a whole"),
        Operator("iglob", Operand.VALUE, "matches a shell pattern as a whole, in any case"),
        Operator("regex", Operand.VALUE, "matches a regular expression as a whole"),
        Operator("in", Operand.LIST, "is one of the values"),
        Operator("intersects", Operand.LIST, "has one of the values"),
        Operator("pmatch", Operand.LIST, "is one of the paths or lies below one"),
        Operator("exists", Operand.NOTHING, "has a value"),
    )
}
"""Every operator by its name. ``==`` is another way to write ``=``."""

SYNONYMS = {"==": "="}
"""Other ways to write an operator."""
