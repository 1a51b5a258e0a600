"""The ways to open a capture: by its kept index, in a process of its own, in this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hopscope.caching import cache_allowed
from hopscope.progress import ReadingProgress
from hopscope.store.store import Store
from hopscope_tui.opening import FirstView, Opened, Opening, Order, Request, State
from hopscope_tui.preparing import finish, title

if TYPE_CHECKING:
    from hopscope.store.builder import StoreBuilder
    from hopscope_tui.forking import Fork


def open_capture(opening: Opening, fork: Fork | None) -> None:
    """Open a capture and go on to tell what becomes of it, until nothing more will."""
    if (fork is None or fork.waits) and _open_kept(opening):
        if fork is not None:
            fork.kill()
        return
    fork = fork or opening.spawn()
    if fork is not None:
        from hopscope_tui.helper import Helper  # noqa: PLC0415  not everywhere

        Helper(fork, opening).run()
    elif opening.request.is_timeline:
        from hopscope_tui.reading_together import read_together  # noqa: PLC0415  not for a single capture

        read_together(opening.request, _Here(opening))
    else:
        _read_here(opening)


def _open_kept(opening: Opening) -> bool:
    """Open by the kept index. False where there is none that is fit for use."""
    request = opening.request
    if request.follow or request.path == "-" or not cache_allowed():
        return False
    store = _find_together(request) if request.is_timeline else _find(request.path)
    if store is None:
        return False
    take_in(opening, store, State.WHOLE, complete=True)
    for note in store.members.notes if store.members is not None else ():
        opening.tell_note(note)
    return True


def _find(path: str) -> Store | None:
    from hopscope.index import find  # noqa: PLC0415  only where one may be kept

    return find(path)


def _find_together(request: Request) -> Store | None:
    from hopscope.timeline import find_timeline, identify_timeline  # noqa: PLC0415  not for a single capture

    paths = (request.path, *request.more)
    identity = identify_timeline(paths, request.clocks)
    return None if identity is None else find_timeline(paths, identity)


def take_in(opening: Opening, store: Store, state: State, *, complete: bool) -> None:
    """Tell of a store; bookmarks are read once under their first and once under their last name."""
    earlier = opening.opened
    if earlier is None:
        _load_screen(opening)
        opening.tell_opened(finish(opening.request, store, state, complete=complete))
        if opening.drawn is not None:
            _read_views()
        return
    bookmarks = earlier.bookmarks
    if complete and not earlier.complete:
        from hopscope.bookmarks import load_bookmarks  # noqa: PLC0415  see preparing

        bookmarks = load_bookmarks(store, complete=True)
    opening.tell_opened(
        Opened(store, title(opening.request, store), bookmarks, state, complete, earlier.first)
    )


def view_to_keep(opening: Opening) -> bytes:
    """The first view of the whole capture as it is kept with an index, once the screen has its rows."""
    opening.wait_until_settled()
    opened = opening.opened
    if opened is None:  # nobody wants it any more
        return b""
    from hopscope_tui.kept_view import make_view  # noqa: PLC0415  only where an index is kept

    return make_view(opened.store, opening.request.path)


def _load_screen(opening: Opening) -> None:
    """Load the main screen here, so that the one that is shown goes on; first rows are drawn before."""
    opening.wait_until_drawn()
    if opening.drawn is not None:
        import hopscope_tui.screens.main  # noqa: F401, PLC0415


def _read_views() -> None:
    """Read the declarations of all views here, so that a list of them holds nobody up."""
    from hopscope.views import VIEWS  # noqa: PLC0415  loaded by now

    for _ in VIEWS.values():
        pass


class _Here:
    """Listens in the process that reads."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def progress(self, progress: ReadingProgress, state: State) -> None:
        """Pass it on."""
        self._opening.tell_progress(progress, state)

    def first(self, view: FirstView) -> None:
        """Pass it on."""
        self._opening.tell_first(view)

    def store(self, builder: StoreBuilder, store: Store, state: State) -> None:
        """Pass it on."""
        take_in(self._opening, store, state, complete=builder.source.ended)

    def together(self, store: Store, files: Sequence[int]) -> None:
        """Pass it on."""
        take_in(self._opening, store, State.WHOLE, complete=True)

    def note(self, note: str) -> None:
        """Pass it on."""
        self._opening.tell_note(note)

    def view_to_keep(self) -> bytes:
        """The first view of what was handed over."""
        return view_to_keep(self._opening)

    def state(self, state: State) -> None:
        """Pass it on."""
        self._opening.tell_state(state)

    def order(self, *, wait: bool) -> Order | None:
        """The next one."""
        return self._opening.order(wait=wait)


def _read_here(opening: Opening) -> None:
    from hopscope.capture.growing import open_growing  # noqa: PLC0415  not where another process reads
    from hopscope_tui.keeping import Keeping  # noqa: PLC0415
    from hopscope_tui.reading import Reader  # noqa: PLC0415

    request = opening.request
    keeping = Keeping(request)
    source = open_growing(request.path, follow=request.follow)
    here = _Here(opening)
    store = Reader(request, source, here, shared=False).run()
    if store is not None:
        note = keeping.keep(store, here.view_to_keep)
        if note:
            opening.tell_note(note)
