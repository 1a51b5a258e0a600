"""A capture being read in a thread that begins before the screen does."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hopscope.errors import HopscopeError

if TYPE_CHECKING:
    from hopscope.bookmarks import Bookmarks
    from hopscope.store.store import Store
    from hopscope.views import Selection, ViewResult


@dataclass(frozen=True, slots=True)
class Request:
    """What to open.

    Attributes:
        path: of the capture; ``-`` for standard input.
        filter_text: a sysdig filter to begin with; empty for none.
        view: name of the view to begin with; empty for the first one.
    """

    path: str
    filter_text: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An indexed capture with the rows of the first view.

    Attributes:
        store: the index.
        name: of the capture, without control characters.
        damage: one sentence about what could not be read; empty for a whole capture.
        events: how many events can be shown.
        seconds: from the first to the last of them.
        bookmarks: those of this capture.
        selection: everything, or what the filter leaves.
        view: name of the first view.
        result: its rows.
    """

    store: Store
    name: str
    damage: str
    events: int
    seconds: float
    bookmarks: Bookmarks
    selection: Selection
    view: str
    result: ViewResult


class Opening:
    """Reads one capture in the background.

    Attributes:
        request: what is opened.
        stage: what is being done.
        share: 0 to 1; None where it is not known.
        opened: the result, None until it is there.
        error: why there will be none, None while there may be.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.stage = "reading"
        self.share: float | None = None
        self.opened: Opened | None = None
        self.error: BaseException | None = None
        self._done = threading.Event()

    @property
    def name(self) -> str:
        """The capture's name without its folders and without control characters."""
        from hopscope.text import visible  # noqa: PLC0415

        return "standard input" if self.request.path == "-" else visible(Path(self.request.path).name)

    def start(self) -> Opening:
        """Begin to read."""
        threading.Thread(target=self._run, name="open-capture", daemon=True).start()
        return self

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; True when it has come. ``opened`` or ``error`` tells how."""
        return self._done.wait(seconds)

    def check(self) -> None:
        """Raise the fault if there was one up to now."""
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        try:
            self.opened = self._open()
        except BaseException as error:  # handed to whoever waits
            self.error = error
        finally:
            self._done.set()

    def _open(self) -> Opened:
        # Imported here so that NumPy is loaded while the screen is.
        from hopscope.views import VIEWS, Selection, evaluate  # noqa: PLC0415
        from hopscope_tui.damage import damage_sentence  # noqa: PLC0415

        selection = Selection()
        if self.request.filter_text:
            selection = selection.with_filter(self.request.filter_text)
        view = self.request.view or next(iter(VIEWS))
        store = self._index()
        result = evaluate(store, view, selection)
        everything = Selection()
        return Opened(
            store=store,
            name=self.name,
            damage=damage_sentence(store.source.damage),
            events=len(everything.rows(store)),
            seconds=everything.seconds(store),
            bookmarks=self._bookmarks(store),
            selection=selection,
            view=view,
            result=result,
        )

    def _index(self) -> Store:
        from hopscope.store.build import open_store  # noqa: PLC0415

        return open_store(self.request.path)

    @staticmethod
    def _bookmarks(store: Store) -> Bookmarks:
        from hopscope.bookmarks import Bookmarks  # noqa: PLC0415

        return Bookmarks.load(store.source.content_key(), store.source.name)


def sentence(error: BaseException) -> str:
    """A fault in one sentence; what nobody foresaw is named by its kind."""
    if isinstance(error, HopscopeError):
        return str(error)
    return f"this should not have happened: {type(error).__name__}: {error}"
