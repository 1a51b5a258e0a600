"""What a view is: a key to group by and columns, as data.

A view is declared once, in a file (:mod:`hopscope.views.declaration`), and everything is made from the
declaration: rows, sums, human text, JSON, help and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Aggregation(Enum):
    """How the events (or states) of a row become the one value of a cell."""

    NONE = "none"
    """An attribute of what the row stands for, for instance a name; nothing is added up."""
    SUM = "sum"
    """Sum of the measure over the row's events."""
    COUNT = "count"
    """Number of the row's events that have the measure."""
    AVG = "avg"
    """Sum divided by the number of events that have the measure."""
    TIME_AVG = "rate"
    """Sum divided by the seconds the selection spans."""
    MIN = "min"
    """Smallest value of the measure."""
    MAX = "max"
    """Largest value of the measure."""
    P50 = "p50"
    """The smallest value that at least half of the values do not exceed."""
    P95 = "p95"
    """The smallest value that at least 95 in a hundred of the values do not exceed."""
    DISTINCT = "distinct"
    """Number of different values of a field."""


class Kind(Enum):
    """What a value is, which decides how a person reads it. Raw values stay as they are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BYTES = "bytes"
    RATE = "bytes/s"
    FREQUENCY = "1/s"
    DURATION = "duration in ns"
    PERCENT = "percent"
    TIME = "time in ns since the epoch"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view.

    Attributes:
        name: key of the value in JSON, snake case.
        title: header.
        source: where nothing is aggregated an attribute (:mod:`hopscope.views.attributes`), a trait
            (:mod:`hopscope.views.census`) or a field of the filter language; else a measure
            (:mod:`hopscope.views.measures`) or a field.
        kind: what the value is.
        width: suggested cells.
        stretch: takes what is left of the screen on top of its width.
        help: one line.
        aggregation: how the row's events become one value.
        rank: 0 is always shown; on narrow screens the highest rank leaves first.
        metadata: ``kubernetes`` for columns that exist only where the capture tells of the cluster,
            ``containers`` for those that need a container, ``hosts`` and ``files`` for those that need
            several of them, else empty.
        sortable: False where sorting would have to decode every event.
    """

    name: str
    title: str
    source: str
    kind: Kind
    width: int
    help: str
    aggregation: Aggregation = Aggregation.NONE
    rank: int = 0
    stretch: bool = False
    metadata: str = ""
    sortable: bool = True

    @property
    def align(self) -> str:
        """``left`` for text and times, ``right`` for numbers."""
        return "left" if self.kind in (Kind.TEXT, Kind.TIME) else "right"


EVERYTHING = "capture"
"""What a view applies to while nothing is chosen yet."""

EVENT_KEY = "event"
"""The key of views with one row for each event."""

DEPTH = "%depth"
"""Stands in keys, filters and fields for the number of spans that were gone into."""


@dataclass(frozen=True, slots=True)
class ViewDefinition:
    """One view.

    Attributes:
        name: how commands and screens call it.
        title: header on the screen.
        description: one to three sentences for the view picker.
        key: what a row stands for: a name in :data:`hopscope.views.keys.GROUPINGS`, a field of the filter
            language, several of them joined by ``+``, or ``event``.
        columns: from left to right.
        sort: name of the column sorted by at first, descending for numbers.
        targets: views that a row can be opened in; Enter takes the first one.
        aliases: other names it answers to.
        filter: of the filter language; only events that pass it count. Empty for all.
        applies_to: kinds of the last chosen row under which it is offered, ``capture`` for the start; with a
            minus before each those under which it is not. Empty for all.
        needs: what the capture must have for it to be offered, as :attr:`Column.metadata`.
        group: heading under which pickers list it.
        origin: the file it was declared in; empty for those that come with the program.
    """

    name: str
    title: str
    description: str
    key: str
    columns: tuple[Column, ...]
    sort: str
    targets: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    filter: str = ""
    applies_to: tuple[str, ...] = ()
    needs: str = ""
    group: str = ""
    origin: str = ""

    @property
    def target(self) -> str:
        """The view that Enter leads to, an empty string at the end of the way."""
        return self.targets[0] if self.targets else ""

    @property
    def lists_events(self) -> bool:
        """True where each row is an event."""
        return self.key == EVENT_KEY

    @property
    def keys(self) -> tuple[str, ...]:
        """The parts of the key."""
        return tuple(self.key.split("+"))

    def applies(self, kind: str) -> bool:
        """True where it is offered while the last chosen row is of a kind."""
        if not self.applies_to:
            return True
        if self.applies_to[0].startswith("-"):
            return f"-{kind}" not in self.applies_to
        return kind in self.applies_to

    def at_depth(self, depth: int) -> ViewDefinition:
        """The view with the number of spans gone into put where :data:`DEPTH` stands."""
        texts = (self.key, self.filter, *(column.source for column in self.columns))
        if not any(DEPTH in text for text in texts):
            return self
        return replace(
            self,
            key=self.key.replace(DEPTH, str(depth)),
            filter=self.filter.replace(f"{DEPTH}+1", str(depth + 1)).replace(DEPTH, str(depth)),
            columns=tuple(
                replace(column, source=column.source.replace(DEPTH, str(depth))) for column in self.columns
            ),
        )

    def column_index(self, name: str) -> int:
        """Position of a column by its JSON name or header, in any case; -1 where there is none."""
        wanted = name.lower().replace("-", "_").replace(" ", "_")
        for i, column in enumerate(self.columns):
            if wanted in (column.name, column.title.lower().replace(" ", "_")):
                return i
        return -1
