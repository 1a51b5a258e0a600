"""Links of the chain: from what a person points at, taken away, listed, saved under a name, recalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content

from hopscope.errors import HopscopeError
from hopscope.redaction import shown
from hopscope.text import visible
from hopscope.views import Step
from hopscope.views.links import filter_of, link_of, links
from hopscope_tui.messages import ChainRefused, ChainsChanged, ChainsRead, LinkFound, ValuesFound
from hopscope_tui.navigator import with_steps
from hopscope_tui.pointed import cell_values, row_values
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.chain_panels import ChainPanel, SavedPanel
from hopscope_tui.screens.filter_actions import FilterActions
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import NO_COLUMN

if TYPE_CHECKING:
    from hopscope.kept import SavedChain
    from hopscope.store.store import Store
    from hopscope.views.conditions import FieldValue


class ChainActions(FilterActions):
    """Actions around the links of the chain.

    Attributes:
        saving: name and filters of a chain that is being saved, empty while none is.
    """

    saving: tuple[str, tuple[str, ...]] = ("", ())

    # --- this value, not this value --------------------------------------------------------------

    @needs_rows
    def action_this_value(self, negated: bool) -> None:
        """Narrow to the value of the chosen cell, or to all but it; without a cell let one be chosen."""
        if not self.has_row:
            self.warn("there is no value here to filter by")
            return
        row, column = self.table.cursor_row, self.table.cursor_column
        if self.details.has_focus or not self.table.display:
            column = NO_COLUMN
        if column == NO_COLUMN:
            find = row_values(self.store, self.rows, row)
        else:
            find = cell_values(self.store, self.rows, row, column)
        self.pointing = True
        self.say("looking for the field …", "$tone-quiet")
        self.jobs.values(find, negated, column == NO_COLUMN)

    @on(ValuesFound)
    def _values_found(self, event: ValuesFound) -> None:
        self.pointing = False
        self.say("")
        if event.problem or not event.values:
            self.warn(visible(event.problem) or "no field has a value of this row")
        elif event.ask:
            self._offer_values(event.values, event.negated)
        else:
            self._add_value(event.values[0], event.negated)
        self.catch_up()

    def _offer_values(self, values: Sequence[FieldValue], negated: bool) -> None:
        self.waiting_actions.clear()
        columns = (TableColumn("FIELD", sortable=False), TableColumn("VALUE", sortable=False))
        rows = [(Cell(visible(one.field), "quiet"), Cell(visible(shown(one.text)), "name")) for one in values]
        panel = ListPanel(
            "Everything but this value" if negated else "Only this value",
            ListedRows(columns, rows),
            lambda row, width: Content(visible(shown(_condition(values[row], negated)))),
            hint="Enter adds the filter, Esc does not",
        )
        self.lay_over(panel, lambda row: self._add_value(values[row], negated) if row is not None else None)

    def _add_value(self, value: FieldValue, negated: bool) -> None:
        try:
            self.add_link(link_of(_condition(value, negated), self.store.epoch))
        except HopscopeError as error:
            self.warn(visible(str(error)))

    @needs_rows
    def action_only(self, what: str) -> None:
        """Narrow to the ``thread``, ``process`` or ``descriptor`` of the event, or of the row's first."""
        self.pointing = True
        row = self.event_row
        self.jobs.link(partial(_only, self.store, row, what), self.store.epoch)

    @on(LinkFound)
    def _link_found(self, event: LinkFound) -> None:
        self.pointing = False
        if event.link is None:
            self.warn(visible(event.problem))
        else:
            self.add_link(event.link)
        self.catch_up()

    # --- taking links away -----------------------------------------------------------------------

    @needs_rows
    def action_pop_link(self) -> None:
        """Take the last filter or range of time away."""
        active = links(self.place.selection)
        if active:
            self.take_away(active[-1])
        else:
            self.say("there is no filter here", "$tone-quiet")

    def take_away(self, step: Step) -> None:
        """Take a step out of what is shown and of all places above."""
        self.go_linked(with_steps(self.place, step, ()))
        self.say(f"without {visible(shown(step.text))}; Ctrl-O brings it back", "$tone-quiet")

    @needs_rows
    def action_chain(self) -> None:
        """List all steps, the oldest first."""
        steps = self.place.selection.steps
        panel = ChainPanel(steps, lambda row: self.take_away(steps[row]), self.action_save_chain)
        self.lay_over(panel, lambda row: self._choose_step(steps, row))

    def _choose_step(self, steps: Sequence[Step], row: int | None) -> None:
        """Change a link; come back up to any other step."""
        if row is None:
            return
        if steps[row] in links(self.place.selection):
            self.edit_link(steps[row])
        elif row + 1 < len(steps):
            self.go(self.navigator.ancestor(row + 1))

    # --- saved chains ----------------------------------------------------------------------------

    @needs_rows
    def action_save_chain(self) -> None:
        """Ask for a name and save the active filters under it."""
        filters = tuple(map(filter_of, links(self.place.selection)))
        if not filters:
            self.warn("there is no filter to save; F4 sets one")
            return
        prompt = Prompt("Save the filters under a name", hint=visible(shown("  then  ".join(filters))))
        self.lay_over(prompt, lambda name: self._save(name, filters))

    def _save(self, name: str | None, filters: tuple[str, ...], *, over: bool = False) -> None:
        if name is None or not name.strip():
            return
        self.saving = (name.strip(), filters)
        said = f"saved as {visible(name.strip())}; O recalls it"
        self.jobs.change_chains(None, lambda chains: chains.save(name, filters, over=over), said)

    @needs_rows
    def action_recall(self) -> None:
        """List the saved chains."""
        self.jobs.read_chains()

    @on(ChainsRead)
    def _list_chains(self, event: ChainsRead) -> None:
        for notice in event.chains.notices:
            self.warn(notice)
        panel = SavedPanel(event.chains, self.jobs)
        self.lay_over(panel, lambda row: self._recall(panel.chosen(row), panel.adds))

    def _recall(self, chain: SavedChain | None, adds: bool) -> None:
        """Put a chain in the place of the active filters, or add it to them."""
        if chain is None:
            return
        try:
            recalled = [link_of(text, self.store.epoch) for text in chain.filters]
        except HopscopeError as error:
            self.warn(f"{chain.name} cannot be used: {visible(str(error))}")
            return
        place = self.place
        for link in () if adds else links(place.selection):
            place = with_steps(place, link, ())
        for link in recalled:
            if all(filter_of(one) != filter_of(link) for one in links(place.selection)):
                place = replace(place, selection=place.selection.push(link))
        self.go_linked(place)
        self.say(f"{chain.name} is active; Ctrl-O brings the filters before back", "$tone-quiet")

    @on(ChainsChanged)
    def _chains_changed(self, event: ChainsChanged) -> None:
        self.saving = ("", ())
        if not self.tell_panel(SavedPanel, lambda panel: panel.refresh_list(event.text)):
            self.say(event.text, "$text-success")

    @on(ChainRefused)
    def _chain_refused(self, event: ChainRefused) -> None:
        (name, filters), self.saving = self.saving, ("", ())
        if self.tell_panel(SavedPanel, lambda panel: panel.refresh_list(visible(event.text))):
            return
        if event.exists and name:
            self._ask_to_replace(name, filters)
        else:
            self.warn(visible(event.text))

    def _ask_to_replace(self, name: str, filters: tuple[str, ...]) -> None:
        answers = ("keep the old one", "replace it", "choose another name")
        rows = [(Cell(answer, "name"),) for answer in answers]
        panel = ListPanel(
            f"There is a chain called {visible(name)} already",
            ListedRows((TableColumn("", sortable=False),), rows),
            lambda row, width: Content("\n".join(visible(shown(one)) for one in filters)),
            hint="Enter chooses, Esc keeps the old one",
        )

        def answer(row: int | None) -> None:
            if row == 1:
                self._save(name, filters, over=True)
            elif row == 2:
                self.action_save_chain()

        self.lay_over(panel, answer)


def _condition(value: FieldValue, negated: bool) -> str:
    from hopscope.views.conditions import without  # noqa: PLC0415  only who filters needs it

    return without(value.condition) if negated else value.condition


def _only(store: Store, row: int, what: str) -> str:
    from hopscope.views import conditions  # noqa: PLC0415

    only = {
        "thread": conditions.only_thread,
        "process": conditions.only_process,
        "descriptor": conditions.only_descriptor,
    }[what]
    return only(store, row)
