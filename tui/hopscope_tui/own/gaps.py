"""When nothing of a selection happened, as rows of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.content import Content

from hopscope.conversation.exchange import owner_at
from hopscope.text import visible
from hopscope.views.chosen import events_selection
from hopscope.views.text import format_duration, format_time
from hopscope.waits import Gap, gaps_of
from hopscope.waits.gaps import Meanwhile
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.own.time_subjects import GapsOf
from hopscope_tui.summaries import event_label
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

MOST_GAPS = 500
"""Gaps that are listed, the longest ones."""
_NAMED = 3
_COLUMNS = (
    TableColumn("GAP", right=True, sortable=False, help="Time in which no event of the selection happened"),
    TableColumn("FROM", sortable=False, rank=1, help="Seconds since the first event"),
    TableColumn("BEFORE", sortable=False, rank=2, help="The event before it"),
    TableColumn("AFTER", sortable=False, help="The event that ended it"),
    TableColumn("MEANWHILE", sortable=False, help="What the process that went on waited for"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    gap: Gap
    meanwhile: list[Meanwhile]


class GapsSource:
    """Gaps as rows of a table."""

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, store: Store, told: list[_Told]) -> None:
        self.store = store
        self._told = told

    def __len__(self) -> int:
        return len(self._told)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(one) for one in self._told[start:stop]]

    def _cells(self, told: _Told) -> tuple[Cell, ...]:
        store, gap = self.store, told.gap
        first = told.meanwhile[0].breakdown.parts[:_NAMED] if told.meanwhile else ()
        words = ", ".join(f"{part.what} {format_duration(part.elapsed)}" for part in first)
        return (
            Cell(format_duration(gap.length)),
            Cell(format_time(gap.start, store.epoch), "quiet"),
            Cell(f"{store.number[gap.before]} {event_label(store, gap.before)}", "quiet"),
            Cell(f"{store.number[gap.after]} {event_label(store, gap.after)}", "name"),
            Cell(visible(words), "network"),
        )

    def objects(self) -> Iterator[dict[str, Any]]:
        """The gaps as plain data."""
        from hopscope.cli.gaps import gap_object  # noqa: PLC0415  only who saves needs it

        return (gap_object(self.store, told.gap) for told in self._told)

    def key(self, row: int) -> Hashable:
        """The event before a gap."""
        return "gap", self._told[row].gap.before

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return next((row for row in range(len(self)) if self.key(row) == key), None)

    def evidence(self, row: int) -> tuple[tuple[int, ...], str]:
        """The event before and the one that ended it."""
        gap = self._told[row].gap
        return (gap.before, gap.after), f"nothing for {format_duration(gap.length)}"

    def event_row(self, row: int) -> int:
        """The event before a gap."""
        return self._told[row].gap.before

    def event_rows(self, row: int) -> Rows:
        """The events around a gap."""
        gap = self._told[row].gap
        return np.array([gap.before, gap.after], np.int64)

    def drill(self, row: int) -> Selection | None:
        """The events around a gap."""
        gap = self._told[row].gap
        return events_selection("gap", format_duration(gap.length), self.event_rows(row))

    def details(self, row: int, form: Form, width: int) -> Content:
        """A gap and what was done meanwhile, in full."""
        store, told = self.store, self._told[row]
        blocks = [
            [
                hanging(
                    "",
                    f"Nothing of the selection happened for {format_duration(told.gap.length)}",
                    1,
                    width,
                    style="",
                )
            ],
            [
                texts.title("Before and after"),
                *texts.events_text(store, [told.gap.before, told.gap.after], width),
            ],
        ]
        for one in told.meanwhile:
            owner = owner_at(store, one.row)
            lines = [
                hanging(
                    f"  {format_duration(part.elapsed):>9}",
                    visible(part.what),
                    13,
                    width,
                    style="$tone-quiet",
                )
                for part in one.breakdown.parts
            ]
            who = f"{texts.who_text(owner)} {texts.where_text(owner)}".strip()
            blocks.append([texts.title(f"Meanwhile {who} was"), *lines])
        return texts.sections(blocks)


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> GapsSource:
    """The gaps between the events of a place's selection."""
    subject = place.subject
    assert isinstance(subject, GapsOf)
    mask = place.selection.mask(store) if place.selection else None
    found = gaps_of(store, mask, subject.longer)[:MOST_GAPS]
    told = []
    for count, gap in enumerate(found):
        watch.report(count / len(found))
        told.append(_Told(gap, gap.meanwhile(store)))
    return GapsSource(store, told)
