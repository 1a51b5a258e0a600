"""``hopscope events --follow``: events as they come."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from hopscope.capture.growing import open_growing
from hopscope.cli.capture import complain_of_loss
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Rows, Store

_PATIENCE = 0.1
"""Seconds to wait for more."""

_GROWTH = 1.5
"""Times the events that were printed before, from which on it is worth to print what has come so far."""

_PAUSES = 3
"""Times as long as printing took that one waits at least before the next time."""


class Following:
    """The events of a capture that grows, each of them once.

    Args:
        arguments: of the command.
        choose: the rows of a store that filter and limits let through.
        is_enough: True where no later event will be let through any more.
        lines: what is printed of some rows, a line for each or none.
    """

    def __init__(
        self,
        arguments: Namespace,
        choose: Callable[[Store], Rows],
        is_enough: Callable[[Store], bool],
        lines: Callable[[Store, Rows], Iterator[str]],
    ) -> None:
        self._capture: str = arguments.capture
        self._left: int | None = arguments.limit
        self._choose = choose
        self._is_enough = is_enough
        self._lines = lines
        self._seen = 0
        self._last: Rows = np.zeros(0, np.int64)

    def batches(self) -> Iterator[list[str]]:
        """What has come since the batch before, until nothing more comes or it is enough."""
        builder = StoreBuilder(open_growing(self._capture, follow=True))
        due = 0.0
        try:
            while self._left is None or self._left > 0:
                grew = builder.advance(_PATIENCE)
                now = time.monotonic()
                late = now >= due and (not grew or builder.events >= self._seen * _GROWTH)
                if builder.events > self._seen and (late or builder.done):
                    store = builder.store()
                    yield list(self._new(store))
                    due = time.monotonic() + _PAUSES * (time.monotonic() - now)
                    if self._is_enough(store):
                        return
                if builder.done:
                    complain_of_loss(builder.store())
                    return
        finally:
            builder.close()

    def _new(self, store: Store) -> Iterator[str]:
        rows = self._choose(store)
        rows = rows[rows >= self._seen]
        self._seen = len(store)
        # Some fields count from the event before, so the last one goes in front and its line is left out.
        before, self._last = self._last, rows[-1:] if len(rows) else self._last
        lines = self._lines(store, np.concatenate([before, rows]))
        for line in islice(lines, sum(1 for _ in self._lines(store, before)), None):
            if self._left is not None:
                if not self._left:
                    return
                self._left -= 1
            yield line
