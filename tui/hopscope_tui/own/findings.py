"""What is wrong, as rows of a table: each finding, and below it the steps that it is made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.content import Content

from hopscope.conversation.exchange import owner_at
from hopscope.findings import RULES, Finding, Part, findings_of
from hopscope.findings.engine import severity
from hopscope.text import visible
from hopscope.views.chosen import events_selection
from hopscope.views.text import format_duration, format_time
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

_COLUMNS = (
    TableColumn("LOST", right=True, sortable=False, help="Time that processes waited for it; counted once"),
    TableColumn("SEVERITY", sortable=False, rank=2, help="high from 1 s lost on, medium from 0.1 s on"),
    TableColumn("RULE", sortable=False, rank=1, help="Which rule found it"),
    TableColumn("PROCESS", sortable=False, rank=3, help="Whom it is about"),
    TableColumn("WHERE", sortable=False, rank=4, help="Pod or container of the process"),
    TableColumn("EVENTS", right=True, sortable=False, rank=5, help="Events that it stands for"),
    TableColumn("FINDING", sortable=False, help="What is wrong; its steps below it"),
)
_TONES = {"high": "error", "medium": "process", "low": "quiet"}
_SIGNS = {"high": "▲ high", "medium": "△ medium", "low": "· low"}
_LABEL = 60


@dataclass(frozen=True, slots=True)
class _Line:
    """A finding, or one of its steps."""

    finding: int
    part: Part | None = None
    number: int = 0


class FindingsSource:
    """Findings as rows of a table."""

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, store: Store, found: list[Finding]) -> None:
        self.store = store
        self.found = found
        self._lines: list[_Line] = []
        for i, one in enumerate(found):
            self._lines.append(_Line(i))
            self._lines += [_Line(i, part, number) for number, part in enumerate(one.parts, 1)]

    def __len__(self) -> int:
        return len(self._lines)

    def finding(self, row: int) -> Finding:
        """The finding of a row."""
        return self.found[self._lines[row].finding]

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [
            self._part_cells(line) if line.part else self._cells(line) for line in self._lines[start:stop]
        ]

    def _cells(self, line: _Line) -> tuple[Cell, ...]:
        one = self.found[line.finding]
        owner = owner_at(self.store, one.row)
        word = severity(one.lost)
        tone = _TONES[word]
        return (
            Cell(format_duration(one.lost) if one.lost else "", tone),
            Cell(_SIGNS[word], tone),
            Cell(one.rule),
            Cell(texts.who_text(owner), "name"),
            Cell(texts.where_text(owner), "name"),
            Cell(f"{len(one.all_rows()):,}", "quiet"),
            Cell(visible(one.sentence), "error" if word == "high" else ""),
        )

    def _part_cells(self, line: _Line) -> tuple[Cell, ...]:
        part = line.part
        assert part is not None
        count = len(self.found[line.finding].parts)
        start = format_time(part.start, self.store.epoch)
        text = f"↳ step {line.number} of {count}: {format_duration(part.lost)} from {start} s"
        return (
            Cell(format_duration(part.lost), "quiet"),
            *(Cell("") for _ in _COLUMNS[2:-1]),
            Cell(f"{len(part.rows):,}", "quiet"),
            Cell(text, "quiet"),
        )

    def objects(self) -> Iterator[dict[str, Any]]:
        """The findings as plain data."""
        from hopscope.cli.findings import finding_object  # noqa: PLC0415  only who saves needs it

        return (finding_object(self.store, one) for one in self.found)

    def key(self, row: int) -> Hashable:
        """What a row stands for: rule and events of a finding, and the number of a step."""
        one, line = self.finding(row), self._lines[row]
        return "finding", one.rule, one.evidence, line.number

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return next((row for row in range(len(self)) if self.key(row) == key), None)

    def evidence(self, row: int) -> tuple[tuple[int, ...], str]:
        """The events to look at one after the other, and what they prove."""
        part = self._lines[row].part
        one = self.finding(row)
        return (part.rows if part is not None else one.evidence), visible(one.sentence)

    def event_row(self, row: int) -> int:
        """The first event of the evidence."""
        rows, _ = self.evidence(row)
        return rows[0] if rows else -1

    def event_rows(self, row: int) -> Rows:
        """All events of a finding or a step."""
        part = self._lines[row].part
        return np.array(part.rows, np.int64) if part is not None else self.finding(row).all_rows()

    def drill(self, row: int) -> Selection | None:
        """The events of a finding or a step."""
        one, line = self.finding(row), self._lines[row]
        step = f" step {line.number}" if line.part else ""
        label = f"{one.rule}{step}: {one.sentence}"
        return events_selection(
            "finding", label if len(label) <= _LABEL else f"{label[:_LABEL]}…", self.event_rows(row)
        )

    def details(self, row: int, form: Form, width: int) -> Content:
        """A finding in full."""
        store, one = self.store, self.finding(row)
        rule = next((rule for rule in RULES if rule.name == one.rule), None)
        owner = owner_at(store, one.row)
        steps = [
            hanging(
                f"  {number}",
                f"{format_duration(part.lost)} from {format_time(part.start, store.epoch)} s, events "
                + ", ".join(str(store.number[row]) for row in part.rows[: texts.MOST_EVENTS]),
                6,
                width,
                style="$tone-quiet",
            )
            for number, part in enumerate(one.parts, 1)
        ]
        word = severity(one.lost)
        facts = [
            ("severity", f"{_SIGNS[word]}, {rule.title}" if rule else _SIGNS[word]),
            ("lost", format_duration(one.lost) if one.lost else "no time"),
            ("lasted", format_duration(one.elapsed) if one.elapsed != one.lost else ""),
            ("counted is", rule.lost if rule else ""),
            ("process", f"{texts.who_text(owner)} {texts.where_text(owner)}".strip()),
            ("evidence is", rule.evidence if rule else ""),
        ]
        return texts.sections(
            [
                [hanging("", visible(one.sentence), 1, width, style="")],
                texts.pairs(facts, width),
                [texts.title("Steps"), *steps] if steps else [],
                [texts.title("Evidence"), *texts.events_text(store, one.evidence, width)],
            ]
        )


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> FindingsSource:
    """The findings that events of the place's selection belong to."""
    mask = place.selection.mask(store) if place.selection else None
    found = findings_of(store, mask, watch.report)
    if watch.cancelled():
        watch.report(1.0)
    return FindingsSource(store, found)
