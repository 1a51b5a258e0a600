"""What happened at a glance, as rows of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from textual.content import Content

from hopscope.bars import spark
from hopscope.overview import Counted, overview_of
from hopscope.views import Step
from hopscope.views.chosen import ChosenEvents
from hopscope.views.text import format_bytes
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

STRETCHES = 40
"""Bars of each thing."""

_COLUMNS = (
    TableColumn("", width=1, sortable=False, help="! what one would rather not see"),
    TableColumn("GROUP", sortable=False, rank=2, help="What kind of thing it is"),
    TableColumn("WHAT", sortable=False, help="The thing that is counted"),
    TableColumn("VALUE", right=True, sortable=False, help="How many, or how many bytes"),
    TableColumn("OVER TIME", sortable=False, rank=1, help="When it was, from the beginning to the end"),
    TableColumn("MEANING", sortable=False, rank=3, help="What exactly counts"),
)


class OverviewSource:
    """The things as rows of a table."""

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, store: Store, selection: Selection, counted: list[Counted]) -> None:
        self.store = store
        self._selection = selection
        self._counted = counted

    def __len__(self) -> int:
        return len(self._counted)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(one) for one in self._counted[start:stop]]

    def _cells(self, one: Counted) -> tuple[Cell, ...]:
        trouble = one.tile.is_trouble and one.value > 0
        tone = "error" if trouble else "" if one.value else "quiet"
        return (
            Cell("!" if trouble else "", "error"),
            Cell(one.tile.group, "quiet"),
            Cell(one.tile.title, "name" if one.value else "quiet"),
            Cell(_value(one), tone),
            Cell(spark(one.over_time.tolist()), "error" if trouble else "network"),
            Cell(one.tile.help, "quiet"),
        )

    def objects(self) -> Iterator[dict[str, Any]]:
        """What was counted as plain data."""
        from hopscope.cli.overview import counted_objects  # noqa: PLC0415  only who saves needs it

        return counted_objects(self.store, self._counted)

    def key(self, row: int) -> Hashable:
        """The name of a thing."""
        return "overview", self._counted[row].tile.name

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return next((row for row in range(len(self)) if self.key(row) == key), None)

    def event_row(self, row: int) -> int:
        """The first event behind a thing."""
        rows = self._counted[row].rows
        return int(rows[0]) if len(rows) else -1

    def event_rows(self, row: int) -> Rows:
        """All events behind a thing."""
        return self._counted[row].rows

    def target(self, row: int) -> str:
        """The view behind a thing."""
        return self._counted[row].tile.view

    def drill(self, row: int) -> Selection | None:
        """The events behind a thing; None where there are none."""
        one = self._counted[row]
        if not len(one.rows):
            return None
        if one.tile.rows:
            return self._selection.push(Step("overview", one.tile.title, ChosenEvents(one.rows)))
        return self._selection.with_filter(one.tile.filter)

    def details(self, row: int, form: Form, width: int) -> Content:
        """A thing in full."""
        one = self._counted[row]
        facts = [
            ("value", _value(one)),
            ("counts", one.tile.help),
            ("filter", "" if one.tile.rows else one.tile.filter),
            ("leads to", one.tile.view),
        ]
        events = texts.events_text(self.store, one.rows[: texts.MOST_EVENTS + 1].tolist(), width)
        return texts.sections(
            [
                [hanging("", one.tile.title, 1, width, style="bold")],
                texts.pairs(facts, width),
                [texts.title("First events"), *events] if events else [],
            ]
        )


def _value(one: Counted) -> str:
    return format_bytes(one.value) if one.tile.adds == "bytes" else f"{one.value:,}"


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> OverviewSource:
    """The things, counted over the place's selection."""
    return OverviewSource(
        store, place.selection, list(overview_of(store, place.selection, STRETCHES, watch.report))
    )
