"""Orders of rows by their values: stable, missing values last, fast for millions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hopscope.views.attributes import Value

Order = NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)

_FEW = 6
"""Different values up to which the rows of each are looked for, one value after the other."""

_RARE = 8
"""One of so many values, or fewer, equals the one before it where equal ones are turned back one by one."""

_SHORT = 4096
"""Runs that are put together one after the other."""

_DIGIT = 16
"""Bits that NumPy sorts by without comparing."""


def order_of_floats(values: NDArray[np.float64], descending: bool) -> Order:
    """Positions in the order of these values, equal ones as they come, NaN last."""
    return np.argsort(-values if descending else values, kind="stable").astype(np.int64, copy=False)


def order_of_integers(values: NDArray[Any], descending: bool) -> Order:
    """Positions in the order of these integers, equal ones as they come."""
    if not len(values):
        return np.zeros(0, np.int64)
    low, high = int(values.min()), int(values.max())
    if high == low:
        return np.arange(len(values))
    if high - low > np.iinfo(np.int64).max >> 1:
        keys = np.unique(values, return_inverse=True)[1]
        return np.argsort(-keys if descending else keys, kind="stable")
    if never_falls(values):
        return _turned(values) if descending else np.arange(len(values))
    span = high - low
    if span < _FEW:
        wanted = range(high, low - 1, -1) if descending else range(low, high + 1)
        return np.concatenate([np.flatnonzero(values == one) for one in wanted])
    return _by_digits(values, low, high, descending)


def never_falls(values: NDArray[Any]) -> bool:
    """True where no value is less than the one before it."""
    return not len(values) or (bool(values[0] <= values[-1]) and bool(np.all(values[1:] >= values[:-1])))


def _turned(values: NDArray[Any]) -> Order:
    """The order of ascending values from the last to the first, equal ones as they come."""
    equal = values[1:] == values[:-1]
    if np.count_nonzero(equal) * _RARE < len(values):
        return _turned_but_runs(len(values), np.flatnonzero(equal) + 1)
    begins = np.flatnonzero(np.concatenate(([True], ~equal)))
    return turned(np.arange(len(values)), begins)


def turned(order: NDArray[Kind], begins: NDArray[Any]) -> NDArray[Kind]:
    """An order from its last run of equal values to its first; each run as it is.

    Args:
        order: any entries.
        begins: where runs begin, ascending, the first at 0.
    """
    ends = np.append(begins[1:], len(order))[: len(begins)]
    if len(begins) < _SHORT:
        runs = [
            order[begin:end] for begin, end in zip(begins[::-1].tolist(), ends[::-1].tolist(), strict=True)
        ]
        return np.concatenate(runs) if runs else order
    lengths = (ends - begins)[::-1]
    shift = np.repeat(begins[::-1] - (np.cumsum(lengths) - lengths), lengths)
    opposite: NDArray[Kind] = order[np.arange(len(order)) + shift]
    return opposite


def _turned_but_runs(count: int, after: Order) -> Order:
    """From the last to the first, with those that equal the one before them, and that one, as they come."""
    turned = np.arange(count - 1, -1, -1)
    if not len(after):
        return turned
    begins = after[np.append(True, after[1:] != after[:-1] + 1)] - 1
    lengths = np.diff(np.append(np.searchsorted(after, begins + 1), len(after))) + 1
    run = np.repeat(np.arange(len(begins)), lengths)
    inside = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    turned[count - (begins + lengths)[run] + inside] = begins[run] + inside
    return turned


def _by_digits(values: NDArray[Any], low: int, high: int, descending: bool) -> Order:
    """Sorted by sixteen bits at a time, the lowest first."""
    if high - low < 1 << _DIGIT:
        # In sixteen bits from the start, where differences are right whatever the numbers are.
        of = (high, values) if descending else (values, low)
        short = [np.asarray(one).astype(np.uint16) for one in of]
        return np.argsort(np.subtract(*short), kind="stable")
    order: Order | None = None
    for shift in range(0, max(1, (high - low).bit_length()), _DIGIT):
        there = values if order is None else values[order]
        distance = high - there if descending else there - low
        place = np.argsort((distance >> shift).astype(np.uint16), kind="stable")
        order = place if order is None else order[place]
    assert order is not None
    return order


def ranks(values: Sequence[Value]) -> NDArray[np.int64]:
    """A number for each value that orders as the values do: numbers, then texts in any case; -1 for None.

    Equal values, and texts that differ in case only, have the same number.
    """
    numbers = sorted({value for value in values if isinstance(value, int | float)})
    folded = [value.casefold() if isinstance(value, str) else "" for value in values]
    texts = sorted({text for text, value in zip(folded, values, strict=True) if isinstance(value, str)})
    of_number = {number: rank for rank, number in enumerate(numbers)}
    of_text = {text: rank for rank, text in enumerate(texts, len(numbers))}
    found = (
        -1 if value is None else of_text[text] if isinstance(value, str) else of_number[value]
        for value, text in zip(values, folded, strict=True)
    )
    return np.fromiter(found, np.int64, len(values))


def order_of_ranks(numbers: NDArray[np.int64], descending: bool) -> Order:
    """Positions in the order of :func:`ranks`, what has none last either way."""
    missing = numbers < 0
    if not missing.any():
        return order_of_integers(numbers, descending)
    there = np.flatnonzero(~missing)
    return np.concatenate([there[order_of_integers(numbers[there], descending)], np.flatnonzero(missing)])


def order_of_several(keys: Sequence[tuple[NDArray[Any], bool]]) -> Order:
    """Positions in the order of several numbers, the first of them counting most.

    Args:
        keys: for each the numbers, NaN for a missing one, and True to have the largest first. Missing ones
            come last either way.
    """
    numbers = [
        -numbers.astype(np.float64) if turned else numbers.astype(np.float64) for numbers, turned in keys
    ]
    return np.lexsort(numbers[::-1]).astype(np.int64, copy=False)
