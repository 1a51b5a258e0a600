"""Stretches of time with what was waited for in each: of threads side by side, or one line of a process."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows
from hopscope.waits.kinds import UNKNOWN, WORKING
from hopscope.waits.targets import Targets


@dataclass(frozen=True, slots=True)
class Stretches:
    """Columns, one entry a stretch.

    Attributes:
        start, stop: int64, ns; never empty.
        kind: int8, one of :mod:`hopscope.waits.kinds`.
        target: int64, entry of ``targets`` for what was waited for, NONE where nothing was.
        over: bool, the wait ended because its time was up.
        life: int64, of the thread, NONE where nothing is known of any.
        call: int64, event row of the call (its exit, else its enter), NONE outside of calls.
        first, last: int64, event rows with which the stretch begins and ends, NONE where the capture, the
            range or the thread does. The row may be a switch event of another thread.
        targets: what was waited for.
    """

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    kind: NDArray[np.int8]
    target: NDArray[np.int64]
    over: NDArray[np.bool_]
    life: NDArray[np.int64]
    call: Rows
    first: Rows
    last: Rows
    targets: Targets

    def __len__(self) -> int:
        return len(self.start)

    @property
    def length(self) -> NDArray[np.int64]:
        """int64, ns of each."""
        return self.stop - self.start

    @property
    def working(self) -> NDArray[np.bool_]:
        """bool, whether each is work, as far as the capture tells."""
        return np.isin(self.kind, WORKING)

    @property
    def known(self) -> NDArray[np.bool_]:
        """bool, whether anything is known of each."""
        return np.asarray(self.kind != UNKNOWN)

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Stretches:
        """Some of them."""
        columns = {one.name: getattr(self, one.name)[places] for one in fields(self) if one.name != "targets"}
        return Stretches(**columns, targets=self.targets)

    def threads(self) -> NDArray[np.int64]:
        """Where the stretches of each thread begin, and where the last ones end; they lie together."""
        if not len(self):
            return np.zeros(1, np.int64)
        return np.concatenate([[0], np.flatnonzero(np.diff(self.life)) + 1, [len(self)]]).astype(np.int64)

    def near(self, threads: NDArray[np.int64], begin: int, stop: int) -> Stretches:
        """Those that reach into ``[begin, stop)``, whole; found without a look at all others.

        Args:
            threads: what :meth:`threads` gave; those of each thread follow each other in time.
            begin, stop: ns.
        """
        places = [
            np.arange(
                low + np.searchsorted(self.stop[low:high], begin, side="right"),
                low + np.searchsorted(self.start[low:high], stop),
            )
            for low, high in pairwise(threads.tolist())
        ]
        return self.take(np.concatenate(places) if places else np.zeros(0, np.int64))

    def within(self, begin: int, stop: int) -> Stretches:
        """What lies between two times in ns, cut there."""
        inside = self.take((self.stop > begin) & (self.start < stop))
        np.maximum(inside.start, begin, out=inside.start)
        np.minimum(inside.stop, stop, out=inside.stop)
        return inside


def nothing() -> Stretches:
    """No stretches at all."""
    none, small = np.zeros(0, np.int64), np.zeros(0, np.int8)
    targets = Targets(small, none, none)
    return Stretches(none, none, small, none, small > 0, none, none, none, none, targets)
