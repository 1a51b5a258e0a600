"""Where time went, as rows of a table: what was waited for, longest first, until the whole is told."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.content import Content

from hopscope.text import visible
from hopscope.views.chosen import events_selection
from hopscope.views.text import format_duration
from hopscope.waits import Breakdown, Part, breakdown_of, waits_of
from hopscope.waits.kinds import MEANINGS, QUEUE, UNKNOWN, WAIT
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.own.time_subjects import TimeOf
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

MOST_PROCESSES = 256
"""Processes whose time is taken together."""
_BAR = 16
_COLUMNS = (
    TableColumn("TIME", right=True, sortable=False, help="How long"),
    TableColumn("SHARE", right=True, sortable=False, help="Of the whole"),
    TableColumn("", sortable=False, rank=2, help="The share as a bar"),
    TableColumn(
        "IN VAIN", right=True, sortable=False, rank=1, help="Of it in waits that ended by a time-out"
    ),
    TableColumn("TIMES", right=True, sortable=False, rank=3, help="How often"),
    TableColumn("CALLS", sortable=False, rank=4, help="Calls that waited"),
    TableColumn("WHAT", sortable=False, help="What was done, or waited for"),
)


class BreakdownSource:
    """Parts of a time as rows of a table; the last row is the whole."""

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, store: Store, breakdown: Breakdown, title: str) -> None:
        self.store = store
        self.breakdown = breakdown
        self.title = title

    def __len__(self) -> int:
        return len(self.breakdown.parts) + 1 if self.breakdown.parts else 0

    def _part(self, row: int) -> Part | None:
        parts = self.breakdown.parts
        return parts[row] if row < len(parts) else None

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(row) for row in range(start, stop)]

    def _cells(self, row: int) -> tuple[Cell, ...]:
        part, whole = self._part(row), max(self.breakdown.elapsed, 1)
        if part is None:
            title = f"the whole: {self.title}"
            return (
                Cell(format_duration(whole), "name"),
                Cell("100%"),
                *(Cell("") for _ in range(4)),
                Cell(title, "name"),
            )
        share = part.elapsed / whole
        tone = (
            "wait"
            if part.kind == WAIT
            else "process"
            if part.kind == QUEUE
            else "quiet"
            if part.kind == UNKNOWN
            else "write"
        )
        over = format_duration(part.timed_out) if part.timed_out else ""
        return (
            Cell(format_duration(part.elapsed)),
            Cell(f"{share:.1%}"),
            Cell(
                ("█" if part.kind != WAIT else "▬") * max(round(share * _BAR), 1 if share > 0.005 else 0),
                tone,
            ),
            Cell(over, "error"),
            Cell(f"{part.count:,}", "quiet"),
            Cell(", ".join(part.calls), "quiet"),
            Cell(visible(part.what), "network" if part.kind == WAIT else ""),
        )

    def objects(self) -> Iterator[dict[str, Any]]:
        """The parts as plain data."""
        from hopscope.cli.waits import part_object  # noqa: PLC0415  only who saves needs it

        return (part_object(self.store, self.breakdown, part) for part in self.breakdown.parts)

    def key(self, row: int) -> Hashable:
        """What a row is about, in words."""
        part = self._part(row)
        return "part", part.what if part is not None else ""

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return next((row for row in range(len(self)) if self.key(row) == key), None)

    def evidence(self, row: int) -> tuple[tuple[int, ...], str]:
        """The events at the edges of the longest stretches."""
        part = self._part(row)
        if part is None:
            return (), self.title
        return part.evidence, visible(f"{format_duration(part.elapsed)} {part.what}")

    def event_row(self, row: int) -> int:
        """The event with which the longest stretch begins."""
        rows, _ = self.evidence(row)
        return rows[0] if rows else -1

    def event_rows(self, row: int) -> Rows:
        """The events at the edges of all stretches."""
        part = self._part(row)
        return part.rows if part is not None else np.zeros(0, np.int64)

    def drill(self, row: int) -> Selection | None:
        """The events at the edges of all stretches."""
        part = self._part(row)
        return events_selection("time", part.what, part.rows) if part is not None and len(part.rows) else None

    def details(self, row: int, form: Form, width: int) -> Content:
        """A part in full."""
        part = self._part(row)
        if part is None:
            count = len(self.breakdown.parts)
            words = (
                f"{self.title}: {format_duration(self.breakdown.elapsed)} in {count} parts that add up to it"
            )
            return hanging("", words, 1, width, style="")
        facts = [
            (
                "time",
                f"{format_duration(part.elapsed)} in {part.count:,} stretch{'es' if part.count != 1 else ''}",
            ),
            ("in vain", format_duration(part.timed_out) if part.timed_out else ""),
            ("calls", ", ".join(part.calls)),
            ("that is", MEANINGS[part.kind]),
        ]
        return texts.sections(
            [
                [hanging("", visible(part.what), 1, width, style="")],
                texts.pairs(facts, width),
                [
                    texts.title("Longest, with the events at their edges"),
                    *texts.events_text(self.store, part.evidence, width),
                ],
            ]
        )


def _processes(store: Store, selection: Selection) -> list[int]:
    """The processes with events in a selection; where nothing happened those that were there."""
    found = np.unique(store.process[selection.rows(store)])
    found = found[found >= 0]
    idle = selection.threads(store) if not len(found) else None
    if idle is not None:
        found = np.unique(store.threads.process[idle])
    some: list[int] = found[found >= 0][:MOST_PROCESSES].tolist()
    return some


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> BreakdownSource:
    """Where the time went that a place is about."""
    subject = place.subject
    assert isinstance(subject, TimeOf)
    watch.report(0.0)
    waits = waits_of(store)
    lives = subject.lives
    if lives is None:
        wanted = [subject.process] if subject.process is not None else _processes(store, place.selection)
        lives = tuple(life for process in wanted for life in waits.threads_of(process))
    watch.report(0.3)
    if not lives:
        return BreakdownSource(store, Breakdown(0, 0, ()), subject.title)
    line = waits.line(lives, subject.begin, subject.stop)
    watch.report(0.8)
    return BreakdownSource(store, breakdown_of(store, line), subject.title)
