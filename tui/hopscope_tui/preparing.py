"""From a request and a store to what the screen shows."""

from __future__ import annotations

from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, evaluate, find_view
from hopscope_tui.capture_title import CaptureTitle
from hopscope_tui.damage import damage_sentence
from hopscope_tui.navigator import Place
from hopscope_tui.opening import FirstPlace, FirstView, Opened, Request, State
from hopscope_tui.place_texts import empty_text, tabs_of, way
from hopscope_tui.sources import ViewSource

FIRST_ROWS = 100
"""Rows of the first view that are shown before the index is there; few windows are taller."""


def finish(request: Request, store: Store, state: State, *, complete: bool) -> Opened:
    """Everything that the main screen needs. ``complete``: the whole stream is there."""
    place = first_place(request)
    from hopscope.bookmarks import load_bookmarks  # noqa: PLC0415  not needed for the first rows

    result = evaluate(store, place.view, place.selection)
    store.source.release()
    return Opened(
        store=store,
        title=title(request, store),
        bookmarks=load_bookmarks(store, complete=complete),
        state=state,
        complete=complete,
        first=FirstPlace(place.selection, place.view, result),
    )


def first_place(request: Request) -> Place:
    """Where one begins. Raises FilterError or UsageError where filter or view are wrong."""
    selection = Selection()
    if request.filter_text:
        selection = selection.with_filter(request.filter_text)
    view = find_view(request.view).name if request.view else VIEWS.tabs[0].name
    return Place(view, selection)


def first_view(request: Request, store: Store, place: Place) -> FirstView:
    """What the first view shows of a store."""
    source = ViewSource(evaluate(store, place.view, place.selection), lambda number: False)
    titles, active = tabs_of(place)
    shown = FirstView(
        title=title(request, store),
        tabs=titles,
        active=active,
        way=tuple(way(place)),
        columns=tuple(source.columns),
        sorting=source.sorting,
        rows=tuple(source.cells(0, min(len(source), FIRST_ROWS))),
        count=len(source),
        empty_text=empty_text(place),
    )
    store.source.release()
    return shown


def title(request: Request, store: Store) -> CaptureTitle:
    """What the first line says."""
    everything = Selection()
    return CaptureTitle(
        name=request.name + (store.members.summary() if store.members is not None else ""),
        events=len(everything.rows(store)),
        duration=everything.seconds(store),
        damage=damage_sentence(store.loss),
    )
