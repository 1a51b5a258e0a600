"""From a request to a store and what the first view shows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hopscope.store.build import build_store, open_store
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, evaluate, find_view
from hopscope_tui.capture_title import CaptureTitle
from hopscope_tui.damage import damage_sentence
from hopscope_tui.navigator import Place
from hopscope_tui.opening import FirstView, Opened, Progress, Request, Tell
from hopscope_tui.place_texts import empty_text, way
from hopscope_tui.sources import ViewSource

if TYPE_CHECKING:
    from hopscope_tui.early import EarlySource

FIRST_ROWS = 100
"""Rows of the first view that are shown before the index is there; few windows are taller."""

Index = Callable[[str, Tell], Store]


def index(path: str, tell: Tell, early: EarlySource | None = None) -> Store:
    """Read and index a capture, saying how far it is.

    Args:
        path: of the capture.
        tell: hears how far it is.
        early: the capture being read already, where it is.
    """

    def report(stage: str, share: float) -> None:
        tell(Progress(stage, share))

    return open_store(path, report) if early is None else build_store(early.get(), report)


def prepare(request: Request, tell: Tell, index_capture: Index = index) -> Store:
    """Read and index a capture, and tell what its first view shows.

    Raises HopscopeError where the capture, the filter or the view is not usable.
    """
    place = first_place(request)
    store = index_capture(request.path, tell)
    tell(_first_view(request, store, place))
    return store


def finish(request: Request, store: Store) -> Opened:
    """Everything that the main screen needs."""
    place = first_place(request)
    from hopscope.bookmarks import Bookmarks  # noqa: PLC0415  not needed for the first rows

    bookmarks = Bookmarks.load(store.source.content_key(), store.source.name)
    return Opened(
        store=store,
        title=_title(request, store),
        bookmarks=bookmarks,
        selection=place.selection,
        view=place.view,
        result=evaluate(store, place.view, place.selection),
    )


def first_place(request: Request) -> Place:
    """Where one begins. Raises FilterError or UsageError where filter or view are wrong."""
    selection = Selection()
    if request.filter_text:
        selection = selection.with_filter(request.filter_text)
    view = find_view(request.view).name if request.view else next(iter(VIEWS))
    return Place(view, selection)


def _first_view(request: Request, store: Store, place: Place) -> FirstView:
    source = ViewSource(evaluate(store, place.view, place.selection), lambda number: False)
    return FirstView(
        title=_title(request, store),
        tabs=tuple(view.title for view in VIEWS.values()),
        active=list(VIEWS).index(place.view),
        way=tuple(way(place)),
        columns=tuple(source.columns),
        sorting=source.sorting,
        rows=tuple(source.cells(0, min(len(source), FIRST_ROWS))),
        count=len(source),
        empty_text=empty_text(place),
    )


def _title(request: Request, store: Store) -> CaptureTitle:
    everything = Selection()
    return CaptureTitle(
        name=request.name,
        events=len(everything.rows(store)),
        duration=everything.seconds(store),
        damage=damage_sentence(store.loss),
    )
