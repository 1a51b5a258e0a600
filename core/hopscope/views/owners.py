"""Who owns what: the state of a process that stands for it, and its container."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.grouping import Codes, distinct, first_states, last_states
from hopscope.views.memo import once_per_store


class ProcessStates:
    """For each life of a process the thread state that tells its name, user and container.

    That is the main thread's last state before an event row, or that of any thread of the process
    where the main thread is not in the table.

    Args:
        store: where the threads are.
        stop: states that begin at this event row or later do not count.
    """

    def __init__(self, store: Store, stop: int) -> None:
        threads = store.threads
        self._lives, inverse = np.unique(threads.process, return_inverse=True)
        codes: Codes = inverse.astype(np.int32)
        size = len(self._lives)
        main = np.where(threads.life == threads.process, codes, np.int32(NONE)).astype(np.int32)
        chosen = last_states(main, threads.first, size, stop)
        chosen = np.where(chosen == NONE, last_states(codes, threads.first, size, stop), chosen)
        # A process that begins after the window is described by its first state.
        self._rows = np.where(chosen == NONE, first_states(codes, threads.first, size), chosen)

    def of(self, lives: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Rows of the thread table for these lives of processes, NONE for an unknown one."""
        if len(self._lives) == 0:
            return np.full(len(lives), NONE, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._lives, lives), len(self._lives) - 1)
        return np.where(self._lives[place] == lives, self._rows[place], NONE)

    def row_of(self, life: int) -> int:
        """Row of the thread table for one life of a process, NONE for an unknown one."""
        lives = self._lives
        place = int(lives.searchsorted(lives.dtype.type(life)))
        return int(self._rows[place]) if place < len(lives) and lives[place] == life else NONE


@once_per_store
def process_states(store: Store) -> ProcessStates:
    """The states that stand for processes, at the end of the capture."""
    return ProcessStates(store, len(store))


@once_per_store
def container_of_process(store: Store) -> dict[int, int]:
    """Container row of each life of a process, as it was last."""
    lives = distinct(store.threads.process)
    rows = process_states(store).of(lives)
    containers = np.append(store.threads.container, np.int32(0))[rows]
    return dict(zip(lives.tolist(), containers.tolist(), strict=True))


@once_per_store
def tid_of_life(store: Store) -> dict[int, int]:
    """Thread number of each life of a thread."""
    return dict(zip(store.threads.life.tolist(), store.threads.tid.tolist(), strict=True))
