"""From a place to its rows."""

from __future__ import annotations

from collections.abc import Callable

from hopscope.store.store import Store
from hopscope.views import VIEWS, ViewResult, evaluate
from hopscope.views.listing import EventResult
from hopscope_tui.echo import EchoSource, echo_source
from hopscope_tui.navigator import Place
from hopscope_tui.sources import PlaceSource, ViewSource

ECHO = "echo"
"""Name of the place that shows the bytes of a selection; no view of the core."""


class SourceMaker:
    """Works out the rows of places of one capture.

    Args:
        store: the capture.
        marked: True for the numbers of bookmarked events.
    """

    def __init__(self, store: Store, marked: Callable[[int], bool]) -> None:
        self.store = store
        self.marked = marked

    def __call__(
        self, place: Place, hexadecimal: bool, cancelled: Callable[[], bool]
    ) -> tuple[PlaceSource, int]:
        """The rows of a place and the index of the one to choose."""
        if place.view == ECHO:
            echo = echo_source(self.store, place.selection, hexadecimal, cancelled)
            return echo, _row_of(echo, place)
        result = evaluate(self.store, place.view, place.selection)
        if place.sorting is not None:
            result = result.sort(*place.sorting)
        return self.of_result(result, place)

    def of_result(self, result: ViewResult, place: Place) -> tuple[PlaceSource, int]:
        """The rows of a view that is evaluated already."""
        source = ViewSource(result, self.marked)
        return source, _row_of(source, place)


def _row_of(source: ViewSource | EchoSource, place: Place) -> int:
    key = place.position.key
    found = source.find_key(key) if key is not None else 0
    if found is not None:
        return found
    result = source.result if isinstance(source, ViewSource) else None
    if isinstance(result, EventResult) and isinstance(key, tuple):
        return result.index_of_event(key[1])
    return 0


def title_of(place: Place) -> str:
    """The name of what a place shows."""
    return "Echo" if place.view == ECHO else VIEWS[place.view].title


def empty_text(place: Place) -> str:
    """What to say where a place has no rows, and what to do then."""
    what = "bytes were recorded" if place.view == ECHO else f"{VIEWS[place.view].title.lower()}"
    steps = place.selection.steps
    if steps and steps[-1].kind == "filter":
        return f"no {what} that this filter leaves\nF4 changes it, Ctrl-L takes it away"
    if place.parent is not None:
        return f"no {what} under this selection\nBackspace goes back, F2 chooses another view"
    return f"no {what} in this capture"
