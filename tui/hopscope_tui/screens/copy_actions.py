"""Taking away: rows, cells and data to the clipboard, rows to a file, the command line behind a view."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from textual import on
from textual.content import Content

from hopscope.errors import HopscopeError
from hopscope.kept.new_file import check_target
from hopscope.text import visible
from hopscope.views.text import format_bytes
from hopscope_tui.messages import FileWritten, TextTold
from hopscope_tui.place_texts import title_of
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.prompt import Prompt
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
        if not isinstance(self.source, ViewSource):
            self.save_place()
            return
        hint = "a new file; its end says what it becomes: .csv, .json or .md"
        prompt = Prompt(f"Save {title_of(self.place)}", f"{self.place.view}.csv", hint=hint, over=True)
        self.lay_over(prompt, self._export)

    def _export(self, name: str | None) -> None:
        from hopscope.views.export import ExportForm, exported  # noqa: PLC0415  only who saves needs it

        if name is None or not name.strip() or not isinstance(self.source, ViewSource):
            return
        path = Path(name.strip()).expanduser()
        forms = {f".{form.value}": form for form in ExportForm} | {".markdown": ExportForm.MARKDOWN}
        form = forms.get(path.suffix.lower())
        if form is None:
            self.warn(f"{visible(path.name)} ends in none of {', '.join(forms)}")
            return
        request = self.opening.request
        try:
            check_target(path)
        except HopscopeError as error:
            self.warn(str(error))
            return
        self.say(f"writing {visible(path.name)} …, Esc stops", "$tone-quiet")
        self.jobs.write(path, partial(exported, self.source.result, form), [request.path, *request.more])

    @on(FileWritten)
    def _written(self, event: FileWritten) -> None:
        self.say(
            f"{visible(str(event.path))} is written, {format_bytes(event.size)}{event.note}", "$tone-quiet"
        )
