"""Which trail is shown and how: kept with its place, so that the way back leads to the same picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from hopscope_tui.widgets.row_source import TableColumn

SPAN, PROCESS, WHERE, NUMBER, SIGNS, DURATION, BAR = range(7)
COLUMNS = (
    TableColumn("REQUEST", sortable=False, help="What was asked, what came of it; below it what it caused"),
    TableColumn("PROCESS", sortable=False, help="Which process saw it so"),
    TableColumn("WHERE", sortable=False, help="Pod or container of the process"),
    TableColumn("NUM", right=True, sortable=False, help="Number of its first event"),
    TableColumn("!", sortable=False, help="✗ failed, ? no answer, ↻ asks again, ≈ doubtful cause"),
    TableColumn("TOOK", right=True, sortable=False, help="From its beginning to its end"),
    TableColumn(
        "TIME",
        sortable=False,
        help="When: █ working, ▒ ready but without a CPU, ─ waiting, ╌ waiting in vain, ░ nothing known",
    ),
)
"""The columns of a trail, in the order of the numbers above."""

RowKey = tuple[int, int, int, str]
"""What a row is: life of its process, row of its first event, channel and question; NONE for a run."""

WORK, READY, WAITING, TIMED_OUT, NOTHING = range(5)
"""What a cell of a bar shows."""


@dataclass(eq=False)
class TrailState:
    """What a person did with a trail.

    Attributes:
        chosen: by span the cause that was chosen for it instead of the best one, None for no cause.
        folded: rows whose rows below are hidden.
        window: ns since the beginning from and to which bars are drawn; None for all of it.
    """

    chosen: dict[RowKey, RowKey | None] = field(default_factory=dict)
    folded: set[RowKey] = field(default_factory=set)
    window: tuple[int, int] | None = None


@dataclass(frozen=True)
class TrailOf:
    """Which trail.

    Attributes:
        row: event row that it leads through; -1 for all trails through the events of the place's selection.
        whole: all that the process of the event did.
        state: how it is shown.
    """

    row: int
    whole: bool = False
    state: TrailState = field(default_factory=TrailState, compare=False)
