"""A capture being opened beside the screen, and what becomes of it while the screen shows it.

Reading and indexing happen in a process of their own, forked before anything large is loaded, so
that they take no time from the screen: what the first view shows comes first, then an index of what
was read, and a longer one from time to time until it is whole. Where processes cannot be forked a
thread does the same, or for a large capture that is opened later a process that is begun anew. Where an
index is kept nothing is read at all.
"""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from hopscope.errors import CaptureError, HopscopeError
from hopscope.progress import ReadingProgress
from hopscope_tui.forking import Asked, Fork, can_fork, fork_reader

if TYPE_CHECKING:
    from hopscope.bookmarks import Bookmarks
    from hopscope.store.store import Store
    from hopscope.timeline import Clocks
    from hopscope.views import Selection, ViewResult
    from hopscope_tui.capture_title import CaptureTitle
    from hopscope_tui.widgets.row_source import Cell, TableColumn


_DRAWING = 3.0
"""Seconds in which a screen loads and draws its first rows, on a slow or busy machine too."""


_SETTLING = 60.0
"""Seconds in which the rows that one looks at are worked out anew when all of a capture is there."""


class State(Enum):
    """What is going on with a capture."""

    READING = auto()
    WAITING = auto()
    """All that has come is there; more may come."""
    STOPPED = auto()
    """A person has stopped it; it can go on."""
    WHOLE = auto()
    BROKEN = auto()
    """It cannot go on, because the process that read it has ended."""

    @property
    def is_over(self) -> bool:
        """True when nothing more will come."""
        return self in (State.WHOLE, State.BROKEN)


class Order(Enum):
    """What a person wants of the reading."""

    BEGIN = auto()
    STOP = auto()
    GO_ON = auto()


@dataclass(frozen=True, slots=True)
class Request:
    """What to open.

    Attributes:
        path: of the capture; ``-`` for standard input.
        filter_text: a sysdig filter to begin with; empty for none.
        view: name of the view to begin with; empty for the first one.
        follow: True to go on at the end of a file that is still being written.
        more: captures that are opened together with it in one time line.
        clocks: what is known about the clocks of their hosts; None for a single capture.
    """

    path: str
    filter_text: str = ""
    view: str = ""
    follow: bool = False
    more: tuple[str, ...] = ()
    clocks: Clocks | None = None

    @property
    def is_timeline(self) -> bool:
        """True where several captures, or one with a clock that is set by hand, are opened as a whole."""
        return bool(self.more) or self.clocks is not None

    @property
    def is_usual(self) -> bool:
        """True where the first view is the one that everybody gets: no filter or view that may be wrong."""
        return not (self.filter_text or self.view)

    @property
    def name(self) -> str:
        """The capture's name without its folders and without control characters."""
        from hopscope.text import visible  # noqa: PLC0415

        name = "standard input" if self.path == "-" else visible(os.path.basename(self.path))
        return f"{name} and {len(self.more)} more" if self.more else name


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
    """A capture, or what there is of it.

    Attributes:
        store: the index.
        title: what the first line says.
        bookmarks: those of this capture.
        state: what is going on with it.
        complete: the whole stream is there, so that the bookmarks have their last name.
        first: the place to begin at; None once that was shown.
    """

    store: Store
    title: CaptureTitle
    bookmarks: Bookmarks
    state: State
    complete: bool
    first: FirstPlace | None = None


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """Where one begins.

    Attributes:
        selection: everything, or what the filter leaves.
        view: name of the first view.
        result: its rows.
    """

    selection: Selection
    view: str
    result: ViewResult


