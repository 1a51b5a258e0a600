"""Looking closer: details, dig, echo, hex, help, the legend of a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from textual import on
from textual.content import Content

from hopscope.redaction import is_redacting, set_redacting
from hopscope.store.members import readable_facts
from hopscope.views import VIEWS
from hopscope_tui.capture_facts import fact_name, fact_text
from hopscope_tui.details import event_details
from hopscope_tui.forms import FORM_WORDS, next_form
from hopscope_tui.hanging import hanging
from hopscope_tui.navigator import ECHO, Place, Position
from hopscope_tui.own.places import OWN
from hopscope_tui.place_texts import title_of
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.saved_list import SavedTexts
from hopscope_tui.screens.base import EVENTS, has_details
from hopscope_tui.screens.capture_panel import CapturePanel
from hopscope_tui.screens.help import HelpPanel
from hopscope_tui.screens.saving_actions import SavingActions
from hopscope_tui.screens.text_panel import TextPanel
from hopscope_tui.screens.view_actions import ViewActions
from hopscope_tui.sources import Detailed
from hopscope_tui.widgets.details_pane import DetailsPane
from hopscope_tui.widgets.virtual_table import NO_COLUMN

_FULL = "-details-full"
_SHOWN = "-details-shown"
_HIDDEN = "-details-hidden"


class LookActions(ViewActions, SavingActions):
    """Actions that show more of what is chosen."""

    # --- details ---------------------------------------------------------------------------------

    def show_details_in_full(self) -> None:
        """Give the details the whole width."""
        self.body.add_class(_FULL)
        self.show_details()
        self.details.focus()

    def stop_reading(self) -> bool:
        """Read no further. False where nothing is being read."""
        raise NotImplementedError

    def close_details(self) -> bool:
        """Give the width back to the list. False where the list has it already."""
        if not self.leave_details():
            return False
        self.show_details()
        return True

    def leave_details(self) -> bool:
        """The same where other rows, with their details, are about to be shown."""
        if not self.body.has_class(_FULL):
            return False
        self.body.remove_class(_FULL)
        self.table.focus()
        return True

    def show_details(self) -> None:
        """Write the details of the chosen event."""
        width = self.details.text_width
        if not (self.has_row and self.details.display):
            self.details.show(None)
        elif self.lists_events:
            row = self.event_row
            self.details.show(event_details(self.store, row, self.look.hexadecimal, width), row)
        elif isinstance(self.rows, Detailed):
            row = self.table.cursor_row
            self.details.show(self.rows.details(row, self.look.form, width), row)
        else:
            self.details.show(None)

    @on(DetailsPane.Resized)
    def _wrap_details(self) -> None:
        self.show_details()

    @needs_rows
    def action_toggle_details(self) -> None:
        """Show or hide the details beside the list of events."""
        if not has_details(self.place):
            self.warn("details are shown beside events; d goes to the events of the row")
            return
        shown = self.details.display
        self.body.set_class(not shown, _SHOWN)
        self.body.set_class(shown, _HIDDEN)
        self.body.remove_class(_FULL)
        if shown:
            self.table.focus()
        self.show_details()

    @needs_rows
    def action_switch_pane(self) -> None:
        """From the list to the details and back."""
        if self.details.display and not self.details.has_focus:
            self.details.focus()
        elif self.table.display:
            self.table.focus()

    @needs_rows
    def action_toggle_hex(self) -> None:
        """Data as text, as bytes in hex, or where that is a place for it as its protocol says."""
        decodes = self.place.view in OWN and OWN[self.place.view].decodes
        form = next_form(self.look.form) if decodes else "text" if self.look.hexadecimal else "hex"
        self.look = replace(self.look, form=form)
        self.say(FORM_WORDS[form], "$tone-quiet")
        if decodes:
            self.change(replace(self.place, position=Position(self.position().key)))
        else:
            self.show_details()

    @needs_rows
    def action_redact(self) -> None:
        """Mask what looks like a credential, or show it again."""
        set_redacting(not is_redacting())
        masked = "what looks like a credential is masked" if is_redacting() else "credentials are shown"
        self.say(masked, "$text-warning")
        self.use_masking()

    @needs_rows
    def use_masking(self) -> None:
        """Show everything again where credentials were masked or shown since, perhaps in another tab."""
        if self.masked is is_redacting():
            return
        self.masked = is_redacting()
        self.last_hop = None  # its evidence is in words of before
        self.show_title()
        self.change(replace(self.place, position=Position(self.position().key)))

    def action_close_open(self) -> None:
        """Stop what takes long, close details, forget search and cell, stop reading; one after the other."""
        jobs = ("find", "hops", "values", "link", "tell", "write", "find_connection")
        if self.stop_seeking() or self.jobs.stop(*jobs):
            self.hopping_from, self.pointing = None, False
            self.waiting_actions.clear()
            self.say("stopped", "$tone-quiet")
        elif not self.close_details() and (self.table.is_marked or not self.stop_reading()):
            self.table.highlight("")
            self.table.cursor_column = NO_COLUMN
            self.say("")

    # --- dig and echo ----------------------------------------------------------------------------

    @needs_rows
    def action_dig(self) -> None:
        """The events of the chosen row."""
        place = self._closer(EVENTS)
        if place is not None:
            self.go(place)

    @needs_rows
    def action_echo(self) -> None:
        """The bytes of the chosen row."""
        place = self._closer(ECHO)
        if place is not None:
            self.go(place)

    def _closer(self, view: str) -> Place | None:
        """The chosen row seen through its events or bytes; None where no row is chosen."""
        if not self.has_row:
            self.warn("there is no row to look into")
            return None
        here, row = self.place.at(self.position()), self.table.cursor_row
        if not self.lists_events and self.place.view != ECHO:
            selection = self.rows.drill(row)
            return Place(view, selection, here) if selection is not None else None
        event = self.event_row
        if event < 0:
            return None
        around = self.selection_around(event)
        return replace(around, view=view, parent=here)

    # --- help ------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """All keys."""
        self.lay_over(HelpPanel())

    @needs_rows
    def action_legend(self) -> None:
        """What the view and its columns mean."""
        place = self.place
        about = OWN[place.view].about if place.view in OWN else VIEWS[place.view].description
        columns = [column for column in self.rows.columns if column.title]

        def legend(width: int) -> Content:
            lines = [hanging(column.title, column.help, 14, width) for column in columns]
            return Content("\n").join([Content(about), Content(), *lines])

        self.lay_over(TextPanel(title_of(place), legend))

    @needs_rows
    def action_about_capture(self) -> None:
        """What the capture is and what is missing in it."""
        facts = readable_facts(self.store.info())
        self.lay_over(CapturePanel(facts, lambda: self._save_facts(facts)))

    def _save_facts(self, facts: Mapping[str, object]) -> None:
        """Save what is known about the capture, and what is missing in it, to a file."""
        from hopscope.views.export import exported_listing  # noqa: PLC0415  only who saves needs it

        texts = [
            [fact_name(name), line]
            for name, value in facts.items()
            for line in fact_text(name, value).splitlines()
        ]
        headings = [("FACT", False), ("VALUE", False)]
        listing = SavedTexts(headings, texts, [self.store.info()])
        self.save_list("The capture", "capture", partial(exported_listing, listing))
