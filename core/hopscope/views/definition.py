"""What a view is: a key to group by and columns, as data.

A view is declared once (:mod:`hopscope.views.builtin`) and everything is made from the
declaration: rows, sums, human text, JSON, help and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
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


class Kind(Enum):
    """What a value is, which decides how a person reads it. Raw values stay as they are."""

    TEXT = "text"
    INTEGER = "integer"
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
        source: an attribute (:mod:`hopscope.views.attributes`) where nothing is aggregated, else a
            measure (:mod:`hopscope.views.measures`).
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


@dataclass(frozen=True, slots=True)
class ViewDefinition:
    """One view.

    Attributes:
        name: how commands and screens call it.
        title: header on the screen.
        description: one to three sentences for the view picker.
        key: what a row stands for, a name in :data:`hopscope.views.grouping.GROUPINGS`, or ``event``.
        columns: from left to right.
        sort: name of the column sorted by at first, descending for numbers.
        targets: views that a row can be opened in; Enter takes the first one.
        aliases: other names it answers to.
    """

    name: str
    title: str
    description: str
    key: str
    columns: tuple[Column, ...]
    sort: str
    targets: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The view that Enter leads to, an empty string at the end of the way."""
        return self.targets[0] if self.targets else ""

    def column_index(self, name: str) -> int:
        """Position of a column by its JSON name or header, in any case; -1 where there is none."""
        wanted = name.lower().replace("-", "_").replace(" ", "_")
        for i, column in enumerate(self.columns):
            if wanted in (column.name, column.title.lower().replace(" ", "_")):
                return i
        return -1