class Opening:
    """Opens one capture in the background.

    Args:
        request: what to open.
        later: it is opened when the screen is there, so that no process can be forked for it.

    Attributes:
        request: what is opened.
        progress: how far it is.
        state: what is going on.
        first: what the first view shows, None until that is known.
        opened: what there is of it; None until there is something.
        error: why there will be nothing more, None while all is well.
        notes: sentences for the person, in order.
        drawn: set when the first rows are on the screen; None where there is no screen that will draw them.
        settled: set when rows of all that there is are on the screen.
    """

    def __init__(self, request: Request, *, later: bool = False) -> None:
        self.request = request
        self._later = later
        self._is_started = False
        self.progress = ReadingProgress()
        self.state = State.READING
        self.first: FirstView | None = None
        self.opened: Opened | None = None
        self.error: BaseException | None = None
        self.notes: list[str] = []
        self.drawn: threading.Event | None = None
        self.settled = threading.Event()
        self._progress_when_opened = self.progress
        self._changed = threading.Condition()
        self._steps = 0
        self._fork: Fork | None = None
        self._orders: list[Order] = []
        self._left = False

    @property
    def asked(self) -> Asked:
        """What a process is started for."""
        request = self.request
        return Asked(
            request.path, request.filter_text, request.view, request.follow, request.more, request.clocks
        )

    def use(self, fork: Fork) -> None:
        """Use a process that was started for this before."""
        self._fork = fork

    def start(self) -> Opening:
        """Begin, once. The process is forked here, so this comes before anything large is loaded."""
        if self._is_started:
            return self
        self._is_started = True
        if self._fork is None and not self._later and can_fork():
            with contextlib.suppress(OSError):
                self._fork = fork_reader(self.asked)
        threading.Thread(target=self._run, name="open-capture", daemon=True).start()
        return self

    def spawn(self) -> Fork | None:
        """A process begun anew for a capture that is opened later; None where a thread does as well."""
        from hopscope_tui.spawning import is_worth_spawning, spawn_reader  # noqa: PLC0415  not at the start

        if not self._later or not is_worth_spawning(self.asked):
            return None
        with self._changed:
            if not self._left:
                with contextlib.suppress(OSError):
                    self._fork = spawn_reader(self.asked)
            return self._fork

    @property
    def is_started(self) -> bool:
        """True when it was begun."""
        return self._is_started

    @property
    def is_left(self) -> bool:
        """True when nobody wants it any more."""
        return self._left

    @property
    def is_done(self) -> bool:
        """True when nothing more will come."""
        return self.state.is_over or self.error is not None

    def wait(self, steps: int, seconds: float) -> int:
        """Wait until more than so many things have been told; returns how many it were."""
        with self._changed:
            self._changed.wait_for(lambda: self._steps > steps, seconds)
            return self._steps

    def check(self) -> None:
        """Raise a HopscopeError if nothing could be opened."""
        if self.error is None or self.opened is not None:
            return
        if isinstance(self.error, HopscopeError):
            raise self.error
        raise CaptureError(sentence(self.error)) from self.error

    # --- what the person wants -------------------------------------------------------------------

    def stop(self) -> None:
        """Read no further and keep what is there; :meth:`go_on` takes it up again."""
        self._say(Order.STOP)

    def go_on(self) -> None:
        """Read on."""
        self._say(Order.GO_ON)

    def _say(self, order: Order) -> None:
        with self._changed:
            self._orders.append(order)
            self._changed.notify_all()
        self.pass_on_orders()

    def pass_on_orders(self) -> None:
        """Hand orders to who reads, where that is another process; replaced by who knows the way there."""

    def order(self, *, wait: bool) -> Order | None:
        """The next order. With ``wait`` None says that nobody will give one any more."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: bool(self._orders) or self._left)
            return self._orders.pop(0) if self._orders else None

    def abandon(self) -> None:
        """Give up: end the process if it still runs, or the thread that reads; hold on to nothing of it."""
        with self._changed:
            self._left = True
            self.opened = self.first = None
            self._orders.append(Order.STOP)
            self._changed.notify_all()
        if self._fork is not None:
            self._fork.kill()

    # --- in the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self.open()
        except BaseException as error:  # handed to whoever waits
            self._fail(error)

    def open(self) -> None:
        """Open the capture: by a kept index, in the process that was forked, or in this thread."""
        fork = self._fork
        if fork is not None and not fork.waits:
            from hopscope_tui.helper import Helper  # noqa: PLC0415  not everywhere

            Helper(fork, self).run()  # nothing else is loaded, so that the screen comes up sooner
            return
        if fork is not None:
            from hopscope_tui.kept_view import find_view  # noqa: PLC0415  not where another process reads

            first = find_view(self.request)
            if first is not None:
                self.tell_first(first)
                self.wait_until_drawn()
        from hopscope_tui.ways import open_capture  # noqa: PLC0415  loads the views

        open_capture(self, fork)

    def wait_until_drawn(self) -> None:
        """Leave the processor to the screen while it draws the first rows."""
        if self.drawn is not None and self.first is not None:
            self.drawn.wait(_DRAWING)

    def wait_until_settled(self) -> None:
        """Let the screen work out first what the rows of the whole capture need."""
        if self.drawn is not None:
            self.settled.wait(_SETTLING)

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            if self.opened is not None and not self.state.is_over:
                self.notes.append(f"{sentence(error)}; what was read before is kept")
                self.state = State.BROKEN
                self.progress = self._progress_when_opened  # what was read behind that is lost
                self.opened = replace(self.opened, state=State.BROKEN)
            elif self.opened is None:
                self.error = error
            self._step()

    # --- what is told ----------------------------------------------------------------------------

    def tell_progress(self, progress: ReadingProgress, state: State) -> None:
        """Take in how far it is."""
        with self._changed:
            self.progress = progress
            if not state.is_over:  # it is over when what there is has been told
                self.state = state
            self._step()

    def tell_first(self, first: FirstView) -> None:
        """Take in what the first view shows."""
        with self._changed:
            self.first = first
            self._step()

    def tell_opened(self, opened: Opened) -> None:
        """Take in what there is."""
        with self._changed:
            self.opened = opened
            self.state = opened.state
            self._progress_when_opened = self.progress
            self._step()

    def tell_state(self, state: State) -> None:
        """Take in that nothing is new but the state."""
        with self._changed:
            self.state = state
            if self.opened is not None:
                self.opened = replace(self.opened, state=state)
            self._step()

    def tell_note(self, note: str) -> None:
        """Take in a sentence for the person."""
        with self._changed:
            self.notes.append(note)
            self._step()

    def _step(self) -> None:
        self._steps += 1
        self._changed.notify_all()


def sentence(error: BaseException) -> str:
    """A fault in one sentence; what nobody foresaw is named by its kind."""
    if isinstance(error, HopscopeError):
        return str(error)
    return f"this should not have happened: {type(error).__name__}: {error}"
