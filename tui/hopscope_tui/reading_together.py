"""Reading several captures that are opened together, with something to show while that goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Protocol

from hopscope.caching import cache_allowed
from hopscope.capture.growing import open_growing
from hopscope.errors import HopscopeError
from hopscope.index import WORTH_KEEPING, CacheError
from hopscope.progress import ReadingProgress
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Store
from hopscope.timeline import identify_timeline, keep_timeline, open_timeline
from hopscope_tui.opening import FirstView, Order, Request, State
from hopscope_tui.preparing import first_place, first_view

_TOLD = 0.05
"""Seconds between two words about how far it is."""

_PATIENCE = 0.2


class Listener(Protocol):
    """Whoever captures are read for."""

    def progress(self, progress: ReadingProgress, state: State) -> None:
        """How far it is."""

    def first(self, view: FirstView) -> None:
        """What the first view shows."""

    def together(self, store: Store, files: Sequence[int]) -> None:
        """All of them in one time line; ``files`` are open and hold their bytes, or there are none."""

    def note(self, note: str) -> None:
        """A sentence for the person."""

    def view_to_keep(self) -> bytes:
        """The first view of what was handed over, as it is kept with an index."""

    def order(self, *, wait: bool) -> Order | None:
        """What is to be done next, None for nothing new."""


def read_together(request: Request, listener: Listener) -> None:
    """Read all captures of a request, tell of them, and keep an index where that is worth it.

    First come the rows of the first capture's beginning, then the whole. A person who stops it gets the
    captures up to the one that is being read.

    Raises HopscopeError: one of them is no capture, or the filter or the view is not usable.
    """
    place, paths = first_place(request), (request.path, *request.more)
    identity = identify_timeline(paths, request.clocks) if cache_allowed() else None
    begun, told = time.monotonic(), 0.0
    total = sum(os.path.getsize(path) for path in paths if os.path.isfile(path))

    def report(what: str, share: float) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _TOLD:
            told = now
            done = ReadingProgress(int(total * share), total, seconds=now - begun, what=what)
            listener.progress(done, State.READING)

    report("reading", 0.0)
    view = _beginning(request)
    if view is not None:
        listener.first(view)
    files: list[int] = []
    try:
        store = open_timeline(
            paths,
            report,
            request.clocks,
            lambda handles: files.extend(os.dup(one) for one in handles),
            lambda: listener.order(wait=False) is Order.STOP,
        )
        listener.first(first_view(request, store, place))
        listener.together(store, files)
    finally:
        for handle in files:
            os.close(handle)
    assert store.members is not None
    for note in store.members.notes:
        listener.note(note)
    read = len(store.members.files)
    if read < len(paths):
        listener.note(f"stopped; {read} of {len(paths)} captures are here, open them again for all")
        return
    if identity is not None and store.source.size >= WORTH_KEEPING:
        try:
            keep_timeline(store, paths, request.clocks, identity, listener.view_to_keep)
        except CacheError as error:
            listener.note(str(error))


def _beginning(request: Request) -> FirstView | None:
    """What the first view shows of the beginning of the first capture; None where it has no rows there."""
    if not os.path.isfile(request.path):  # what is not a file can be read once only
        return None
    try:
        with closing(StoreBuilder(open_growing(request.path))) as builder:
            while not builder.events and not builder.done:
                builder.advance(_PATIENCE)
            view = first_view(request, builder.store(), first_place(request))
    except HopscopeError:
        return None  # it is said when the capture's turn has come
    return view if view.count else None
