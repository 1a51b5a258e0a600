"""Reading a capture, with something to show from the first moment on; in whichever process or thread."""

from __future__ import annotations

import time
from typing import Protocol

from hopscope.capture.growing import GrowingSource
from hopscope.progress import ReadingProgress
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Store
from hopscope_tui.opening import FirstView, Order, Request, State
from hopscope_tui.preparing import first_place, first_view

_PATIENCE = 0.1
"""Seconds to wait for more of a capture before one looks whether something else is to be done."""

_SOON = 0.15
"""Seconds after which there is a first store, whatever there is by then; small captures are whole sooner."""

_GROWTH = 1.6
"""Times the events of a store that the next one has: all of them together cost little more than the last."""

_NEARLY_WHOLE = 1.0
"""Seconds to the end of the capture in which another store would only hold up the whole one."""

_LEAST_PAUSE = 0.5
"""Seconds between two stores of a capture that is being recorded."""

_PAUSES = 10
"""Times as long as handing over a store takes that one waits at least until the next."""

_TOLD = 0.05
"""Seconds between two words about how far it is."""


class Listener(Protocol):
    """Whoever a capture is read for."""

    def progress(self, progress: ReadingProgress, state: State) -> None:
        """How far it is."""

    def first(self, view: FirstView) -> None:
        """What the first view shows."""

    def store(self, builder: StoreBuilder, store: Store, state: State) -> None:
        """The index up to now."""

    def state(self, state: State) -> None:
        """Nothing is new but the state."""

    def order(self, *, wait: bool) -> Order | None:
        """What is to be done next; None for nothing new, and after waiting where nobody listens any more."""


class Reader:
    """Reads one capture for a listener.

    Args:
        request: what to read, and what to show first.
        source: the capture.
        listener: who it is read for.
        shared: the listener hands the columns to another process.

    Raises:
        HopscopeError: the filter or the view is not usable.
    """

    def __init__(self, request: Request, source: GrowingSource, listener: Listener, *, shared: bool) -> None:
        self._request = request
        self._listener = listener
        self._place = first_place(request)
        self._is_open_ended = request.follow or not source.total
        self.builder = StoreBuilder(source, shared=shared)
        self._given = -1
        self._is_shown = False
        self._due = 0.0
        self._begun = time.monotonic()
        self._told = 0.0

    def run(self) -> Store | None:
        """Read to the end, or until nobody listens; the whole index, None where it did not come to that."""
        try:
            return self._run()
        finally:
            self.builder.close()

    def _run(self) -> Store | None:
        builder, listener = self.builder, self._listener
        while True:
            grew = builder.advance(_PATIENCE)
            state = State.WAITING if self._is_open_ended and not grew else State.READING
            if builder.done:
                return self._give(State.WHOLE)
            if grew and not self._is_shown:
                self._show_soon()
            self._tell(state)
            if listener.order(wait=False) is Order.STOP:
                self._give(State.STOPPED)
                paused = time.monotonic()
                if listener.order(wait=True) is not Order.GO_ON:
                    return None
                self._begun += time.monotonic() - paused
            elif self._is_due(grew):
                self._give(state)

    def _show_soon(self) -> None:
        """Tell what the first view shows of the first events, as soon as it has rows at all."""
        if self.builder.events:
            view = first_view(self._request, self.builder.store(), self._place)
            self._is_shown = view.count > 0
            if self._is_shown:
                self._listener.first(view)

    def _tell(self, state: State) -> None:
        now = time.monotonic()
        if now - self._told >= _TOLD:
            self._told = now
            self._listener.progress(self._progress(now), state)

    def _progress(self, now: float) -> ReadingProgress:
        builder = self.builder
        return ReadingProgress(builder.read, builder.total, builder.events, now - self._begun)

    def _is_due(self, grew: bool) -> bool:
        events, now = self.builder.events, time.monotonic()
        if events <= max(self._given, 0):
            return False
        if self._given < 0:
            return now >= self._begun + _SOON or (self._is_open_ended and not grew)
        if grew and events >= self._given * _GROWTH and not self._is_nearly_whole(now):
            return True
        return self._is_open_ended and now >= self._due

    def _is_nearly_whole(self, now: float) -> bool:
        left = self._progress(now).seconds_left
        return left is not None and left < _NEARLY_WHOLE

    def _give(self, state: State) -> Store | None:
        builder, listener = self.builder, self._listener
        begun = time.monotonic()
        listener.progress(self._progress(begun), state)
        if builder.events == self._given and state is not State.WHOLE:
            listener.state(state)
            return None
        store = builder.store()
        if self._given < 0:
            listener.first(first_view(self._request, store, self._place))
            self._is_shown = True
        listener.store(builder, store, state)
        self._given = builder.events
        now = time.monotonic()
        self._due = now + max(_LEAST_PAUSE, _PAUSES * (now - begun))
        return store
