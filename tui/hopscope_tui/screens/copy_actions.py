"""Taking away: rows, cells and data to the clipboard, rows to a file, the command line behind a view."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.content import Content

from hopscope.text import visible
from hopscope.views.text import format_bytes
from hopscope_tui.messages import FileWritten, TextTold
from hopscope_tui.place_texts import title_of
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.saved_list import Savable, SavedList
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.saving_actions import SavingActions
from hopscope_tui.screens.text_panel import TextPanel
from hopscope_tui.sources import ViewSource
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

_COMMAND = "command"


class CopyActions(SavingActions):
    """Actions that take something out of the program."""

    # --- clipboard -------------------------------------------------------------------------------

    @needs_rows
    def action_copy_row(self) -> None:
        """The chosen row as text to the clipboard of the terminal."""
        from hopscope_tui.copies import row_text  # noqa: PLC0415  only who copies needs it

        if self.has_row:
            self._copy(row_text(self.rows, self.table.cursor_row), "the row")

    @needs_rows
    def action_copy(self) -> None:
        """Choose what of the row to copy."""
        from hopscope_tui.copies import copies  # noqa: PLC0415  only who copies needs it

        if not self.has_row:
            self.warn("there is no row to copy")
            return
        choice = list(copies(self.store, self.rows, self.table.cursor_row, self.table.cursor_column))
        panel = ListPanel(
            "Copy",
            ListedRows((TableColumn("WHAT", sortable=False),), [(Cell(one.name, "name"),) for one in choice]),
            lambda row, width: Content(choice[row].text),
            short=True,
            hint="Enter copies to the clipboard of the terminal, Esc does not",
        )

        def take(row: int | None) -> None:
            if row is not None:
                self._copy(choice[row].text, choice[row].name)

        self.lay_over(panel, take)

    def _copy(self, text: str, what: str) -> None:
        from hopscope_tui.copies import MOST  # noqa: PLC0415

        self.app.copy_to_clipboard(text[:MOST])
        cut = f"; only its first {MOST:,} characters" if len(text) > MOST else ""
        self.say(f"copied {what}{cut}", "$tone-quiet")

    # --- the command -----------------------------------------------------------------------------

    @needs_rows
    def action_command(self) -> None:
        """The command line that prints what is shown."""
        from hopscope_tui.command_lines import command_line  # noqa: PLC0415  only who asks needs it

        if not isinstance(self.source, ViewSource):
            self.warn("no command prints this list; it prints the views and their events")
            return
        self.say("finding the filter …", "$tone-quiet")
        find = partial(command_line, self.opening.request, self.store, self.place, self.source.result)
        self.jobs.tell(find, _COMMAND)

    @on(TextTold)
    def _show_command(self, event: TextTold) -> None:
        if event.take != _COMMAND:
            return
        command = event.text.partition("\n")[0]
        self._copy(command, "the command")
        text = Content(f"{visible(command)}{event.text[len(command) :]}")
        self.lay_over(TextPanel("The command that prints this", lambda width: text))

    # --- files -----------------------------------------------------------------------------------

    @needs_rows
    def action_export(self) -> None:
        """Ask for a name and save the rows under it."""
        from hopscope.views.export import exported, exported_listing  # noqa: PLC0415  only who saves needs it

        source = self.rows
        if isinstance(source, ViewSource):
            self.save_list(title_of(self.place), self.place.view, partial(exported, source.result))
        elif isinstance(source, Savable):
            listing = SavedList(source, source)
            self.save_list(title_of(self.place), self.place.view, partial(exported_listing, listing))
        else:
            self.save_place()

    @on(FileWritten)
    def _written(self, event: FileWritten) -> None:
        text = f"{visible(str(event.path))} is written, {format_bytes(event.size)}{event.note}"
        self.say(text, "$tone-quiet")
        self.tell_panel(ListPanel, lambda panel: panel.say(text))
