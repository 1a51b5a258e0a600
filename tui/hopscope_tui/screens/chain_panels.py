"""The list of the steps to what is shown, and the list of saved chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from hopscope.redaction import shown
from hopscope.text import visible
from hopscope.views import Step
from hopscope.views.links import KINDS, filter_of
from hopscope_tui.keymap import bindings
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

if TYPE_CHECKING:
    from hopscope.kept import SavedChain, SavedChains
    from hopscope_tui.jobs import Jobs

_CHAIN_COLUMNS = (
    TableColumn("", right=True, sortable=False),
    TableColumn("KIND", sortable=False),
    TableColumn("STEP", sortable=False),
)
_WORDS = {
    "filter": "Enter changes the filter.",
    "time": "Enter changes the range of time as a filter on evt.rawtime; I chooses another one.",
}
_SAVED_COLUMNS = (
    TableColumn("NAME", sortable=False),
    TableColumn("FILTERS", sortable=False),
)


class ChainPanel(ListPanel):
    """All steps; the result is the number of the one to change or to come back up to.

    Args:
        steps: the oldest first.
        remove: takes the step with a number away.
        save: saves the filters among them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("chain")]

    def __init__(
        self, steps: Sequence[Step], remove: Callable[[int], None], save: Callable[[], None]
    ) -> None:
        self._steps = steps
        self._remove = remove
        self._save = save
        rows = [
            (Cell(str(i), "quiet"), Cell(step.kind, "quiet"), Cell(visible(shown(step.label)), "name"))
            for i, step in enumerate(steps, 1)
        ]
        super().__init__(
            "Filters and steps",
            ListedRows(_CHAIN_COLUMNS, rows),
            self._notes_of,
            row=max(0, len(steps) - 1),
            empty_text="the whole capture is shown\nF4 sets a filter, I an interval, = only this value",
            hint="Enter changes, d takes away, s saves the filters, Esc closes",
        )

    def _notes_of(self, row: int, width: int) -> Content:
        step = self._steps[row]
        text = visible(shown(filter_of(step))) if step.kind in KINDS else visible(shown(step.text))
        words = _WORDS.get(step.kind, f"The {step.kind} that was gone into. Enter comes back up to it.")
        return Content("\n\n").join([Content(text), Content.styled(words, "$tone-quiet")])

    def action_remove(self) -> None:
        """Take the chosen step away."""
        if self._steps:
            row = self.table.cursor_row
            self.dismiss(None)
            self._remove(row)

    def action_save(self) -> None:
        """Save the filters."""
        self.dismiss(None)
        self._save()


class SavedPanel(ListPanel):
    """The saved chains; the result is the number of the one to recall.

    Attributes:
        adds: True where it is to be added to the active filters, False to take their place.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("saved")]

    def __init__(self, chains: SavedChains, jobs: Jobs) -> None:
        self.adds = False
        self._chains = chains
        self._jobs = jobs
        self._listed: tuple[SavedChain, ...] = ()
        super().__init__(
            "Saved filters",
            self._rows(),
            self._notes_of,
            empty_text="no filters are saved yet\nS saves those that are active",
            hint="Enter recalls, a adds, r renames, d deletes, u brings back, Esc closes",
        )

    def chosen(self, row: int | None) -> SavedChain | None:
        """The chain with a number, None for none."""
        return self._listed[row] if row is not None else None

    def _rows(self) -> ListedRows:
        self._listed = self._chains.list()
        rows = [
            (Cell(visible(one.name), "name"), Cell(visible(shown("  then  ".join(one.filters))), "quiet"))
            for one in self._listed
        ]
        return ListedRows(_SAVED_COLUMNS, rows)

    def _notes_of(self, row: int, width: int) -> Content:
        return Content("\n\n").join([Content(visible(shown(text))) for text in self._listed[row].filters])

    def refresh_list(self, said: str) -> None:
        """Show the chains as they are, with the same row chosen, and say what was done."""
        self.show_rows(self._rows(), self.table.cursor_row)
        self.say(said)

    def action_add(self) -> None:
        """Recall the chosen chain beside the active filters."""
        self.adds = True
        self.action_choose()

    def action_rename(self) -> None:
        """Ask for another name of the chosen chain."""
        if self._listed:
            name = self._listed[self.table.cursor_row].name
            prompt = Prompt(f"Another name for {visible(name)}", name)
            self.app.push_screen(prompt, lambda new: self._rename(name, new))

    def _rename(self, name: str, new: str | None) -> None:
        if new is not None and new.strip() and new.strip() != name:
            said = f"{visible(name)} is called {visible(new.strip())} now"
            self._jobs.change_chains(self._chains, lambda chains: chains.rename(name, new), said)

    def action_delete(self) -> None:
        """Delete the chosen chain."""
        if self._listed:
            name = self._listed[self.table.cursor_row].name
            said = f"{visible(name)} is deleted; u brings it back"
            self._jobs.change_chains(self._chains, lambda chains: chains.remove(name), said)

    def action_undo(self) -> None:
        """Bring back the chain that was deleted last."""
        self._jobs.change_chains(self._chains, lambda chains: chains.undo(), "what was deleted last is back")
