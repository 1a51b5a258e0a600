"""Lists that remember which of few distinct values stands at each place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")


class CodedList(list[Value]):
    """A column of a small table that was kept as codes; nobody changes it.

    Attributes:
        codes: int32, place of each entry's value in ``pool``.
        pool: values, more than occur here, each once.
    """

    __slots__ = ("codes", "pool")

    def __init__(self, values: list[Value], codes: NDArray[np.int32], pool: NDArray[Any]) -> None:
        super().__init__(values)
        self.codes = codes
        self.pool = pool

    @classmethod
    def of(cls, values: Iterable[Value], codes: NDArray[np.int32]) -> CodedList[Value]:
        """The list that has these different values at the places that codes say."""
        different = list(values)
        pool = np.fromiter(different, object, len(different))
        return cls(pool[codes].tolist(), codes, pool)

    def __reduce__(self) -> tuple[type[list[Value]], tuple[list[Value]]]:
        return list, (list(self),)

    def distinct(self) -> tuple[NDArray[np.int32], list[Value]]:
        """A code for each entry, counted in the values that occur, and these in the order of the entries."""
        first = np.full(len(self.pool), len(self.codes), np.int64)
        first[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        there = np.flatnonzero(first < len(self.codes))
        ordered = there[np.argsort(first[there])]
        place = np.empty(len(self.pool), np.int32)
        place[ordered] = np.arange(len(ordered), dtype=np.int32)
        return place[self.codes], self.pool[ordered].tolist()
