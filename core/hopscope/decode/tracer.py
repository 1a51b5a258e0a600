"""Tracers: marks that a program writes to ``/dev/null`` where something begins and ends (sysdig 0.29.3).

``>:id:tag.tag:name=value,name=value:`` begins a span, the same with ``<`` ends it. The id is a number, ``t``,
``p`` or ``pp`` for that of the thread, its process or the parent, or nothing for 0. The same as JSON is
``[">", 5, ["tag"], [{"name": "value"}]]``. Further text behind is ignored.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

import orjson

Arguments = tuple[tuple[str, str], ...]


class Unread(Enum):
    """Why there is no tracer in some bytes."""

    NOT_ONE = auto()
    CUT = auto()


class Scope(Enum):
    """What stands for the id of a span."""

    THREAD = "t"
    PROCESS = "p"
    PARENT = "pp"


class Tracer(NamedTuple):
    """One mark.

    Attributes:
        begins: True for ``>``, False for ``<``.
        id: number of the span, or whose number it is.
        tags: name of the span, the outermost part first.
        args: names and values, in order.
    """

    begins: bool
    id: int | Scope
    tags: tuple[str, ...] = ()
    args: Arguments = ()


_SCOPES: dict[bytes, int | Scope] = {
    b"t": Scope.THREAD,
    b"p": Scope.PROCESS,
    b"pp": Scope.PARENT,
    b"": 0,
    b"g": 0,
}
_NUMBER = re.compile(rb"-?\d*")
_WRONG = re.compile(rb"[\n<>]")
_LOW, _HIGH = -(1 << 63), (1 << 63) - 1


def read_tracer(data: bytes) -> Tracer | Unread:
    """The tracer that bytes hold; ``CUT`` where they are the beginning of one, up to the first NUL."""
    data = data.partition(b"\0")[0]
    return _plain(data) if data[:1] in (b"<", b">") else _json(data)


def _plain(data: bytes) -> Tracer | Unread:
    if data[1:2] != b":":
        return Unread.NOT_ONE if data[1:] else Unread.CUT
    scope, colon, rest = data[2:].partition(b":")
    number = _id_of(scope)
    if number is None:
        return Unread.NOT_ONE
    if not colon:
        return Unread.CUT
    tags, colon, rest = rest.partition(b":")
    if _WRONG.search(tags):
        return Unread.NOT_ONE
    if not colon or not rest:
        return Unread.CUT
    args = _arguments(rest)
    if isinstance(args, Unread):
        return args
    named = tuple(_text(tag) for tag in tags.split(b".")) if tags else ()
    return Tracer(data[:1] == b">", number, named, args)


def _id_of(scope: bytes) -> int | Scope | None:
    if scope in _SCOPES:
        return _SCOPES[scope]
    if not _NUMBER.fullmatch(scope) or len(scope) > 20:
        return None
    return max(_LOW, min(_HIGH, int(scope.strip(b"-") or b"0") * (-1 if scope[:1] == b"-" else 1)))


def _arguments(text: bytes) -> Arguments | Unread:
    """``name=value,…:``; a single colon for none."""
    found: list[tuple[str, str]] = []
    while not text.startswith(b":") or found:
        name, equal, rest = text.partition(b"=")
        if _WRONG.search(name) or (not equal and name.endswith(b":")):
            return Unread.NOT_ONE
        end = re.search(rb"[,:]", rest)
        if not equal or end is None:
            return Unread.CUT
        found.append((_text(name), _text(rest[: end.start()])))
        if end[0] == b":":
            break
        text = rest[end.end() :]
    return tuple(found)


def _json(data: bytes) -> Tracer | Unread:
    if not data.lstrip(b" ").startswith(b"["):
        return Unread.NOT_ONE
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError:
        return Unread.NOT_ONE if data.rstrip().endswith(b"]]") else Unread.CUT
    match told:
        case [str(kind), int(number), [*tags], [*args]] if (
            kind[:1] in ("<", ">")
            and _LOW <= number <= _HIGH
            and all(isinstance(tag, str) for tag in tags)
            and all(isinstance(one, dict) for one in args)
        ):
            pairs = ((str(name), str(value)) for one in args for name, value in one.items())
            return Tracer(kind[0] == ">", number, tuple(tags), tuple(pairs))
    return Unread.NOT_ONE


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
