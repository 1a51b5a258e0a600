"""The table of chisels: which command answers each, and how its arguments become options."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hopscope.errors import UsageError

CAPTURE = "CAPTURE"
VALUE = "VALUE"


@dataclass(frozen=True, slots=True)
class ChiselArgument:
    """One argument of a chisel.

    Attributes:
        name: as sysdig calls it.
        optional: it may be left out.
        words: words of the command line that a value adds.
        filter: condition that a value adds.
        values: words by value; where neither ``words`` nor ``filter`` is there, only these are allowed.
        condition: the value is a filter itself.
        replaces: the filter takes the place of that of the answer.
        kept: the value is for the second command alone.
    """

    name: str
    optional: bool
    words: str
    filter: str
    values: Mapping[str, str]
    condition: bool
    replaces: bool

    @property
    def kept(self) -> bool:
        """True for a value that only the second command uses."""
        return not (self.words or self.filter or self.values or self.condition)


@dataclass(frozen=True, slots=True)
class Answer:
    """A command line, still without the user's words.

    Attributes:
        words: of the command, :data:`CAPTURE` among them.
        filter: condition that holds beside the user's.
        when: name of the argument without which it is not run; empty for always.
    """

    words: tuple[str, ...]
    filter: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Chisel:
    """One row of the table.

    Attributes:
        name: of the chisel.
        does: what one asks it, in a few words.
        answer: None where there is none.
        arguments: in the chisel's order.
        moment: the user's filter names the moment that is looked at.
        second: a further command.
        reason: why there is no answer.
    """

    name: str
    does: str
    answer: Answer | None
    arguments: tuple[ChiselArgument, ...]
    moment: bool
    second: Answer | None
    reason: str

    @property
    def required(self) -> int:
        """How many arguments must be given; they come first."""
        return sum(not one.optional for one in self.arguments)

    @property
    def line(self) -> str:
        """The command as a person may type it, with names of required arguments in capitals; or ``-``."""
        if self.answer is None:
            return "-"
        words, conditions = [*self.answer.words], [self.answer.filter]
        for one in self.arguments[: self.required]:
            words += one.words.replace(VALUE, one.name.upper()).split()
            conditions.append(one.filter.replace(VALUE, one.name.upper()))
        together = " and ".join(filter(None, conditions))
        return " ".join(("hopscope", *words)) + (f" --filter '{together}'" if together else "")

    @property
    def usage(self) -> str:
        """Its name with its arguments: ``spy_port host_port [disable_color]``."""
        words = [f"[{one.name}]" if one.optional else one.name for one in self.arguments]
        return " ".join((self.name, *words))


@cache
def chisels() -> dict[str, Chisel]:
    """All chisels by name, in the order of the table."""
    path = Path(__file__).with_name("chisels.toml")
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _chisel(name, row) for name, row in rows.items()}


def _chisel(name: str, row: Mapping[str, Any]) -> Chisel:
    return Chisel(
        name=name,
        does=row["does"],
        answer=_answer(row) if "answer" in row else None,
        arguments=tuple(
            ChiselArgument(
                one["name"], one.get("optional", False), one.get("words", ""), one.get("filter", ""),
                one.get("values", {}), one.get("condition", False), one.get("replaces", False),
            )
            for one in row.get("arguments", ())
        ),
        moment=row.get("moment", False),
        second=_answer(row["then"]) if "then" in row else None,
        reason=row.get("reason", ""),
    )  # fmt: skip


def _answer(row: Mapping[str, Any]) -> Answer:
    return Answer(tuple(row["answer"].split()), row.get("filter", ""), row.get("when", ""))


def chisel_named(name: str) -> Chisel:
    """The row of a chisel. Raises UsageError where there is none, or no answer to it."""
    known = chisels()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        meant = f"; did you mean {near[0]}" if near else "; hopscope chisels lists them"
        raise UsageError(f"there is no chisel {name!r}{meant}")
    if known[name].answer is None:
        raise UsageError(f"{name} has no answer here: {known[name].reason}")
    return known[name]


def command_lines(chisel: Chisel, capture: str, given: Sequence[str], condition: str) -> list[list[str]]:
    """The words of the commands that answer a chisel.

    Args:
        chisel: the row.
        capture: path.
        given: values of its arguments, in their order.
        condition: the user's filter, empty for none.

    Raises:
        UsageError: a value that the chisel does not know.
    """
    assert chisel.answer is not None
    words, conditions = [], [chisel.answer.filter]
    values = {}
    for argument, value in zip(chisel.arguments, given, strict=False):
        values[argument.name] = value
        if value in argument.values:
            words += argument.values[value].split()
        elif argument.condition:
            conditions.append(value)
        elif argument.words or argument.filter:
            words += [word.replace(VALUE, value) for word in argument.words.split()]
            if argument.replaces:
                conditions.clear()
            conditions.append(argument.filter.replace(VALUE, quoted(value)))
        elif not argument.kept:
            allowed = ", ".join(argument.values)
            raise UsageError(f"{argument.name} of {chisel.name} can be {allowed}, not {value!r}")
    if chisel.moment:
        words += ["--at", condition or "start"]
    else:
        conditions.append(condition)
    lines = [_line(chisel.answer.words, capture, words, conditions)]
    second = chisel.second
    if second is not None and second.when in values:
        filled = [values.get(word, _DEFAULTS.get(word, word)) for word in second.words]
        lines.append(_line(filled, capture, [], [second.filter, condition]))
    return lines


_DEFAULTS = {"dump_range_ms": "1000"}
"""What sysdig takes for an argument of a second command that is not given."""


def _line(words: Sequence[str], capture: str, more: Sequence[str], conditions: Sequence[str]) -> list[str]:
    line = [capture if word == CAPTURE else word for word in words]
    given = [one for one in conditions if one]
    together = given[0] if len(given) == 1 else " and ".join(f"({one})" for one in given)
    return [*line, *more, *([f"--filter={together}"] if together else [])]


def quoted(value: str) -> str:
    """A value as it stands in a filter."""
    from hopscope.filters.quoting import quote_value  # noqa: PLC0415  loads NumPy, which lists do not need

    return quote_value(value)
