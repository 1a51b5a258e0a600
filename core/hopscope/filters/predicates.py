"""What an operator and its values ask of a value, by the type of the field."""

from __future__ import annotations

import operator as op
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.fields import FieldType
from hopscope.fields.column import Mask
from hopscope.fields.field import Match
from hopscope.fields.glob import matcher
from hopscope.filters.literals import LiteralError, Prefix, hex_bytes, literal
from hopscope.filters.quoting import to_bytes
from hopscope.filters.regex import Automaton, RegexError

Decide = Callable[[Any], bool]

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "=": op.eq, "!=": op.ne, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge,
}  # fmt: skip

_EQUALITY = frozenset({"=", "!=", "in", "intersects", "exists"})
_NUMERIC = _EQUALITY | frozenset({"<", "<=", ">", ">="})
_TEXT = _NUMERIC | frozenset(
    {"contains", "icontains", "startswith", "endswith", "glob", "iglob", "regex", "pmatch"},
)
_BYTES = _EQUALITY | frozenset({"contains", "startswith", "endswith", "bcontains", "bstartswith"})


def operators_of(kind: FieldType, match: Match = Match.ONE) -> frozenset[str]:
    """The operators that a field of this type can be asked with."""
    if match is Match.AROUND:
        return frozenset({"="})
    if kind.is_numeric:
        return _NUMERIC
    return {FieldType.TEXT: _TEXT, FieldType.BYTES: _BYTES}.get(kind, _EQUALITY)


class Predicate(NamedTuple):
    """A condition on values that are there; a missing value satisfies none.

    Attributes:
        one: decides one value.
        many: decides an array of numbers or booleans at once; None for types without one.
        sought: the operator and the bytes that are asked for, where a search can answer: ``contains``,
            ``startswith``, ``endswith`` or ``=``.
        each: decides several values one after the other, faster than ``one``; None where nothing is.
    """

    one: Decide
    many: Callable[[NDArray[Any]], Mask] | None = None
    sought: tuple[str, bytes] | None = None
    each: Callable[[Sequence[Any]], Iterator[bool]] | None = None

    def numbers(self, values: NDArray[Any]) -> Mask:
        """The decision for each entry of an array."""
        if self.many is not None:
            return self.many(values)
        return np.fromiter((self.one(value) for value in values.tolist()), dtype=np.bool_, count=len(values))

    def choices(self, values: Sequence[Any]) -> Mask:
        """The decision for each of some distinct values."""
        decided = map(self.one, values) if self.each is None else self.each(values)
        return np.fromiter(decided, dtype=np.bool_, count=len(values))


EXISTS = Predicate(lambda value: True, lambda values: np.ones(len(values), dtype=np.bool_), ("contains", b""))
"""Satisfied by every value that is there."""


def build(kind: FieldType, match: Match, name: str, values: Sequence[str]) -> Predicate:
    """What an operator and its values ask of a field.

    Raises:
        LiteralError: a value does not fit the type of the field.
    """
    if name == "exists":
        return EXISTS
    if match is Match.AROUND:
        return _around(values[0])
    by_size = kind.is_numeric or kind is FieldType.BOOLEAN
    asked = (
        _numeric(kind, name, values)
        if by_size
        else Predicate(
            _decision(kind, name, values), sought=_sought(kind, name, values), each=_each(kind, name, values)
        )
    )
    return _of_several(asked, name, match) if match in (Match.EITHER, Match.ANY) else asked


def _each(
    kind: FieldType, name: str, values: Sequence[str]
) -> Callable[[Sequence[Any]], Iterator[bool]] | None:
    """Texts and addresses decided by functions of the interpreter's own, without one of ours for each."""
    if kind not in (FieldType.TEXT, FieldType.ADDRESS) or (name not in _BY_PART and name != "in"):
        return None
    wanted = [literal(kind, value) for value in values]
    if name == "in":
        return partial(map, frozenset(wanted).__contains__)
    function, part = _BY_PART[name], wanted[0]
    return lambda texts: map(function, texts, repeat(part))


_BY_PART: dict[str, Callable[[Any, Any], bool]] = {
    "=": op.eq, "!=": op.ne, "contains": op.contains, "startswith": str.startswith, "endswith": str.endswith,
}  # fmt: skip


def _sought(kind: FieldType, name: str, values: Sequence[str]) -> tuple[str, bytes] | None:
    """What a search over bytes has to look for; None for conditions that are no search."""
    if kind is not FieldType.BYTES or name not in _SEARCHES:
        return None
    part = hex_bytes(values[0]) if name.startswith("b") else to_bytes(values[0])
    return _SEARCHES[name], part


_SEARCHES = {
    "contains": "contains", "bcontains": "contains", "startswith": "startswith",
    "bstartswith": "startswith", "endswith": "endswith", "=": "=",
}  # fmt: skip
"""Operators on bytes that a search answers, and what it is asked."""


class Pairing(NamedTuple):
    """What an operator asks of two values that are there.

    Attributes:
        one: decides a pair of values.
        many: decides two arrays of numbers or booleans, pair by pair.
    """

    one: Callable[[Any, Any], bool]
    many: Callable[[NDArray[Any], NDArray[Any]], Mask]


