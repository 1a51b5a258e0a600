"""The filter line: open it, answer it while somebody types, apply what was typed."""

from __future__ import annotations

from dataclasses import replace

from textual import on

from hopscope.errors import HopscopeError
from hopscope.redaction import shown
from hopscope.text import visible
from hopscope.views import Step
from hopscope.views.links import filter_of, link_of, links, with_link
from hopscope_tui.messages import CompletionsFound, HistoryRead, MatchesCounted, NotKept
from hopscope_tui.navigator import Place, Position, with_steps
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase
from hopscope_tui.screens.history_panel import HistoryPanel
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.widgets.filter_bar import FilterBar


class FilterActions(MainBase):
    """Actions around the filter line.

    Attributes:
        edited: the link whose filter is being changed; None where one is added.
    """

    edited: Step | None = None
    _is_wanted = False
    _is_opening = False

    @property
    def keeps_keys(self) -> bool:
        """True from the key that opens the line until it is there, also while rows are waited for."""
        return self._is_opening or (self._is_wanted and bool(self.waiting_actions))

    def action_edit_filter(self) -> None:
        """Open the filter line on the filter set last, where it is the last step."""
        self._is_wanted = True
        self._edit_filter()

    def action_add_filter(self) -> None:
        """Open an empty filter line."""
        self._is_wanted = True
        self._add_filter()

    @needs_rows
    def _edit_filter(self) -> None:
        steps = self.place.selection.steps
        self.edit_link(steps[-1] if steps and steps[-1].kind == "filter" else None)

    @needs_rows
    def _add_filter(self) -> None:
        self.edit_link(None)

    def edit_link(self, link: Step | None) -> None:
        """Open the filter line on a link; on an empty one without."""
        self._is_wanted = False
        if link is not None and shown(filter_of(link)) != filter_of(link):
            self.warn("this filter has a credential that is masked; R shows credentials")
            return
        self.edited, self._is_opening = link, True
        self.run_worker(self._open_filter(), exclusive=True, group="filter-line")

    async def _open_filter(self) -> None:
        try:
            await self._show_line()
        finally:
            self._is_opening = False
        self.jobs.read_history()

    async def _show_line(self) -> None:
        bar = self.query_one_optional(FilterBar)
        if bar is None:
            bar = FilterBar(id="filter")
            await self.mount(bar, before=self.body)
        active = links(self.place.selection)
        title = "Change" if self.edited is not None else "Add" if active else "Filter"
        bar.open(filter_of(self.edited) if self.edited is not None else "", title)

    @on(FilterBar.Left)
    def _leave_filter(self) -> None:
        for bar in self.query(FilterBar):
            bar.close()
        self.table.focus()

    # --- while it is typed -----------------------------------------------------------------------

    @on(FilterBar.Typed)
    def _look_into(self, event: FilterBar.Typed) -> None:
        self.jobs.complete(self.store, event.text, event.cursor)
        around = self.place.selection
        if self.edited is not None:
            around = with_link(around, self.edited, ())
        self.jobs.count(self.store, around, event.text)

    @on(CompletionsFound)
    def _offer_completions(self, event: CompletionsFound) -> None:
        for bar in self.query(FilterBar):
            bar.offer(event.text, event.offers, event.error)

    @on(MatchesCounted)
    def _show_count(self, event: MatchesCounted) -> None:
        for bar in self.query(FilterBar):
            bar.show_count(event.text, event.left, event.every)

    # --- filters typed before --------------------------------------------------------------------

    @on(HistoryRead)
    def _take_history(self, event: HistoryRead) -> None:
        for notice in event.notices:
            self.warn(notice)
        for bar in self.query(FilterBar):
            bar.take_history(event.lines)
        self.tell_panel(HistoryPanel, lambda panel: panel.take_lines(event.lines))

    @on(NotKept)
    def _not_kept(self, event: NotKept) -> None:
        self.tell_panel(ListPanel, lambda panel: panel.say(visible(event.text)))
        self.warn(visible(event.text))

    @on(FilterBar.HistoryWanted)
    def _list_history(self, event: FilterBar.HistoryWanted) -> None:
        self.lay_over(HistoryPanel(event.text, self.jobs), self._take_line)
        self.jobs.read_history()

    def _take_line(self, line: str | None) -> None:
        for bar in self.query(FilterBar):
            if line is not None:
                bar.put(line)

    # --- applying it -----------------------------------------------------------------------------

    @on(FilterBar.Applied)
    def _apply_filter(self, event: FilterBar.Applied) -> None:
        self._leave_filter()
        old, self.edited = self.edited, None
        if event.text:
            self.jobs.remember(event.text)
        if event.text == (filter_of(old) if old is not None else ""):
            return
        try:
            new = [link_of(event.text, self.store.epoch)] if event.text else []
        except HopscopeError as error:
            self.warn(visible(str(error)))
            return
        if old is not None:
            self.go_linked(with_steps(self.place, old, new))
        else:
            self.add_link(new[0])

    def add_link(self, link: Step) -> None:
        """Narrow what is shown by one more link."""
        if any(filter_of(one) == filter_of(link) for one in links(self.place.selection)):
            self.warn(f"{visible(shown(link.text))} is one of the filters already")
            return
        self.go_linked(replace(self.place, selection=self.place.selection.push(link)))

    def go_linked(self, place: Place) -> None:
        """Go to the place one is at under other links, with the same row chosen if it is still there."""
        self.go(replace(place, position=Position(self.position().key)))
