"""Entries of a log that satisfy conditions, and entries put together by some of their values."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hopscope.errors import UsageError
from hopscope.reports.entries import Log, Part

Entry = tuple[Any, ...]

_CONDITION = re.compile(r"\s*([a-z_]+)\s*(!=|<=|>=|~|=|<|>)\s*(.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "~": lambda value, part: str(part) in str(value),
}  # fmt: skip
"""What a condition may ask; ``~`` is for a part of a text."""


class Where(NamedTuple):
    """A condition on one value.

    Attributes:
        place: of the value in an entry.
        holds: whether a value satisfies it; missing ones never do.
    """

    place: int
    holds: Callable[[Any], bool]


def place_of(log: Log, name: str) -> int:
    """Where a value stands in an entry. Raises UsageError with the names there are."""
    names = [part.name for part in log.parts]
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        meant = f"; did you mean {near[0]}" if near else ""
        raise UsageError(f"the log {log.name} has no {name!r}, only {', '.join(names)}{meant}")
    return names.index(name)


def condition(log: Log, text: str) -> Where:
    """A condition as it is written: ``status>=500``, ``url~/api/``. Raises UsageError."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no condition such as status>=500 or url~/api/")
    place = place_of(log, found[1])
    compare, wanted = _COMPARE[found[2]], found[3].strip()
    if log.parts[place].unit and found[2] != "~":
        try:
            number = float(wanted)
        except ValueError:
            raise UsageError(f"{found[1]} is a number and cannot be compared with {wanted!r}") from None
        return Where(place, lambda value: value is not None and compare(value, number))
    return Where(place, lambda value: value is not None and compare(str(value), wanted))


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """Entries with the same keys.

    Attributes:
        keys: their values.
        count: how many there are.
        sums: of each quantity, missing values as 0.
        means: of each quantity over the entries that have it, None where none has.
    """

    keys: Entry
    count: int
    sums: tuple[int, ...]
    means: tuple[float | None, ...]


def quantities(log: Log, keys: Sequence[int]) -> list[tuple[int, Part]]:
    """The values of a log that can be added up, with their places."""
    return [
        (place, part)
        for place, part in enumerate(log.parts)
        if part.unit in ("ns", "bytes") and place not in keys
    ]


def grouped(log: Log, entries: Iterable[Entry], keys: Sequence[int], order: str) -> list[EntryGroup]:
    """Put entries together.

    Args:
        log: whose entries they are.
        entries: the entries.
        keys: places of the values that are the same in a group.
        order: ``count`` for the largest number first, or the name of a quantity: the largest sum of bytes,
            or the largest mean of a time first.

    Raises:
        UsageError: there is no such quantity.
    """
    added = quantities(log, keys)
    names = [part.name for _, part in added]
    if order != "count" and order not in names:
        raise UsageError(
            f"groups are sorted by count{''.join(f', {name}' for name in names)}, not by {order!r}"
        )
    found: dict[Entry, tuple[list[int], list[int], list[int]]] = {}
    for entry in entries:
        key = tuple(entry[place] for place in keys)
        counts, sums, known = found.setdefault(key, ([0], [0] * len(added), [0] * len(added)))
        counts[0] += 1
        for i, (place, _) in enumerate(added):
            sums[i] += entry[place] or 0
            known[i] += entry[place] is not None
    groups = [
        EntryGroup(
            key, counts[0], tuple(sums), tuple(a / b if b else None for a, b in zip(sums, known, strict=True))
        )
        for key, (counts, sums, known) in found.items()
    ]
    rank = _rank(order, names, [part for _, part in added])
    return sorted(groups, key=lambda one: (-rank(one), *map(str, one.keys)))


def _rank(order: str, names: list[str], parts: list[Part]) -> Callable[[EntryGroup], float]:
    if order == "count":
        return lambda one: one.count
    place = names.index(order)
    if parts[place].unit == "bytes":
        return lambda one: one.sums[place]
    return lambda one: one.means[place] or 0.0


def chosen(entries: Iterable[Entry], conditions: Sequence[Where]) -> Iterator[Entry]:
    """The entries that satisfy all conditions."""
    return (entry for entry in entries if all(one.holds(entry[one.place]) for one in conditions))
