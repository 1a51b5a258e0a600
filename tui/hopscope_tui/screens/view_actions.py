"""Views: into a row and back up, other views, sorting, the jump list."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.content import Content

from hopscope.text import visible
from hopscope.views import VIEWS, Selection, why_not_offered
from hopscope_tui.keymap import key_of
from hopscope_tui.navigator import ECHO, Place, Position
from hopscope_tui.own.places import OWN
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import EVENTS
from hopscope_tui.screens.evidence_actions import EvidenceActions
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.view_picker import ViewPicker, view_notes
from hopscope_tui.sources import Leading, ViewSource
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable

MOST_THEN = 2
"""Columns that decide beside the one that is sorted by."""


class ViewActions(EvidenceActions):
    """Actions that change which rows are shown."""

    # --- down and up -----------------------------------------------------------------------------

    @on(VirtualTable.RowOpened, ".rows")
    def _open_row(self) -> None:
        self.action_drill()

    @needs_rows
    def action_drill(self) -> None:
        """Into the chosen row; on an event its details in full."""
        if not self.has_row:
            return
        place, row = self.place, self.table.cursor_row
        if self.lists_events:
            self.show_details_in_full()
        elif self.open_evidence(row):
            return
        elif isinstance(self.rows, Leading):
            self._go_below(self.rows.target(row), self.rows.drill(row))
        elif place.view in OWN:
            event = self.rows.event_row(row)
            if event >= 0:
                self.go(Place(EVENTS, place.selection, self._here(), position=Position(("event", event))))
        else:
            selection = self.rows.drill(row)
            self._go_below(self._target(place, selection) if selection is not None else "", selection)

    def _go_below(self, target: str, selection: Selection | None) -> None:
        if selection is None or not target:
            self.say("nothing lies below this row", "$tone-quiet")
        else:
            self.go(Place(target, selection, self._here()))

    def _target(self, place: Place, selection: Selection) -> str:
        """The first of the views that a row leads to which makes sense below it; else its events."""
        for name in VIEWS[place.view].targets:
            view = VIEWS.find(name)
            if view is not None and not why_not_offered(self.store, view, selection):
                return view.name
        return EVENTS

    @needs_rows
    def action_open_in(self) -> None:
        """Into the chosen row, in a view chosen from a list."""
        view = VIEWS.get(self.place.view)
        selection = self.rows.drill(self.table.cursor_row) if self.has_row else None
        if view is None or selection is None:
            self.warn("there is no row here to go into")
            return
        found = [VIEWS.find(name) for name in view.targets]
        targets = [
            one for one in found if one is not None and not why_not_offered(self.store, one, selection)
        ]
        rows = [(Cell(target.title, "name"),) for target in targets]
        source = ListedRows((TableColumn("VIEW", sortable=False),), rows)
        label = visible(selection.steps[-1].text)
        panel = ListPanel(
            f"Go into {label}", source, lambda row, width: view_notes(targets[row], width), short=True
        )

        def take(row: int | None) -> None:
            if row is not None:
                self.go(Place(targets[row].name, selection, self._here()))

        self.lay_over(panel, take)

    def show_details_in_full(self) -> None:
        """Give the details the whole width."""
        raise NotImplementedError

    def _here(self) -> Place:
        """The place one is at with the row that is chosen."""
        return self.place.at(self.position())

    @needs_rows
    def action_go_up(self) -> None:
        """Back up to the row one came from."""
        if self.close_details():
            return
        parent = self.place.parent
        if parent is None:
            self.say("this is the top", "$tone-quiet")
        else:
            self.go(parent)

    def close_details(self) -> bool:
        """Close the details where they are shown in full. False where they are not."""
        raise NotImplementedError

    @needs_rows
    def action_climb(self, steps: int) -> None:
        """Up to the step of the breadcrumb with this number."""
        self.go(self.navigator.ancestor(steps))

    @needs_rows
    def action_jump_back(self) -> None:
        """To where one was before the last step."""
        if self.navigator.behind is None:
            self.say("nowhere to jump back to", "$tone-quiet")
        else:
            self.visit(self.navigator.behind, self.navigator.back)

    @needs_rows
    def action_jump_forward(self) -> None:
        """The step after going back."""
        if self.navigator.ahead is None:
            self.say("nowhere to jump forward to", "$tone-quiet")
        else:
            self.visit(self.navigator.ahead, self.navigator.forward)

    # --- other views -----------------------------------------------------------------------------

    @needs_rows
    def action_show_view_number(self, number: int) -> None:
        """The view with this number in the tabs, of the same selection."""
        if number <= len(VIEWS.tabs):
            self._show_view(VIEWS.tabs[number - 1].name)
        else:
            self.warn(f"there is no view {number}; F2 lists them")

    @needs_rows
    def action_show_view(self, name: str) -> None:
        """The view with this name, of the same selection."""
        self._show_view(name)

    def _show_view(self, name: str) -> None:
        place = self.place
        if name == place.view:
            return
        listed = VIEWS[name].lists_events and (place.view == ECHO or self.lists_events)
        key = self.position().key if listed else None
        self.go(Place(name, place.selection, place.parent, position=Position(key)))

    @needs_rows
    def action_pick_view(self) -> None:
        """Choose a view from a list that says what each is for."""
        picker = ViewPicker(self.store, self.place.selection, self.place.view)
        self.lay_over(picker, self._take_view)

    def _take_view(self, name: str | None) -> None:
        """Show a view, or do what the key of another place does."""
        if name is not None and name in VIEWS:
            self._show_view(name)
        elif name is not None:
            self.call_later(self.run_action, key_of(name).action)

    # --- sorting ---------------------------------------------------------------------------------

    @on(VirtualTable.HeaderClicked, "#table")
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        if isinstance(self.source, ViewSource):
            self._sort_by(self.source.view_column(event.column))

    @needs_rows
    def action_sort_by_number(self, number: int) -> None:
        """Sort by the n-th column."""
        if not isinstance(self.source, ViewSource):
            self.warn("this list cannot be sorted")
        elif number > len(self.source.result.columns):
            self.warn(f"there is no column {number}")
        else:
            self._sort_by(number - 1)

    @needs_rows
    def action_reverse_sorting(self) -> None:
        """Turn the order round."""
        if isinstance(self.source, ViewSource):
            sorting = self.source.result.sorting or (0, False)
            self._sort(sorting[0], not sorting[1])

    def _sort_by(self, column: int) -> None:
        """Sort by a column; by the one that is sorted by already, turn the order round."""
        assert isinstance(self.source, ViewSource)
        result = self.source.result
        if not result.columns[column].sortable:
            self.warn(
                f"{result.columns[column].title} cannot be sorted by: every event would have to be decoded"
            )
            return
        descending = result.columns[column].align == "right"
        if result.sorting is not None and result.sorting[0] == column:
            descending = not result.sorting[1]
        self._sort(column, descending)

    def _sort(self, column: int, descending: bool) -> None:
        """Sort by a column; where rows are equal in it, those sorted by before decide."""
        assert isinstance(self.source, ViewSource)
        result, place = self.source.result, self.place
        before = [one for one in (place.sorting or result.sorting, *place.then) if one is not None]
        then = tuple(one for one in before if one[0] != column and result.columns[one[0]].sortable)[
            :MOST_THEN
        ]
        words = [result.columns[one].title for one, _ in ((column, descending), *then)]
        self.say(f"sorted by {', then '.join(words)}", "$tone-quiet")
        position = Position(self.position().key)
        self.change(replace(place, sorting=(column, descending), then=then, position=position))

    @needs_rows
    def action_pick_sorting(self) -> None:
        """Choose the column to sort by from a list."""
        if not isinstance(self.source, ViewSource):
            self.warn("this list cannot be sorted")
            return
        result = self.source.result
        choice = [j for j, column in enumerate(result.columns) if column.sortable]
        rows = [(Cell(str(j + 1), "quiet"), Cell(result.columns[j].title, "name")) for j in choice]
        source = ListedRows((TableColumn("", right=True), TableColumn("COLUMN", sortable=False)), rows)
        chosen = choice.index(result.sorting[0]) if result.sorting and result.sorting[0] in choice else 0
        panel = ListPanel(
            "Sort by",
            source,
            lambda row, _: Content(result.columns[choice[row]].help),
            row=chosen,
            short=True,
            hint="Enter sorts; the column that is sorted by already is turned round",
        )

        def sort(row: int | None) -> None:
            """Sort, unless what is shown has changed below the panel to what has no such column."""
            shown, column = self.source, result.columns[choice[row]] if row is not None else None
            if isinstance(shown, ViewSource) and column in shown.result.columns:
                self._sort_by(shown.result.columns.index(column))

        self.lay_over(panel, sort)
