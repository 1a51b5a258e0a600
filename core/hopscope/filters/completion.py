"""What may be typed next in a filter: fields, operators, and values that occur in the capture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hopscope.decode.addresses import address_text
from hopscope.errors import FilterError
from hopscope.fields import FIELDS, Field, FieldType, FieldUse, UnknownFieldError, resolve
from hopscope.fields.column import Answer, Choices, Column, Lazy, Levels
from hopscope.fields.event_types import all_names
from hopscope.fields.field import ArgumentForm
from hopscope.fields.memo import once
from hopscope.fields.values import answer_of, as_text
from hopscope.filters.evaluation import Operand
from hopscope.filters.operators import OPERATORS
from hopscope.filters.parser import Expectation, Expected, Parser
from hopscope.filters.predicates import operators_of
from hopscope.filters.quoting import quote_value
from hopscope.filters.transformers import TRANSFORMERS, VALUE_OF
from hopscope.filters.tree import FieldName

if TYPE_CHECKING:
    from hopscope.store.store import Store

MOST = 500
"""Suggestions that are made at once."""

MOST_KNOWN = 20_000
"""Values of a field that are remembered, the commonest; what is typed chooses among them."""

_DECODED = 2_000
"""Events that are decoded for the values of a field that is not in columns, evenly over the capture."""
_LONGEST = 120
"""Characters of a value that is decoded; nobody completes longer ones."""


class Completion(NamedTuple):
    """One suggestion.

    Attributes:
        text: what to put in place of ``[start, stop)`` of the filter.
        start, stop: the part of the filter that is replaced.
        kind: ``field``, ``operator``, ``value`` or ``keyword``.
        help: one line for a person; for values how many events have it.
    """

    text: str
    start: int
    stop: int
    kind: str
    help: str = ""


def complete(store: Store | None, text: str, cursor: int) -> list[Completion]:
    """Suggestions for the word at the cursor, best first.

    Args:
        store: where values come from; None while no capture is open.
        text: the filter as far as it is typed.
        cursor: offset at which the person types, ``0 <= cursor <= len(text)``.
    """
    typed = text[: max(0, min(cursor, len(text)))]
    parser = Parser(typed)
    with suppress(FilterError):
        parser.parse()
    found: dict[str, Completion] = {}
    for expected in _open(parser.expectations, typed):
        prefix = typed[expected.place :]
        for made in _suggest(store, expected, prefix, len(typed)):
            apart = _apart(made, typed)
            found.setdefault(apart.text.strip(), apart)
            if len(found) >= MOST:
                break
    return list(found.values())


def _apart(made: Completion, typed: str) -> Completion:
    """The suggestion with a blank before it where it would run into the word before."""
    before = typed[made.start - 1 : made.start]
    runs_on = before.isalnum() or before in ("_", "]", ")", '"', "'")
    if not before or not runs_on or made.text[0] in "=!<>)":
        return made
    return made._replace(text=" " + made.text)


def _open(expectations: list[Expectation], typed: str) -> Iterator[Expectation]:
    """The expectations that the last word may still fulfil, the one behind the longest word first."""
    for expected in expectations:
        rest = typed[expected.place :]
        if not rest.strip() and rest:
            continue
        if rest[:1] in ('"', "'") or not any(char.isspace() or char in "()" for char in rest):
            yield expected


def _suggest(store: Store | None, expected: Expectation, prefix: str, stop: int) -> Iterator[Completion]:
    start = expected.place
    if expected.kind is Expected.TERM:
        yield from _fields(prefix, start, stop)
        yield from _words(("not", "("), prefix, start, stop)
        yield from _transformers(prefix, start, stop)
    elif expected.kind is Expected.FIELD:
        yield from _fields(prefix, start, stop)
        yield from _transformers(prefix, start, stop)
    elif expected.kind is Expected.OPERATOR:
        yield from _operators(expected.field, prefix, start, stop)
    elif expected.kind is Expected.CONNECTIVE:
        yield from _words(("and", "or", ")") if expected.depth else ("and", "or"), prefix, start, stop)
    elif expected.kind is Expected.LIST:
        yield from _words(("(",), prefix, start, stop)
    else:
        yield from _values(store, expected, prefix, start, stop)


_WORD_HELP = {
    "not": "the opposite", "(": "a group", ")": "the end of the group or list", "and": "both must be true",
    "or": "either must be true",
}  # fmt: skip


def _words(words: Iterable[str], prefix: str, start: int, stop: int) -> Iterator[Completion]:
    for word in words:
        if word.startswith(prefix):
            yield Completion(word, start, stop, "keyword", _WORD_HELP[word])


def _fields(prefix: str, start: int, stop: int) -> Iterator[Completion]:
    """Fields that begin with what is typed, then those that have it anywhere."""
    begins = [field for field in FIELDS.values() if field.name.startswith(prefix)]
    has = [
        field for field in FIELDS.values() if len(prefix) > 1 and prefix in field.name and field not in begins
    ]
    for field in [*begins, *has]:
        yield Completion(_insertion(field), start, stop, "field", field.help)


def _transformers(prefix: str, start: int, stop: int) -> Iterator[Completion]:
    for one in TRANSFORMERS.values():
        if one.name.startswith(prefix):
            yield Completion(f"{one.name}(", start, stop, "keyword", one.help)


def _insertion(field: Field) -> str:
    return f"{field.name}[" if field.form is ArgumentForm.REQUIRED else field.name


def _operand(name: FieldName | None) -> Operand | None:
    if name is None:
        return None
    try:
        operand = Operand(resolve(name.name, name.argument), name.transformers)
        operand.type  # noqa: B018
    except (UnknownFieldError, ValueError):
        return None
    return operand


def _operators(name: FieldName | None, prefix: str, start: int, stop: int) -> Iterator[Completion]:
    operand = _operand(name)
    if operand is None:
        return
    allowed = operators_of(operand.type, operand.match)
    for operator in OPERATORS.values():
        if operator.name in allowed and operator.name.startswith(prefix) and operator.name != prefix:
            yield Completion(operator.name, start, stop, "operator", operator.help)


def _values(
    store: Store | None, expected: Expectation, prefix: str, start: int, stop: int
) -> Iterator[Completion]:
    operand = _operand(expected.field)
    if operand is None:
        return
    if not operand.transformers:
        wanted = prefix.lstrip("\"'")
        offered = list(_offered(store, operand.use))
        matching = [one for one in offered if one[0].startswith(wanted)]
        if wanted:
            matching += [one for one in offered if wanted in one[0] and not one[0].startswith(wanted)]
        for text, help_text in matching[:MOST]:
            yield Completion(quote_value(text), start, stop, "value", help_text)
    if expected.kind is Expected.VALUE and prefix and f"{VALUE_OF}(".startswith(prefix):
        yield Completion(f"{VALUE_OF}(", start, stop, "keyword", "the value of another field")
    if expected.kind is Expected.ELEMENT and not prefix:
        yield from _words((")",), prefix, start, stop)


def _offered(store: Store | None, use: FieldUse) -> Iterator[tuple[str, str]]:
    """Values of a field and what to say of each, the commonest first."""
    if use.type is FieldType.BOOLEAN:
        yield from (("true", ""), ("false", ""))
        return
    if store is not None:
        yield from once(store, ("offered", use.field.name, use.argument), lambda: _counted(store, use))
    if use.field.name == "evt.type":
        yield from ((name, "") for name in all_names())


def _counted(store: Store, use: FieldUse) -> list[tuple[str, str]]:
    answer = answer_of(store, use)
    columns = answer.columns if isinstance(answer, Levels) else [answer]
    counts: dict[str, int] = {}
    for column in columns:
        for value, count in _tally(column) if isinstance(column, Column) else _decoded(store, use, column):
            for one in value if isinstance(value, tuple) else (value,):
                text = _as_written(use, one)
                counts[text] = counts.get(text, 0) + count
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_KNOWN]
    about = " of those looked at" if isinstance(answer, Lazy) else ""
    return [(text, f"{count:,} event{'s' if count != 1 else ''}{about}") for text, count in ranked if text]


def _decoded(store: Store, use: FieldUse, answer: Answer) -> Iterator[tuple[Any, int]]:
    """Values of a field that has to be decoded event by event, at some of the events that have it."""
    if not isinstance(answer, Lazy) or use.type is FieldType.BYTES:
        return
    rows = np.flatnonzero(~store.hidden) if answer.rows is None else answer.rows
    for row in rows[:: max(1, len(rows) // _DECODED)].tolist():
        value = answer.read(row)
        if value is not None and not (isinstance(value, str) and len(value) > _LONGEST):
            yield value, 1


def _as_written(use: FieldUse, value: Any) -> str:
    """A value as a filter compares with it, which is not always how it is printed."""
    if use.type is FieldType.NETWORK:
        return _network_of(value)
    return str(value) if use.type.is_numeric else as_text(use, value)


def _network_of(address: bytes) -> str:
    """The network in which an address most likely lies."""
    if len(address) == 4:
        return address_text(address[:3] + bytes(1)) + "/24"
    return address_text(address[:8] + bytes(8)) + "/64"


def _tally(column: Column) -> Iterator[tuple[Any, int]]:
    """Values of a column with the number of events that have each."""
    entries = column.entries
    if isinstance(entries, Choices):
        codes = (
            entries.codes if column.index is None else np.append(entries.codes, np.int32(-1))[column.index]
        )
        counts = np.bincount(codes[codes >= 0], minlength=len(entries.values))
        yield from (
            (value, count) for value, count in zip(entries.values, counts.tolist(), strict=True) if count
        )
        return
    values, present = entries.values, entries.present
    if column.index is not None:
        values = np.append(values, values.dtype.type(0))[column.index]
        there = column.index >= 0
        present = there if present is None else there & np.append(present, False)[column.index]
    distinct, counts = np.unique(values if present is None else values[present], return_counts=True)
    most = np.argsort(-counts, kind="stable")[:MOST_KNOWN]
    yield from zip(distinct[most].tolist(), counts[most].tolist(), strict=True)
