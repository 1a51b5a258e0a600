"""From a place to its rows."""

from __future__ import annotations

from collections.abc import Callable

from hopscope.store.store import Store
from hopscope.views import ViewResult, evaluate
from hopscope_tui.look import Look
from hopscope_tui.navigator import Place
from hopscope_tui.own.places import OWN
from hopscope_tui.sources import PlaceSource, ViewSource
from hopscope_tui.watch import Watch


class SourceMaker:
    """Works out the rows of places of one capture.

    Args:
        store: the capture.
        marked: True for the numbers of bookmarked events.
    """

    def __init__(self, store: Store, marked: Callable[[int], bool]) -> None:
        self.store = store
        self.marked = marked
        self._shown: tuple[Place, Look, ViewResult] | None = None

    def __call__(self, place: Place, look: Look, watch: Watch) -> tuple[PlaceSource, int]:
        """The rows of a place and the index of the one to choose.

        Raises StoppedError where the watch says that nobody wants them any more.
        """
        if place.view in OWN:
            own = OWN[place.view].maker.source_of(self.store, place, look.form, watch)
            return own, _row_of(own, place)
        result = self._sorted_again(place, look) or self._evaluated(place, look)
        self._shown = place, look, result
        source, row = self.of_result(result, place)
        # What its cells need to know about the whole capture is worked out now, not when the screen asks.
        source.cells(row, min(row + 1, len(source)))
        self.store.source.release()
        return source, row

    def _evaluated(self, place: Place, look: Look) -> ViewResult:
        result = look.of(evaluate(self.store, look.definition(self.store, place.view), place.selection))
        if place.sorting is None:
            return result
        return result.sort_by([place.sorting, *place.then]) if place.then else result.sort(*place.sorting)

    def _sorted_again(self, place: Place, look: Look) -> ViewResult | None:
        """What was worked out last, where the place wants nothing else than one more column to sort by."""
        if self._shown is None or place.sorting is None or not place.then:
            return None
        before, looked, result = self._shown
        if (before.view, before.selection, looked) != (place.view, place.selection, look):
            return None
        known = [one for one in (result.sorting, *before.then) if one and one[0] != place.sorting[0]]
        return result.sort_again(*place.sorting) if tuple(known[: len(place.then)]) == place.then else None

    def of_result(self, result: ViewResult, place: Place) -> tuple[PlaceSource, int]:
        """The rows of a view that is evaluated already."""
        source = ViewSource(result, self.marked)
        return source, _row_of(source, place)


def _row_of(source: PlaceSource, place: Place) -> int:
    """The row with the place's key; for an event that is not listed the nearest one."""
    key = place.position.key
    found = source.find_key(key) if key is not None else getattr(source, "focus_row", 0)
    if found is not None:
        return found
    if isinstance(source, ViewSource) and isinstance(key, tuple):
        return source.nearest_event(key[1])
    return 0
