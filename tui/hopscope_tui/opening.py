"""A capture being opened beside the screen.

Reading and indexing happen in a process of their own, forked before anything large is loaded, so
that they take no time from the screen: what the first view shows comes first, then the whole index
through shared memory. Where processes cannot be forked a thread does the same.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hopscope.errors import CaptureError, HopscopeError
from hopscope_tui.forking import Fork, can_fork, fork_reader

if TYPE_CHECKING:
    from hopscope.bookmarks import Bookmarks
    from hopscope.store.store import Store
    from hopscope.views import Selection, ViewResult
    from hopscope_tui.capture_title import CaptureTitle
    from hopscope_tui.widgets.row_source import Cell, TableColumn


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

    @property
    def name(self) -> str:
        """The capture's name without its folders and without control characters."""
        from hopscope.text import visible  # noqa: PLC0415

        return "standard input" if self.path == "-" else visible(os.path.basename(self.path))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come.

    Attributes:
        stage: what is being done, in a word or two.
        share: 0 to 1; None where it is not known.
    """

    stage: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class FirstView:
    """What the first view shows, before the index is there to ask.

    Attributes:
        title: of the capture.
        tabs: titles of all views.
        active: index of the view in the tabs.
        way: the steps of the breadcrumb.
        columns, sorting: of the table.
        rows: the first ones.
        count: how many rows there are.
        empty_text: what to say where there are none.
    """

    title: CaptureTitle
    tabs: tuple[str, ...]
    active: int
    way: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    sorting: tuple[int, bool] | None
    rows: tuple[tuple[Cell, ...], ...]
    count: int
    empty_text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An indexed capture with the rows of the first view.

    Attributes:
        store: the index.
        title: what the first line says.
        bookmarks: those of this capture.
        selection: everything, or what the filter leaves.
        view: name of the first view.
        result: its rows.
    """

    store: Store
    title: CaptureTitle
    bookmarks: Bookmarks
    selection: Selection
    view: str
    result: ViewResult


Tell = Callable[["Progress | FirstView"], None]
"""How whoever opens a capture says how far it is."""


class Opening:
    """Opens one capture in the background.

    Args:
        request: what to open.
        fork: the process that does so already, where there is one.

    Attributes:
        request: what is opened.
        progress: how far it is.
        first: what the first view shows, None until that is known.
        opened: the result, None until it is there.
        error: why there will be none, None while there may be.
    """

    def __init__(self, request: Request, fork: Fork | None = None) -> None:
        self.request = request
        self.progress = Progress("reading")
        self.first: FirstView | None = None
        self.opened: Opened | None = None
        self.error: BaseException | None = None
        self._changed = threading.Condition()
        self._steps = 0
        self._fork = fork

    def start(self) -> Opening:
        """Begin. The process is forked here, so this comes before anything large is loaded."""
        if self._fork is None and can_fork():
            with contextlib.suppress(OSError):
                self._fork = fork_reader(self.request.path, self.request.filter_text, self.request.view)
        threading.Thread(target=self._run, name="open-capture", daemon=True).start()
        return self

    @property
    def is_done(self) -> bool:
        """True when the capture is open or cannot be opened."""
        return self.opened is not None or self.error is not None

    def wait(self, steps: int, seconds: float) -> int:
        """Wait until more than so many things have been told; returns how many it were."""
        with self._changed:
            self._changed.wait_for(lambda: self._steps > steps, seconds)
            return self._steps

    def check(self) -> None:
        """Raise a HopscopeError if there was a fault up to now."""
        if isinstance(self.error, HopscopeError):
            raise self.error
        if self.error is not None:
            raise CaptureError(sentence(self.error)) from self.error

    def abandon(self) -> None:
        """Give up: end the process if it still runs."""
        if self._fork is not None:
            self._fork.end()

    def _run(self) -> None:
        try:
            self.opened = self._open()
        except BaseException as error:  # handed to whoever waits
            self.error = error
        finally:
            self._step()

    def _open(self) -> Opened:
        if self._fork is not None:
            from hopscope_tui.helper import Helper  # noqa: PLC0415

            store = Helper(self._fork).receive(self.tell)
        else:
            from hopscope_tui.preparing import prepare  # noqa: PLC0415

            store = prepare(self.request, self.tell, self.index)
        from hopscope_tui.preparing import finish  # noqa: PLC0415

        return finish(self.request, store)

    def index(self, path: str, tell: Tell) -> Store:
        """Read and index a capture."""
        from hopscope_tui.preparing import index  # noqa: PLC0415

        return index(path, tell)

    def tell(self, news: Progress | FirstView) -> None:
        """Take in how far it is."""
        if isinstance(news, Progress):
            self.progress = news
        else:
            self.first = news
        self._step()

    def _step(self) -> None:
        with self._changed:
            self._steps += 1
            self._changed.notify_all()


def sentence(error: BaseException) -> str:
    """A fault in one sentence; what nobody foresaw is named by its kind."""
    if isinstance(error, HopscopeError):
        return str(error)
    return f"this should not have happened: {type(error).__name__}: {error}"
