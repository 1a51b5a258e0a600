"""All views by heading, and what else there is to see, narrowed by what is typed above them.

Views that make no sense here say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.views import VIEWS, Selection, ViewDefinition, why_not_offered
from hopscope_tui.hanging import hanging
from hopscope_tui.keymap import bindings, key_name
from hopscope_tui.other_places import OTHER_PLACES, OtherPlace
from hopscope_tui.screens.modal import Modal
from hopscope_tui.widgets.notes_pane import NotesPane
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable

_COLUMNS = (
    TableColumn("", right=True, sortable=False),
    TableColumn("VIEW", sortable=False),
    TableColumn("", sortable=False),
)
_Listed = ViewDefinition | OtherPlace
_HINT = "Enter shows the view, words narrow the list, Esc closes"


class ViewPicker(Modal[str]):
    """Choose a view or another place; the result is the name of the view, or of the key that leads there.

    Args:
        store: the capture.
        selection: what the view would be of.
        chosen: name of the view that is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("picker")]
    AUTO_FOCUS = "Input"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  an attribute of Textual's screens

    table = getters.query_one("#panel-table", VirtualTable)
    notes = getters.query_one("#panel-side", NotesPane)

    def __init__(self, store: Store, selection: Selection, chosen: str) -> None:
        super().__init__()
        views = list(VIEWS.values())
        self._views: list[_Listed] = [*views, *OTHER_PLACES]
        self._missing = {view.name: why_not_offered(store, view, selection) for view in views}
        self._chosen = chosen
        self._found: list[_Listed] = []

    def compose(self) -> ComposeResult:
        """What to look for, the views, notes on the chosen one, the keys."""
        with Vertical(id="panel", classes="list-panel -views"):
            yield Input(placeholder="words of a name or a description", compact=True)
            with Horizontal(id="panel-body"):
                yield VirtualTable(id="panel-table")
                yield NotesPane(id="panel-side")
            yield Static(id="panel-hint")

    def on_mount(self) -> None:
        """Show all views."""
        self.query_one("#panel").border_title = Content("Views")
        self.table.can_focus = False
        faults = VIEWS.faults
        if faults:
            self._say(visible(faults[0]), "$text-warning")
        else:
            self._say(_HINT)
        self._search()

    def _say(self, text: str, style: str = "$tone-quiet") -> None:
        self.query_one("#panel-hint", Static).update(Content.styled(text, style))

    @on(Input.Changed)
    def _search(self) -> None:
        """Show the views that have all the words, those with a word in their name first."""
        words = self.query_one(Input).value.casefold().split()
        self._found = matching(self._views, words)
        names = [view.name for view in self._found]
        row = names.index(self._chosen) if not words and self._chosen in names else 0
        source = ListedRows(_COLUMNS, list(self._rows(ordered=not words)))
        self.table.show(source, row, empty_text="no view has these words")
        if not self._found:
            self.notes.show(None)

    def _rows(self, *, ordered: bool) -> Iterable[tuple[Cell, ...]]:
        digits = {tab.name: str(number) for number, tab in enumerate(VIEWS.tabs, 1)}
        group = ""
        for view in self._found:
            heading = view.group if view.group != group or not ordered else ""
            group = view.group
            tone = "quiet" if self._missing.get(view.name) else "name"
            digit = digits.get(view.name, "")
            if isinstance(view, OtherPlace):
                digit = key_name(view.key.keys[0]) if view.key.keys else ""
            yield Cell(digit, "quiet"), Cell(visible(view.title), tone), Cell(visible(heading), "quiet")

    @on(VirtualTable.CursorMoved)
    def _row_chosen(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        if self.is_open and self._found:
            self.notes.show(partial(self._notes, self._found[self.table.cursor_row]))

    def _notes(self, view: _Listed, width: int) -> Content:
        if isinstance(view, OtherPlace):
            return place_notes(view)
        return view_notes(view, width, self._missing[view.name])

    def action_move(self, rows: int) -> None:
        """Choose a row further up or down."""
        self.table.cursor_row += rows

    @on(Input.Submitted)
    @on(VirtualTable.RowOpened)
    def action_choose(self) -> None:
        """Take the chosen view where it makes sense; else say why it does not."""
        if not self._found:
            return
        view = self._found[self.table.cursor_row]
        missing = self._missing.get(view.name)
        if missing and view.name != self._chosen:
            self._say(f"{visible(view.title)}: {missing}", "$text-warning")
        else:
            self.dismiss(view.name)


def matching(views: Sequence[_Listed], words: Sequence[str]) -> list[_Listed]:
    """The views that have all the words: that of this very title, those with all of them in a name, others.

    Words are in small letters.
    """
    titled, named, described = [], [], []
    for view in views:
        names = " ".join((view.title, view.name, *view.aliases)).casefold()
        if " ".join(words) == view.title.casefold():
            titled.append(view)
        elif all(word in names for word in words):
            named.append(view)
        elif all(word in f"{names} {view.group} {view.description}".casefold() for word in words):
            described.append(view)
    return titled + named + described


def place_notes(place: OtherPlace) -> Content:
    """What is to be seen there, and what prints the same."""
    return Content("\n").join(
        [
            Content(place.description),
            Content(),
            Content.assemble(("as a command ", "$tone-quiet"), place.command),
        ]
    )


def view_notes(view: ViewDefinition, width: int, missing: str = "") -> Content:
    """What a view is for, where Enter leads, and its columns.

    Args:
        view: the view.
        width: cells of a line.
        missing: why it is not offered, empty where it is.
    """
    target = VIEWS.find(view.target)
    leads = visible(target.title) if target is not None else "the details of the event"
    said = [Content.styled(f"Not here: {missing}.", "$text-warning"), Content()] if missing else []
    columns = [hanging(visible(column.title), visible(column.help), 12, width) for column in view.columns]
    counted = [Content.assemble(("counts ", "$tone-quiet"), visible(view.filter))] if view.filter else []
    return Content("\n").join(
        [
            *said,
            Content(visible(view.description)),
            Content(),
            Content.assemble(("Enter leads to ", "$tone-quiet"), leads),
            Content.assemble(("as a command ", "$tone-quiet"), f"hopscope view {view.name}"),
            *counted,
            Content(),
            *columns,
        ]
    )
