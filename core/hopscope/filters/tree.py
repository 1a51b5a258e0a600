"""The tree of a filter. Nodes are values: two filters that mean the same text have equal trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as attribute

from hopscope.filters.quoting import quote_argument, quote_value


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field as it was written.

    Attributes:
        name: the dotted name.
        argument: what stood in brackets, None without brackets.
        position: where it stands in the text.
        transformers: functions around it, outermost first: ``tolower(basename(proc.exe))``.
    """

    name: str
    argument: str | None = None
    position: int = attribute(default=0, compare=False)
    transformers: tuple[str, ...] = ()

    @property
    def bare(self) -> str:
        """The field without functions around it."""
        return self.name if self.argument is None else f"{self.name}[{quote_argument(self.argument)}]"

    def __str__(self) -> str:
        opened = "".join(f"{one}(" for one in self.transformers)
        return f"{opened}{self.bare}{')' * len(self.transformers)}"


@dataclass(frozen=True, slots=True)
class Value:
    """One value to compare with, without quotes and escapes.

    Attributes:
        text: bytes that were written as ``\\xNN`` and are no UTF-8 are lone surrogates, as
            ``os.fsdecode`` makes them.
        position: where it stands in the text.
    """

    text: str
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return quote_value(self.text)


@dataclass(frozen=True, slots=True)
class Check:
    """A field, an operator and the values: ``proc.name in (a, b)``.

    Attributes:
        field: the left side.
        operator: the operator's name; ``==`` is stored as ``=``.
        values: none for ``exists``, one for most operators, any number for lists; a field where the
            value of another field is compared with.
        position: where the operator stands in the text.
    """

    field: FieldName
    operator: str
    values: tuple[Value | FieldName, ...] = ()
    position: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True where the child is not, also where the child's field has no value."""

    child: Node


@dataclass(frozen=True, slots=True)
class And:
    """True where all of two or more children are."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where any of two or more children is."""

    children: tuple[Node, ...]


Node = Check | Not | And | Or


def checks(node: Node) -> Iterator[Check]:
    """All checks of a tree, from left to right."""
    if isinstance(node, Check):
        yield node
    elif isinstance(node, Not):
        yield from checks(node.child)
    else:
        for child in node.children:
            yield from checks(child)
