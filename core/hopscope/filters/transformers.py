"""Functions around a field, such as ``tolower(proc.name)``: what each makes of which values.

Names and meanings are those of the newest Falco libraries (2026).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hopscope.fields import FieldType
from hopscope.fields.column import Answer, Choices, Column, Lazy, Levels, Numbers, encode
from hopscope.filters.quoting import to_bytes

VALUE_OF = "val"
"""What stands around a field on the right side of an operator: ``val(proc.pname)``."""

_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class Transformer(NamedTuple):
    """One function.

    Attributes:
        name: as it is written.
        help: one line for a person.
        takes: types of fields it may stand around.
        gives: type of its value; None for the type of the field.
        apply: its value for one value of the field; None where it has none.
    """

    name: str
    help: str
    takes: frozenset[FieldType]
    gives: FieldType | None
    apply: Callable[[Any], Any]


def _last_part(path: str) -> str:
    return path[path.rfind("/") + 1 :]


def _decoded(value: str | bytes) -> str | bytes:
    """What a text in base64 stands for, without what is no base64 in it."""
    digits = _NO_BASE64.sub(b"", to_bytes(value) if isinstance(value, str) else value)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    plain = base64.b64decode(digits + b"=" * (-len(digits) % 4))
    return plain.decode("utf-8", "surrogateescape") if isinstance(value, str) else plain


def _length(value: str | bytes) -> int:
    return len(to_bytes(value)) if isinstance(value, str) else len(value)


_TEXT, _BYTES = frozenset({FieldType.TEXT}), frozenset({FieldType.BYTES})

TRANSFORMERS: dict[str, Transformer] = {
    one.name: one
    for one in (
        Transformer("tolower", "the text in small letters", _TEXT, None, str.lower),
        Transformer("toupper", "the text in capital letters", _TEXT, None, str.upper),
        Transformer("b64", "what the text in base64 stands for", _TEXT | _BYTES, None, _decoded),
        Transformer("basename", "the part of a path behind the last slash", _TEXT, None, _last_part),
        Transformer("len", "how many bytes it has", _TEXT | _BYTES, FieldType.INTEGER, _length),
    )
}
"""Every function by its name."""


def result_type(transformers: tuple[str, ...], kind: FieldType) -> FieldType:
    """Type of what functions, outermost first, make of a value.

    Raises:
        ValueError: one cannot stand around what it is given; it says which.
    """
    for name in reversed(transformers):
        one = TRANSFORMERS[name]
        if kind not in one.takes:
            raise ValueError(
                f"{name}() takes text or bytes" if one.takes > _BYTES else f"{name}() takes text"
            )
        kind = one.gives or kind
    return kind


def transformed(answer: Answer, transformers: tuple[str, ...]) -> Answer:
    """The values of a field behind functions, outermost first; each distinct value is worked on once."""
    for name in reversed(transformers):
        answer = _applied(answer, TRANSFORMERS[name].apply)
    return answer


def _applied(answer: Answer, apply: Callable[[Any], Any]) -> Answer:
    if isinstance(answer, Lazy):
        return Lazy(_reading(answer.read, apply), answer.rows)
    assert not isinstance(answer, Levels)
    entries = answer.entries
    assert isinstance(entries, Choices)
    values = [apply(value) for value in entries.values]
    if any(isinstance(value, int) for value in values):
        numbers = np.append(np.array(values, dtype=np.int64), 0)[entries.codes]
        return Column(Numbers(numbers, entries.codes >= 0), answer.index)
    joined = encode(values)
    codes = np.append(joined.codes, np.int32(-1))[entries.codes]
    return Column(Choices(codes.astype(np.int32, copy=False), joined.values), answer.index)


def _reading(read: Callable[[int], Any], apply: Callable[[Any], Any]) -> Callable[[int], Any]:
    def transform(row: int) -> Any:
        value = read(row)
        return None if value is None else apply(value)

    return transform
