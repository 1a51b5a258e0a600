"""All work that takes time: in threads, which touch no widget and answer with messages."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from textual.message import Message
from textual.worker import Worker, get_current_worker

from hopscope.errors import UsageError
from hopscope_tui.garbage import settle
from hopscope_tui.messages import (
    BarsWorkedOut,
    BookmarksChanged,
    ChainRefused,
    ChainsChanged,
    ChainsRead,
    CompletionsFound,
    ConnectionFound,
    DensityFound,
    FileRead,
    FileWritten,
    FillProgressed,
    HistoryRead,
    HopsFound,
    JobFailed,
    LinkFound,
    MatchesCounted,
    NotKept,
    SearchProgressed,
    SessionRead,
    TextFound,
    TextTold,
    ValuesFound,
    ViewFilled,
    ViewGrew,
)
from hopscope_tui.opening import sentence
from hopscope_tui.sources import Searching
from hopscope_tui.watch import StoppedError, Watch
from hopscope_tui.widgets.column_layout import natural_widths
from hopscope_tui.widgets.first_sight import FirstSight, first_sight

if TYPE_CHECKING:
    from pathlib import Path

    from textual.screen import Screen

    from hopscope.kept import Remembered, SavedChains
    from hopscope.spectrogram import Kind
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope.views.conditions import FieldValue
    from hopscope_tui.look import Look
    from hopscope_tui.navigator import Navigator, Place
    from hopscope_tui.opening import Opened
    from hopscope_tui.own.trail import TrailSource
    from hopscope_tui.places import SourceMaker
    from hopscope_tui.widgets.row_source import RowSource

P = ParamSpec("P")

_SEARCH_ROWS = 2048
_BARS_AT_ONCE = 8
"""Rows of a trail after which their bars are drawn."""
_BREATH = 0.002
"""Seconds that long work in the background pauses for now and then."""
MOST_PREPARED = 1_500_000
"""Events of a capture up to which trails are prepared beforehand; of larger ones that takes much memory."""
_TYPING_PAUSE = 0.12
"""Seconds without another key after which the matches of a filter are counted."""


def in_thread(job: Callable[Concatenate[Jobs, P], None]) -> Callable[Concatenate[Jobs, P], Worker[None]]:
    """Run a method in a thread. A later call of the same job takes the place of an earlier one."""

    def start(self: Jobs, /, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
        return self.screen.run_worker(
            partial(self.guarded, job, *args, **kwargs),
            name=job.__name__,
            group=job.__name__,
            # Otherwise all that the job is given is written down in full, on the screen's thread.
            description=job.__name__,
            exclusive=True,
            exit_on_error=False,
            thread=True,
        )

    update_wrapper(start, job)
    return start


def latest_in_thread(job: Callable[Concatenate[Jobs, P], None]) -> Callable[Concatenate[Jobs, P], None]:
    """Run a method in a thread, one call at a time: of the calls made meanwhile only the last is done.

    So what is asked for at every key never piles up, however long one answer takes.
    """

    def start(self: Jobs, /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.line_up(job.__name__, partial(self.guarded, job, *args, **kwargs))

    update_wrapper(start, job)
    return start


class Jobs:
    """The workers of a screen; their messages go to it."""

    def __init__(self, screen: Screen[None]) -> None:
        self.screen = screen
        self._lined_up: dict[str, Callable[[], None]] = {}
        self._at_work: set[str] = set()
        self._changed = threading.Condition()

    def line_up(self, name: str, call: Callable[[], None]) -> None:
        """Do a call when the one of the same name that is at work is done, unless a later one comes."""
        with self._changed:
            self._lined_up[name] = call
            self._changed.notify_all()
            if name in self._at_work:
                return
            self._at_work.add(name)
        self.screen.run_worker(
            partial(self._work_off, name), name=name, group=name, exit_on_error=False, thread=True
        )

    def _work_off(self, name: str) -> None:
        while True:
            with self._changed:
                call = self._lined_up.pop(name, None)
                if call is None or _is_cancelled():
                    self._at_work.discard(name)
                    return
            call()

    def _is_outdated(self, name: str) -> bool:
        """True when a later call of this name waits."""
        return name in self._lined_up or _is_cancelled()

    def _outlives(self, name: str, seconds: float) -> bool:
        """Wait; False as soon as a later call of this name comes."""
        with self._changed:
            return not self._changed.wait_for(lambda: name in self._lined_up, seconds)

    def stop(self, *jobs: str) -> bool:
        """Stop jobs by the names of their methods. True when one of them was at work."""
        running = [worker for job in jobs for worker in self.screen.workers.cancel_group(self.screen, job)]
        return any(not worker.is_finished for worker in running)

    def guarded(self, job: Callable[..., None], *args: object, **kwargs: object) -> None:
        """Do a job; what it raises becomes a message of one sentence."""
        try:
            job(self, *args, **kwargs)
        except StoppedError:
            return
        except Exception as error:  # whatever it was, the screen must go on
            self._say(JobFailed(job.__name__, sentence(error)))

    def _say(self, message: Message) -> None:
        if not _is_cancelled():
            self.screen.post_message(message)

    @in_thread
    def fill(self, place: Place, make: SourceMaker, look: Look) -> None:
        """Work out the rows of a place. Answers ViewFilled, FillProgressed now and then before."""
        watch = Watch(_is_cancelled, lambda share: self._say(FillProgressed(place, share)))
        source, row = make(place, look, watch)
        self._say(ViewFilled(place, source, row, first_sight(source, row, place.position.top)))

    @in_thread
    def grow(self, opened: Opened, old: Store, navigator: Navigator, make: SourceMaker, look: Look) -> None:
        """Work out the rows of the place one is at in more of the capture. Answers ViewGrew.

        Args:
            opened: the capture, of which there is more now.
            old: the store that places and rows were made for.
            navigator: where one is.
            make: from places to rows, on the new store.
            look: how rows are shown.
        """
        from hopscope_tui.navigator import carry_place  # noqa: PLC0415  loaded with the index

        start = navigator.place
        moved = navigator.carried(lambda place: carry_place(place, old, make.store))
        source, _ = make(moved.place, look, Watch(_is_cancelled, lambda _: None))
        make.store.release()
        self._say(ViewGrew(opened, start, moved, source, FirstSight(natural_widths(source))))

    @in_thread
    def warm(self, store: Store) -> None:
        """Work out what the first look at each view needs, and at a trail. Answers nothing."""
        from hopscope.heap import give_back  # noqa: PLC0415  as below
        from hopscope.views.warming import warm  # noqa: PLC0415  only large captures need it

        warm(store, _is_cancelled)
        settle()
        give_back()
        if len(store) <= MOST_PREPARED and not _is_cancelled():
            from hopscope.spans import prepare  # noqa: PLC0415

            prepare(store, _step_aside)
            settle()

    @in_thread
    def find(self, source: RowSource, needle: str, start: int, step: int) -> None:
        """Look for a text in the cells from a row on, up or down, round the end. Answers TextFound."""

        def go_on(share: float) -> bool:
            self._say(SearchProgressed(share))
            return not _is_cancelled()

        if isinstance(source, Searching):
            found, wrapped = next_of(source.search(needle), start, step, len(source))
        else:
            found, wrapped = find_text(source, needle, start, step, go_on)
        self._say(TextFound(found, wrapped))

    @latest_in_thread
    def complete(self, store: Store, text: str, cursor: int) -> None:
        """Work out what may come next in a filter and what is wrong with it. Answers CompletionsFound."""
        from hopscope.filters import complete, fault  # noqa: PLC0415

        self._say(CompletionsFound(text, complete(store, text, cursor), fault(text)))

    @latest_in_thread
    def count(self, store: Store, selection: Selection, text: str) -> None:
        """Count the events that a filter leaves of a selection. Answers MatchesCounted for a good one."""
        from hopscope.filters import fault  # noqa: PLC0415

        if not self._outlives("count", _TYPING_PAUSE) or fault(text) is not None:
            return
        every = len(selection.rows(store))
        left = len(selection.with_filter(text).rows(store)) if text.strip() else every
        if not self._is_outdated("count"):
            self._say(MatchesCounted(text, left, every))

    @latest_in_thread
    def density(self, store: Store, selection: Selection, stretches: int, zoomed: bool) -> None:
        """Count the events of a selection by time, within its range if ``zoomed``. Answers DensityFound."""
        from hopscope.views.density import density, window_of  # noqa: PLC0415

        window = window_of(store, selection) if zoomed else None
        found = density(store, selection, stretches, window, lambda: self._is_outdated("density"))
        if not self._is_outdated("density"):
            self._say(DensityFound((store, selection, stretches, zoomed), found))

    @in_thread
    def values(self, find: Callable[[], list[FieldValue]], negated: bool, ask: bool) -> None:
        """Find the fields behind what a person points at. Answers ValuesFound."""
        try:
            self._say(ValuesFound(find(), negated, ask))
        except UsageError as error:
            self._say(ValuesFound([], negated, ask, str(error)))

    @in_thread
    def link(self, find: Callable[[], str], epoch: int) -> None:
        """Make a link of a filter that has to be looked up. Answers LinkFound."""
        from hopscope.views.links import link_of  # noqa: PLC0415

        try:
            self._say(LinkFound(link_of(find(), epoch)))
        except UsageError as error:
            self._say(LinkFound(None, str(error)))

    @in_thread
    def hops(self, store: Store, origins: Callable[[], Rows], kind: str) -> None:
        """Candidates of the first of the event rows that has any. Answers HopsFound."""
        from hopscope import trail  # noqa: PLC0415  only who hops needs it

        look = {"peer": trail.peers, "effect": trail.effects, "cause": trail.causes}[kind]
        rows = origins().tolist()
        for row in rows:
            if _is_cancelled():
                return
            candidates = look(store, row)
            if candidates:
                self._say(HopsFound(kind, row, candidates))
                return
        absence = trail.absence(store, rows[0]) if rows and kind == "peer" else ""
        self._say(HopsFound(kind, rows[0] if rows else -1, [], absence))

    @latest_in_thread
    def work_out_bars(self, source: TrailSource, places: list[int]) -> None:
        """Work out what threads did during rows of a trail. Answers BarsWorkedOut now and then."""
        for first in range(0, len(places), _BARS_AT_ONCE):
            if self._is_outdated("work_out_bars"):
                return
            source.work_out(places[first : first + _BARS_AT_ONCE])
            self._say(BarsWorkedOut())

    @in_thread
    def find_connection(self, store: Store, rows: Callable[[], Rows]) -> None:
        """Look for an event about a connection. Answers ConnectionFound."""
        from hopscope.trail.follow import connection_row  # noqa: PLC0415  only who follows needs it

        self._say(ConnectionFound(connection_row(store, rows())))

    @in_thread
    def read_file(self, store: Store, rows: Callable[[], Rows]) -> None:
        """Put together what the file held that events are about. Answers FileRead."""
        from hopscope.conversation.file_contents import file_used  # noqa: PLC0415  only who asks needs it
        from hopscope.views.file_lines import file_lines  # noqa: PLC0415
        from hopscope_tui.file_rows import FileRows  # noqa: PLC0415

        contents = file_used(store, rows())
        self._say(FileRead(FileRows(list(file_lines(contents))) if contents is not None else None))

    @in_thread
    def heat(self, store: Store, selection: Selection, kind: Kind, interval: int, columns: int) -> None:
        """Work out a spectrogram. Answers HeatFound; arguments as for ``heat.find_heat``."""
        from hopscope_tui.heat import find_heat  # noqa: PLC0415  only who looks at latencies needs it

        watch = Watch(_is_cancelled, lambda _: None)
        self._say(find_heat(store, selection, kind, interval, columns, watch.report))

    @in_thread
    def tell(self, find: Callable[[], str], take: str) -> None:
        """Work out a text. Answers TextTold, which says again what it is for."""
        self._say(TextTold(find(), take))

    @in_thread
    def write(
        self, path: Path, pieces: Callable[[], Iterator[str | bytes]], sources: Sequence[str], note: str = ""
    ) -> None:
        """Write a new file piece by piece; never over one that is there. Answers FileWritten.

        Args:
            path: of the file.
            pieces: gives its text or bytes.
            sources: files that are never written over, whatever else is.
            note: to be said with the answer.
        """
        from hopscope.kept.new_file import write_beside  # noqa: PLC0415  only who writes needs it

        def encoded() -> Iterator[bytes]:
            for piece in pieces():
                if _is_cancelled():
                    raise StoppedError
                yield piece if isinstance(piece, bytes) else piece.encode("utf-8", "replace")

        self._say(FileWritten(path, write_beside(path, encoded(), sources), note))

    @in_thread
    def keep(self, change: Callable[[], object], text: str) -> None:
        """Change the bookmarks on disk. Answers BookmarksChanged with the text."""
        change()
        self._say(BookmarksChanged(text))

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """Say NotKept where a person's file cannot be read or written; nothing else depends on it."""
        from hopscope.kept import KeptError  # noqa: PLC0415  only who filters needs it

        try:
            yield
        except KeptError as error:
            self._say(NotKept(str(error)))

    @in_thread
    def read_history(self) -> None:
        """Read the filters that were typed before. Answers HistoryRead or NotKept."""
        from hopscope.kept import FilterHistory  # noqa: PLC0415

        with self._keeping():
            history = FilterHistory.load()
            self._say(HistoryRead(history.lines, history.notices))

    @in_thread
    def remember(self, line: str) -> None:
        """Keep a filter that was typed. Answers NotKept where that cannot be."""
        from hopscope.kept import FilterHistory  # noqa: PLC0415

        with self._keeping():
            FilterHistory().add(line)

    @in_thread
    def forget(self, line: str) -> None:
        """Take a filter out of those typed before. Answers HistoryRead or NotKept."""
        from hopscope.kept import FilterHistory  # noqa: PLC0415

        with self._keeping():
            history = FilterHistory()
            history.remove(line)
            self._say(HistoryRead(history.lines, history.notices))

    def remember_screen(self, what: str, change: Callable[[Remembered], Remembered]) -> None:
        """Keep what the screen remembers; later changes of the same thing take the place of earlier ones.

        Answers NotKept where it cannot be kept.
        """
        self.line_up(f"remember {what}", partial(self.guarded, Jobs._remember_screen, change))

    def _remember_screen(self, change: Callable[[Remembered], Remembered]) -> None:
        from hopscope.kept import remember  # noqa: PLC0415

        with self._keeping():
            remember(change)

    @in_thread
    def read_session(self, paths: Sequence[str], store: Store) -> None:
        """Find where one was when the capture was open before. Answers SessionRead where that is known."""
        from hopscope.kept.sessions import load_session, session_key  # noqa: PLC0415
        from hopscope_tui.session import place_of_session  # noqa: PLC0415

        with self._keeping():
            key = session_key(paths)
            session = load_session(key) if key else None
            place = place_of_session(session, store) if session is not None else None
            if place is not None:
                self._say(SessionRead(place))

    @in_thread
    def read_chains(self) -> None:
        """Read the saved chains. Answers ChainsRead or NotKept."""
        from hopscope.kept import SavedChains  # noqa: PLC0415

        with self._keeping():
            self._say(ChainsRead(SavedChains.load()))

    @in_thread
    def change_chains(
        self, chains: SavedChains | None, change: Callable[[SavedChains], object], text: str
    ) -> None:
        """Change the saved chains on disk. Answers ChainsChanged with the text, ChainRefused or NotKept."""
        from hopscope.kept import ChainExistsError, SavedChains  # noqa: PLC0415

        with self._keeping():
            try:
                change(chains if chains is not None else SavedChains.load())
            except UsageError as error:
                self._say(ChainRefused(str(error), isinstance(error, ChainExistsError)))
            else:
                self._say(ChainsChanged(text))


