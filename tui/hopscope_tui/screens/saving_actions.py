"""Saving what is shown where it is no view: the bytes of conversations, trails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from hopscope.errors import HopscopeError
from hopscope.json_text import json_document
from hopscope.kept.new_file import check_target
from hopscope.redaction import is_redacting, redact_bytes
from hopscope.text import visible
from hopscope_tui.own.blocks import BlockSource
from hopscope_tui.own.places import TRAIL
from hopscope_tui.screens.base import MainBase
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Store
    from hopscope.views.export import ExportForm
    from hopscope_tui.own.trail import TrailSource

Pieces = Callable[["ExportForm"], Iterator[str]]
"""A list as a file in a form."""

Choice = tuple[str, str, str, Callable[[], Iterator[str | bytes]]]
"""What can be saved: in words, the file's name to begin with, what to say behind it, and the bytes."""


class SavingActions(MainBase):
    """Lists as files in the form that their name says; what exporting does where no list is shown."""

    def save_place(self) -> None:
        """Save what is shown to a new file."""
        choices = self.savable()
        if not choices:
            self.warn("this list cannot be saved; views, conversations and trails can")
        elif len(choices) == 1:
            self._ask_name(choices[0])
        else:
            rows = [(Cell(choice[0], "name"),) for choice in choices]
            panel = ListPanel(
                "Save",
                ListedRows((TableColumn("WHAT", sortable=False),), rows),
                lambda row, _: Content(choices[row][1]),
            )
            self.lay_over(panel, lambda row: self._ask_name(choices[row]) if row is not None else None)

    def save_list(self, title: str, name: str, pieces: Pieces) -> None:
        """Ask for a name and save a list under it.

        Args:
            title: of the list.
            name: of the file to begin with, without its end.
            pieces: the file in a form.
        """
        hint = "a new file; its end says what it becomes: .csv, .json or .md"
        prompt = Prompt(f"Save {title}", f"{name}.csv", hint=hint, over=True)
        self.lay_over(prompt, lambda path: self._export(path, pieces))

    def _export(self, name: str | None, pieces: Pieces) -> None:
        from hopscope.views.export import ExportForm  # noqa: PLC0415  only who saves needs it

        if name is None or not name.strip():
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
        self.jobs.write(path, partial(pieces, form), [request.path, *request.more])

    def savable(self) -> list[Choice]:
        """What of the place one is at can be saved."""
        if self.waterfall.trail is not None and self.place.view == TRAIL:
            return trail_choices(self.waterfall.trail, self.store)
        return block_choices(self.rows) if isinstance(self.rows, BlockSource) else []

    def _ask_name(self, choice: Choice) -> None:
        words, name, said, pieces = choice
        hint = "Enter writes a new file that only you can read; one that exists is never replaced"
        prompt = Prompt(f"Save {words} as", name, hint=hint, over=True)

        def write(path: str | None) -> None:
            if path is not None and path.strip():
                self._write(Path(path.strip()).expanduser(), pieces, said)

        self.lay_over(prompt, write)

    def _write(self, path: Path, pieces: Callable[[], Iterator[str | bytes]], said: str) -> None:
        try:
            check_target(path)
        except HopscopeError as error:
            self.warn(str(error))
            return
        self.say(f"writing {visible(path.name)} …, Esc stops", "$tone-quiet")
        request = self.opening.request
        self.jobs.write(path, pieces, [request.path, *request.more], said)


def trail_choices(source: TrailSource, store: Store) -> list[Choice]:
    """What can be saved of a trail: a report, plain data, and what other programs open."""
    from hopscope.spans import exports  # noqa: PLC0415  only who saves needs it

    trail = source.trail
    number = int(store.number[max(source.origin.row, 0)])
    cut = "; the trail is longer" if trail.cut else ""
    heading = f"Trail of {source.words} in {store.source.name}"
    documents: list[tuple[str, str, Callable[[], object]]] = [
        ("JSON", "trail.json", lambda: exports.trail_object(trail, number)),
        ("OTLP, for Jaeger and others", "trail-otlp.json", lambda: exports.otlp_object(trail)),
        ("Chrome's trace format, for Perfetto", "trail-chrome.json", lambda: exports.chrome_object(trail)),
    ]
    return [
        ("the trail as Markdown", "trail.md", cut, lambda: iter([exports.trail_markdown(trail, heading)])),
        *((f"the trail as {words}", name, cut, partial(_document, make)) for words, name, make in documents),
    ]


def _document(make: Callable[[], object]) -> Iterator[str | bytes]:
    yield str(json_document(make()))


def block_choices(source: BlockSource) -> list[Choice]:
    """What can be saved of a conversation."""
    from hopscope_tui.own.follow import FollowSource  # noqa: PLC0415  only who follows needs it

    text: Choice = ("the text as it is shown", f"{source.title}.txt", "", partial(_text, source))
    if not isinstance(source, FollowSource):
        return [text]
    followed = source.followed
    out = [text]
    for way in (0, 1):
        names = followed.names[way], followed.names[1 - way]
        missing = followed.missing(way)
        said = f"; {missing:,} of them were not recorded and are zero" if missing else ""
        words = visible(f"the bytes from {names[0]} to {names[1]}")
        out.append(
            (
                words,
                f"{source.title}-{'client' if way == 0 else 'server'}.bin",
                said,
                partial(_raw, followed.bytes_of, way),
            )
        )
    return out


def _text(source: BlockSource) -> Iterator[str | bytes]:
    for line in source.text():
        yield f"{line.rstrip()}\n"


def _raw(bytes_of: Callable[[int], Iterator[bytes]], way: int) -> Iterator[str | bytes]:
    for data in bytes_of(way):
        yield redact_bytes(data) if is_redacting() else data
