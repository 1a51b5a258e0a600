"""Values as JSON text, with credentials masked where that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from hopscope.redaction import shown_value


class Masked(str):
    """Text in which credentials are masked already, where that is wanted."""

    __slots__ = ()


def json_line(value: Any) -> Masked:
    """JSON on one line, keys in the order given. Bytes that are no UTF-8 become U+FFFD."""
    return _dumps(value, 0)


def json_array(values: Iterable[Any]) -> Iterator[Masked]:
    """The lines of a JSON array of any length, one element a line, as the elements come."""
    yield Masked("[")
    held = None
    for value in values:
        if held is not None:
            yield Masked(f"  {held},")
        held = json_line(value)
    if held is not None:
        yield Masked(f"  {held}")
    yield Masked("]")


def json_document(value: Any) -> Masked:
    """JSON for people and programs, indented, ending in a line break."""
    return _dumps(value, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _dumps(value: Any, option: int) -> Masked:
    option |= orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    value = shown_value(value)
    try:
        return Masked(orjson.dumps(value, option=option).decode())
    except orjson.JSONEncodeError:
        return Masked(orjson.dumps(_writable(value), option=option).decode())


_INTEGERS = range(-(1 << 63), 1 << 64)
"""What a number may be that is written exactly."""


def _writable(value: Any) -> Any:
    """The value with odd bytes replaced, and integers of more than 64 bits, which damage makes, rounded."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_writable(key): _writable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return float(value) if isinstance(value, int) and value not in _INTEGERS else value
