"""A format bound to a capture: the lines and objects of any events, in chunks of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.values import MISSING
from hopscope.formats.format import Format
from hopscope.formats.style import OutputStyle
from hopscope.formats.texts import source_of
from hopscope.redaction import shown

if TYPE_CHECKING:
    from hopscope.store.store import Store

Rows = NDArray[np.int64]

FIRST_CHUNK = 1 << 8
"""Events of the first chunk. Few, so that the first lines are there at once and ``head`` gets no more."""

LARGEST_CHUNK = 1 << 14
"""Events of a chunk at most; each is four times the one before."""


class Printer:
    """Prints events of one capture in one format.

    Args:
        store: the capture.
        format: what to print.
        style: how to print it.
    """

    def __init__(self, store: Store, format: Format, style: OutputStyle | None = None) -> None:
        self._store = store
        self._format = format
        self._style = style or OutputStyle()

    def lines(self, rows: Rows) -> Iterator[str]:
        """The events as text, one after the other, without the last line end of each.

        Args:
            rows: int64, event rows, ascending.

        Yields:
            A text an event; none for an event that lacks a field, where the format does not keep all.
        """
        for _, texts in self.stretches(rows):
            yield from texts

    def stretches(self, rows: Rows) -> Iterator[tuple[Rows, list[str]]]:
        """The same, many events at a time: the rows that are printed, and the text of each."""
        sources = [source_of(self._store, one.use, self._style) for one in self._format.placeholders]
        widths = [one.width for one in self._format.placeholders]
        *before, last = self._format.literals
        for chunk in chunks(rows):
            # Every field is asked for every event, because some count from the one before.
            left, columns = self._kept(chunk, [source.texts(chunk) for source in sources])
            for place, width in enumerate(widths):
                if width:
                    columns[place] = [shown(text, width).ljust(width) for text in columns[place]]
            parts: list[Iterable[str]] = []
            for literal, column in zip(before, columns, strict=True):
                parts += [repeat(literal), column] if literal else [column]
            parts += [repeat(last, len(left))]
            # The columns end together; the literals between them would go on for ever.
            yield left, list(map("".join, zip(*parts, strict=False)))

    def _kept(self, rows: Rows, columns: list[list[str | None]]) -> tuple[Rows, list[list[str]]]:
        """The events that are printed, and their texts, with a word for what is missing."""
        if not self._format.keeps_all and any(None in column for column in columns):
            lacking = {place for column in columns for place, text in enumerate(column) if text is None}
            kept = [place for place in range(len(rows)) if place not in lacking]
            rows, columns = rows[kept], [[column[place] for place in kept] for column in columns]
        return rows, [_without_none(column) for column in columns]

    def objects(self, rows: Rows) -> Iterator[dict[str, Any] | None]:
        """The events as objects for JSON, with the fields of the format as keys, sorted.

        Args:
            rows: int64, event rows, ascending.

        Yields:
            An object an event, None where the format names no field; nothing for an event that lacks a
            field, where the format does not keep all.
        """
        sources = {
            one.name: source_of(self._store, one.use, self._style) for one in self._format.placeholders
        }
        names = sorted(sources)
        for chunk in chunks(rows):
            if not sources:
                yield from [None] * len(chunk)
                continue
            columns = {name: source.values(chunk) for name, source in sources.items()}
            for values in zip(*(columns[name] for name in names), strict=True):
                if self._format.keeps_all or None not in values:
                    yield dict(zip(names, values, strict=True))


def _without_none(texts: list[str | None]) -> list[str]:
    if None in texts:
        return [MISSING if text is None else text for text in texts]
    return cast("list[str]", texts)


def chunks(rows: Rows) -> Iterator[Rows]:
    """The rows in pieces that grow."""
    start, size = 0, FIRST_CHUNK
    while start < len(rows):
        yield rows[start : start + size]
        start, size = start + size, min(size * 4, LARGEST_CHUNK)
