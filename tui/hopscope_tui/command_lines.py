"""The command line that prints what a place shows."""

from __future__ import annotations

import shlex

from hopscope.redaction import is_redacting
from hopscope.store.store import Store
from hopscope.views import VIEWS, Kind, ViewResult
from hopscope.views.wording import wording_of
from hopscope_tui.navigator import Place
from hopscope_tui.opening import Request

_EVENTS = "events"
_LOOKED_AT = 2048
"""Rows of a view that are looked at for idle ones."""


def command_line(request: Request, store: Store, place: Place, result: ViewResult) -> str:
    """The command for a place, a sentence behind it where it prints other events too.

    Args:
        request: what was opened.
        store: the capture.
        place: what is shown.
        result: its rows.
    """
    wording = wording_of(store, place.selection)
    captures = [request.path, *request.more]
    words = ["hopscope", "view", place.view, *captures]
    if place.view == _EVENTS and place.sorting is None:
        words = ["hopscope", "events", *captures]
    if wording.text:
        words.append(wording.text)
    words += _sorting(place, result)
    if is_redacting():
        words.append("--redact")
    line = shlex.join(words)
    if wording.differs:
        line += f"\n\nNo filter says quite the same: its events differ by {wording.differs:,}."
    elif wording.text and _has_idle_rows(result):
        line += "\n\nRows on which nothing happened are left out: filters choose by events."
    return line


def _has_idle_rows(result: ViewResult) -> bool:
    return any(result.event_row(i) < 0 for i in range(min(len(result), _LOOKED_AT)))


def _sorting(place: Place, result: ViewResult) -> list[str]:
    """The options for the order that was chosen, none for a view's own."""
    if place.sorting is None:
        return []
    column, descending = result.columns[place.sorting[0]], place.sorting[1]
    if place.sorting == _own_sorting(place.view, result):
        return []
    upwards = [] if descending or column.align == "left" else ["--ascending"]
    names = [column.name, *(result.columns[one].name for one, _ in place.then)]
    return ["--sort", ",".join(names), *upwards]


def _own_sorting(view: str, result: ViewResult) -> tuple[int, bool]:
    column = result.column_index(VIEWS[view].sort)
    return column, result.columns[column].kind not in (Kind.TEXT, Kind.TIME)
