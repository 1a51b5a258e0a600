"""What a field is: one row of a table, from which filters, columns, help and completion are made."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hopscope.fields.column import Answer
    from hopscope.store.store import Store


class FieldType(Enum):
    """Kind of a field's value, which decides the operators and the values a condition may use."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "number"
    DURATION = "duration in ns"
    TIME = "time in ns since 1970"
    BOOLEAN = "true or false"
    ADDRESS = "IP address"
    NETWORK = "IP network"
    PORT = "port"
    BYTES = "bytes"

    @property
    def is_numeric(self) -> bool:
        """True for types that are compared by size."""
        return self in _NUMERIC


_NUMERIC = frozenset({FieldType.INTEGER, FieldType.REAL, FieldType.DURATION, FieldType.TIME, FieldType.PORT})


class Domain(Enum):
    """The smallest table on which a field can be decided; its rows are then carried to events."""

    TYPE = auto()
    CONTAINER = auto()
    THREAD = auto()
    DESCRIPTOR = auto()
    EVENT = auto()
    ARGUMENTS = auto()

    @property
    def cost(self) -> int:
        """Order in which conditions are worth deciding; the last one decodes event by event."""
        return self.value


class ArgumentForm(Enum):
    """Whether ``name[argument]`` or ``name.argument`` may or must be given."""

    NONE = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


class Match(Enum):
    """How a condition treats a field with several values for one event.

    ONE: there is one value. EITHER: both ends of a connection; ``!=`` asks that neither is equal,
    every other operator that one of them satisfies it. ANY: any one value, also with ``!=``.
    AROUND: the value is a distance in ns and ``=`` asks for at most so many ms.
    """

    ONE = auto()
    EITHER = auto()
    ANY = auto()
    AROUND = auto()


class Argument(NamedTuple):
    """The argument of a field as written, or nothing.

    Attributes:
        text: what stood in the brackets or after the dot; empty when there was none.
        given: False when there was none.
    """

    text: str = ""
    given: bool = False

    def number(self) -> int | None:
        """The argument as an index, None when it is no number."""
        return int(self.text) if self.text.isascii() and self.text.isdigit() and len(self.text) < 10 else None


Compute = Callable[["Store", Argument], "Answer"]


class Field(NamedTuple):
    """One row of the table of fields.

    Attributes:
        name: as in sysdig, for instance ``fd.sport``.
        type: kind of its value.
        domain: the table on which it is decided.
        help: one line for a person.
        compute: makes the column for a store.
        form: whether it takes an argument.
        argument_help: what the argument is, for instance ``level``; empty when it takes none.
        check_argument: says in one sentence what is wrong with an argument, or returns an empty string.
        type_of: type of the value where it depends on the argument.
        match: treatment of several values.
        filter_only: True when it has no single value to print.
    """

    name: str
    type: FieldType
    domain: Domain
    help: str
    compute: Compute
    form: ArgumentForm = ArgumentForm.NONE
    argument_help: str = ""
    check_argument: Callable[[str], str] | None = None
    type_of: Callable[[str], FieldType] | None = None
    match: Match = Match.ONE
    filter_only: bool = False

    @property
    def group(self) -> str:
        """The part of the name before the first dot."""
        return self.name.partition(".")[0]

    @property
    def usage(self) -> str:
        """The name with the form of its argument, for instance ``proc.aname[level]``."""
        if self.form is ArgumentForm.NONE:
            return self.name
        return f"{self.name}[{self.argument_help}]"


class FieldUse(NamedTuple):
    """A field with its argument, as it stands in a filter or a column."""

    field: Field
    argument: Argument = Argument()

    @property
    def type(self) -> FieldType:
        """Kind of the value under this argument."""
        return self.field.type_of(self.argument.text) if self.field.type_of else self.field.type

    @property
    def match(self) -> Match:
        """Treatment of several values; a field that asks for one of them by its argument has one."""
        return Match.ONE if self.argument.given and self.field.match is Match.ANY else self.field.match

    @property
    def name(self) -> str:
        """The name as it can be written in a filter."""
        return f"{self.field.name}[{self.argument.text}]" if self.argument.given else self.field.name