def _step_aside(_share: float) -> None:
    """Let the screen's thread go on in the midst of long work; stop when nobody wants it any more."""
    if _is_cancelled():
        raise StoppedError
    time.sleep(_BREATH)


def _is_cancelled() -> bool:
    return get_current_worker().is_cancelled


def next_of(rows: list[int], start: int, step: int, count: int) -> tuple[int | None, bool]:
    """The first of these rows from ``start`` on, up or down, round the end; True when it went round."""
    if not rows:
        return None, False
    at = bisect_left(rows, start) if step > 0 else bisect_right(rows, start) - 1
    wrapped = not 0 <= start < count or not 0 <= at < len(rows)
    return rows[at % len(rows)], wrapped


def find_text(
    source: RowSource, needle: str, start: int, step: int, go_on: Callable[[float], bool]
) -> tuple[int | None, bool]:
    """First row from ``start`` on whose cells contain a text, in any case.

    Args:
        source: the rows.
        needle: the text.
        start: the first row to look at; it may lie outside, then the search goes round at once.
        step: 1 for downwards, -1 for upwards.
        go_on: asked between pages with the share of the rows that was looked at; False ends the search.

    Returns:
        The row, None where there is none, and True when the search went round the end.
    """
    count, needle = len(source), needle.casefold()
    if not count or not needle:
        return None, False
    wrapped = not 0 <= start < count
    begin = start % count
    legs = ((begin, count), (0, begin)) if step > 0 else ((0, begin + 1), (begin + 1, count))
    looked_at = 0
    for leg, (first, stop) in enumerate(legs):
        for page in _pages(first, stop, step):
            if not go_on(looked_at / count):
                return None, False
            looked_at += len(page)
            rows = list(zip(page, source.cells(page.start, page.stop), strict=True))
            for row, cells in rows if step > 0 else reversed(rows):
                if any(needle in cell.text.casefold() for cell in cells):
                    return row, wrapped or leg > 0
    return None, False


def _pages(first: int, stop: int, step: int) -> list[range]:
    """Stretches of rows to look at together, in the order of the search."""
    pages = [range(start, min(stop, start + _SEARCH_ROWS)) for start in range(first, stop, _SEARCH_ROWS)]
    return pages if step > 0 else pages[::-1]