def pairing(name: str) -> Pairing | None:
    """What an operator asks of the values of two fields; None where it compares with written values only."""
    if name in _ORDER:
        compare = _ORDER[name]
        return Pairing(lambda left, right: bool(compare(_sortable(left), _sortable(right))), compare)
    of_texts = _PAIRS.get(name)
    return None if of_texts is None else Pairing(of_texts, np.equal)


_PAIRS: dict[str, Callable[[Any, Any], bool]] = {
    "contains": lambda left, right: right in left,
    "icontains": lambda left, right: right.lower() in left.lower(),
    "startswith": lambda left, right: bool(left.startswith(right)),
    "endswith": lambda left, right: bool(left.endswith(right)),
    "glob": lambda left, right: matcher(right, False)(left),
    "iglob": lambda left, right: matcher(right, True)(left),
}
"""Operators beside those of order that compare texts and bytes with another field."""


def _sortable(value: Any) -> Any:
    return to_bytes(value) if isinstance(value, str) else value


def _of_several(asked: Predicate, name: str, match: Match) -> Predicate:
    """The same of values that may be several at once, as tuples."""
    quantify = all if name == "!=" and match is Match.EITHER else any

    def decide(value: Any) -> bool:
        return quantify(map(asked.one, value)) if isinstance(value, tuple) else asked.one(value)

    def each(values: Sequence[Any]) -> Iterator[bool]:
        if not all(map(isinstance, values, repeat(tuple))):
            return map(decide, values)
        # The same few addresses and ports stand in many tuples.
        decided = {part: asked.one(part) for part in set(chain.from_iterable(values))}
        if quantify is all:
            return map({part for part, passes in decided.items() if not passes}.isdisjoint, values)
        return map(op.not_, map({part for part, passes in decided.items() if passes}.isdisjoint, values))

    return Predicate(decide, asked.many, each=each)


def _around(text: str) -> Predicate:
    limit = literal(FieldType.INTEGER, text) * 1_000_000
    return Predicate(
        lambda distance: bool(distance <= limit), lambda distances: _ordered(distances, "<=", limit)
    )


def _numeric(kind: FieldType, name: str, values: Sequence[str]) -> Predicate:
    wanted = [literal(kind, value) for value in values]
    if name in ("in", "intersects"):
        members = frozenset(wanted)
        return Predicate(lambda value: value in members, lambda array: _members(array, wanted))
    compare, limit = _ORDER[name], wanted[0]
    return Predicate(lambda value: bool(compare(value, limit)), lambda array: _ordered(array, name, limit))


def _members(array: NDArray[Any], wanted: Sequence[Any]) -> Mask:
    found = np.zeros(len(array), dtype=np.bool_)
    for value in wanted:
        found |= _ordered(array, "=", value)
    return found


def _ordered(array: NDArray[Any], name: str, limit: Any) -> Mask:
    """Compares with a number of any size, also one that the array's type cannot hold."""
    compare = _ORDER[name]
    if array.dtype.kind in "iu" and isinstance(limit, int):
        info = np.iinfo(array.dtype)
        if not info.min <= limit <= info.max:
            return np.full(len(array), bool(compare(0, 1 if limit > info.max else -1)))
    decided: Mask = compare(array, limit)
    return decided


def _decision(kind: FieldType, name: str, values: Sequence[str]) -> Decide:
    if name in ("bcontains", "bstartswith"):
        part = hex_bytes(values[0])
        return (
            (lambda value: part in value) if name == "bcontains" else (lambda value: value.startswith(part))
        )
    wanted = [literal(kind, value) for value in values]
    if kind is FieldType.NETWORK:
        return _network(name, wanted)
    if name in ("in", "intersects"):
        members = frozenset(wanted)
        return lambda value: value in members
    if name == "=":
        return lambda value: bool(value == wanted[0])
    if name == "!=":
        return lambda value: bool(value != wanted[0])
    if name == "contains":
        return lambda value: wanted[0] in value
    if name == "startswith":
        return lambda value: bool(value.startswith(wanted[0]))
    if name == "endswith":
        return lambda value: bool(value.endswith(wanted[0]))
    return _text(name, wanted)


def _network(name: str, wanted: Sequence[Prefix]) -> Decide:
    def inside(value: bytes) -> bool:
        return any(network.holds(value) for network in wanted)

    return (lambda value: not inside(value)) if name == "!=" else inside


def _text(name: str, wanted: Sequence[str]) -> Decide:
    first = wanted[0] if wanted else ""
    if name in _ORDER:
        compare, limit = _ORDER[name], to_bytes(first)
        return lambda value: bool(compare(to_bytes(value), limit))
    if name == "icontains":
        lowered = first.lower()
        return lambda value: lowered in value.lower()
    if name in ("glob", "iglob"):
        return matcher(first, name == "iglob")
    if name == "pmatch":
        return _below([_parts(path) for path in wanted])
    try:
        return Automaton(first).matches
    except RegexError as wrong:
        raise LiteralError(str(wrong)) from None


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _below(roots: Sequence[tuple[str, ...]]) -> Decide:
    """True for a path that is one of the roots or lies below it, by whole names; without roots for all."""
    if not roots:
        return lambda path: True
    members, depths = frozenset(roots), sorted({len(root) for root in roots})

    def decide(path: str) -> bool:
        parts = _parts(path)
        return any(parts[:depth] in members for depth in depths if depth <= len(parts))

    return decide
