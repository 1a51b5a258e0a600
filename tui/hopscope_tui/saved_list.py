"""A list of the screen as something that can be saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from hopscope_tui.widgets.row_source import RowSource

_AT_ONCE = 256


@runtime_checkable
class Savable(Protocol):
    """Rows that can be told as plain data, too."""

    def objects(self) -> Iterator[dict[str, Any]]:
        """What the rows are about, as the command prints it with ``--json``."""


class SavedList:
    """A list with its rows as they are shown.

    Args:
        source: the rows.
        told: what they are about.
    """

    def __init__(self, source: RowSource, told: Savable) -> None:
        self._source = source
        self._told = told

    @property
    def headings(self) -> Sequence[tuple[str, bool]]:
        """Title of each column, and True for one at the right."""
        return [(column.title, column.right) for column in self._source.columns]

    def objects(self) -> Iterator[Mapping[str, Any]]:
        """What the rows are about as plain data."""
        return self._told.objects()

    def texts(self) -> Iterator[Sequence[str]]:
        """The cells of each row."""
        for start in range(0, len(self._source), _AT_ONCE):
            rows = self._source.cells(start, min(start + _AT_ONCE, len(self._source)))
            yield from ([cell.text for cell in row] for row in rows)


class SavedTexts:
    """A list of few rows that are all there.

    Args:
        headings: title of each column, and True for one at the right.
        texts: the cells of its rows.
        objects: the rows as plain data.
    """

    def __init__(
        self,
        headings: Sequence[tuple[str, bool]],
        texts: Sequence[Sequence[str]],
        objects: Sequence[Mapping[str, Any]],
    ) -> None:
        self.headings = headings
        self._texts = texts
        self._objects = objects

    def objects(self) -> Iterator[Mapping[str, Any]]:
        """The rows as plain data."""
        return iter(self._objects)

    def texts(self) -> Iterator[Sequence[str]]:
        """The cells of each row."""
        return iter(self._texts)
