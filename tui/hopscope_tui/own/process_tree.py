"""Who began whom, as rows of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.content import Content

from hopscope.decode.wait_status import end_words
from hopscope.guides import guides
from hopscope.lineage import Lineage, lineage_of
from hopscope.redaction import shown_arguments
from hopscope.text import visible
from hopscope.views import Selection, Step
from hopscope.views.keys import by_process
from hopscope.views.member import Member
from hopscope.views.names import container_label, process_label
from hopscope.views.text import format_duration, format_time
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

_COLUMNS = (
    TableColumn("PROCESS", sortable=False, help="Short name, below the process that began it"),
    TableColumn("PID", right=True, sortable=False, help="Number of the process"),
    TableColumn(
        "BORN", right=True, sortable=False, rank=1, help="When it began; blank for before the capture"
    ),
    TableColumn("LIVED", right=True, sortable=False, help="From birth to end"),
    TableColumn("ENDED", sortable=False, help="Exit status, or the signal that killed it; yes where unknown"),
    TableColumn("RAN", right=True, sortable=False, rank=3, help="Programs it became one after the other"),
    TableColumn("EVENTS", right=True, sortable=False, rank=2, help="Its events of the selection"),
    TableColumn("CONTAINER", sortable=False, rank=4, help="Container, blank on the host"),
    TableColumn("COMMAND", sortable=False, help="Its last program with arguments"),
)
_LONGEST = 1024
"""Characters of a command that are looked at; no screen is wider."""


class TreeSource:
    """Processes as rows of a table."""

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, lineage: Lineage, selection: Selection) -> None:
        self.lineage = lineage
        self._selection = selection
        self._lines = guides([one.depth for one in lineage.processes])

    def __len__(self) -> int:
        return len(self.lineage.processes)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(place) for place in range(start, min(stop, len(self)))]

    def _cells(self, place: int) -> tuple[Cell, ...]:
        store, one = self.lineage.store, self.lineage.processes[place]
        threads = store.threads
        lived = self.lineage.lifetime(one)
        container = int(threads.container[one.state])
        idle = "" if one.events else "quiet"
        return (
            Cell(f"{self._lines[place]}{visible(threads.comm[one.state])}", idle or "name"),
            Cell(str(threads.pid[one.state]), idle),
            Cell(format_time(int(store.time[one.born]), store.epoch) if one.born >= 0 else "", "quiet"),
            Cell(format_duration(lived) if lived >= 0 else "", idle),
            Cell(
                end_words(one.status) or ("yes" if one.died >= 0 else ""), "error" if one.status > 0 else idle
            ),
            Cell(str(len(one.runs)) if len(one.runs) > 1 else "", "process"),
            Cell(f"{one.events:,}" if one.events else "", idle),
            Cell(visible(container_label(store.containers[container])) if container > 0 else "", "name"),
            Cell(self._command(one.state), idle),
        )

    def _command(self, state: int) -> str:
        threads = self.lineage.store.threads
        program = threads.exe[state] or threads.comm[state]
        return visible(" ".join((program, *shown_arguments(program, threads.args[state]))), _LONGEST)

    def objects(self) -> Iterator[dict[str, Any]]:
        """The processes as plain data."""
        from hopscope.cli.tree import process_objects  # noqa: PLC0415  only who saves needs it

        return process_objects(self.lineage)

    def key(self, row: int) -> Hashable:
        """Pid and first state of a process, which stay while a capture is read."""
        one = self.lineage.processes[row]
        return "tree", str(one.life)

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return next((row for row in range(len(self)) if self.key(row) == key), None)

    def event_row(self, row: int) -> int:
        """The first event of a process that is selected, -1 for idle ones."""
        rows = self.event_rows(row)
        return int(rows[0]) if len(rows) else -1

    def event_rows(self, row: int) -> Rows:
        """All events of a process that are selected, ascending."""
        store = self.lineage.store
        rows = np.asarray(store.rows_of_process(self.lineage.processes[row].life), np.int64)
        chosen: Rows = rows[self._selection.mask(store)[rows]]
        return chosen

    def target(self, row: int) -> str:
        """A process leads to its descriptors."""
        return "descriptors"

    def drill(self, row: int) -> Selection | None:
        """The selection narrowed to a process."""
        store, state = self.lineage.store, self.lineage.processes[row].state
        code = int(by_process(store).codes[state])
        return self._selection.push(Step("process", process_label(store, state), Member("process", code)))

    def details(self, row: int, form: Form, width: int) -> Content:
        """A process in full."""
        store, one = self.lineage.store, self.lineage.processes[row]
        lived = self.lineage.lifetime(one)
        parent = self.lineage.processes[one.parent].state if one.parent >= 0 else -1
        facts = [
            ("parent", visible(process_label(store, parent)) if parent >= 0 else ""),
            ("born", self._moment(one.born) or "before the capture"),
            (
                "ended",
                f"{self._moment(one.died)} {end_words(one.status)}".strip() or "still there at the end",
            ),
            ("lived", format_duration(lived) if lived >= 0 else ""),
            ("children", str(sum(other.parent == row for other in self.lineage.processes) or "")),
        ]
        runs = [
            hanging(
                "  " + (self._moment(run.row) or "first"),
                self._command(run.state),
                4,
                width,
                style="$tone-quiet",
            )
            for run in one.runs
        ]
        return texts.sections(
            [
                [hanging("", visible(process_label(store, one.state)), 1, width, style="bold")],
                texts.pairs(facts, width),
                [texts.title("Programs"), *runs],
            ]
        )

    def _moment(self, row: int) -> str:
        store = self.lineage.store
        if row < 0:
            return ""
        return f"event {store.number[row]} at {format_time(int(store.time[row]), store.epoch)} s"


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> TreeSource:
    """The processes that have events of the place's selection, and those above them; all without one."""
    return TreeSource(
        lineage_of(store, place.selection.mask(store) if place.selection else None), place.selection
    )
