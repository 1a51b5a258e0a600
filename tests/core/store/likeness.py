"""Whether two stores say the same, whatever order their small tables are in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Store

_COLUMNS = (
    "number", "hidden", "time", "cpu", "tid", "code", "nparams", "fd", "result", "size", "twin", "latency",
)  # fmt: skip
_NUMBERS = ("life", "process", "parent", "table", "origin", "opener", "container")
"""Columns of small tables that are numbers of rows or lives, and so depend on their order."""


def assert_alike(one: Store, other: Store, *, but: Iterable[str] = ()) -> None:
    """Fail where two stores differ in an event, in what holds at it, or in what they tell of the whole."""
    for name in _COLUMNS:
        if name not in but:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert one.containers == other.containers
    assert (one.kubernetes, one.users, one.machine) == (other.kubernetes, other.users, other.machine)
    assert (one.sections, one.epochs) == (other.sections, other.epochs)
    for table, column in (("threads", "thread"), ("descriptors", "descriptor")):
        _assert_table(one, other, table, column, but)


def _assert_table(one: Store, other: Store, table: str, column: str, but: Iterable[str]) -> None:
    mine, theirs = _rows(one, table, but), _rows(other, table, but)
    assert sorted(mine) == sorted(theirs), table
    numbered: dict[str, int] = {}
    here = _at_events(mine, getattr(one, column), numbered)
    np.testing.assert_array_equal(here, _at_events(theirs, getattr(other, column), numbered), column)
    for name in ("life", "process", "table"):
        pairs = set(zip(*(_carried(store, table, name, column) for store in (one, other)), strict=True))
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}), name


def _rows(store: Store, table: str, but: Iterable[str]) -> list[str]:
    columns = [
        list(getattr(getattr(store, table), one.name))
        for one in fields(getattr(store, table))
        if one.name not in _NUMBERS and one.name not in but
    ]
    return [repr(row) for row in zip(*columns, strict=True)]


def _at_events(rows: list[str], places: NDArray[np.int32], numbered: dict[str, int]) -> NDArray[Any]:
    numbers = np.array([*(numbered.setdefault(row, len(numbered)) for row in rows), -1])
    found: NDArray[Any] = numbers[places]
    return found


def _carried(store: Store, table: str, name: str, column: str) -> list[int]:
    values = np.append(getattr(getattr(store, table), name), -1)
    carried: list[int] = values[getattr(store, column)].tolist()
    return carried
