"""What threads and processes waited for, worked out for those that are asked about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.keeping import kept_for_store
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.waits.among import among
from hopscope.waits.calls import classes_of
from hopscope.waits.kinds import WAIT
from hopscope.waits.merging import one_line
from hopscope.waits.processors import Switches, coming_lives, switches_of
from hopscope.waits.sequence import Lives, lives_of, sequence_of
from hopscope.waits.stretches import Stretches, nothing
from hopscope.waits.targets import Descriptors, descriptors_as_targets, targets_of
from hopscope.waits.timeline import timeline_of


class Waits:
    """What threads did at every time.

    Attributes:
        store: the events.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._some = lru_cache(maxsize=64)(self._with_threads)

    @cached_property
    def lives(self) -> Lives:
        """When each thread was there."""
        return lives_of(self.store)

    @cached_property
    def _classes(self) -> NDArray[np.int8]:
        return classes_of(self.store)

    @cached_property
    def _switches(self) -> tuple[Switches, NDArray[np.int64]]:
        """The switch events, and the lives of the threads that get a CPU at each."""
        switches = switches_of(self.store)
        return switches, coming_lives(self.store, switches)

    @cached_property
    def _descriptors(self) -> Descriptors:
        return descriptors_as_targets(self.store)

    @cached_property
    def _threads(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The process of each thread's life, sorted, and the lives in that order."""
        threads = self.store.threads
        process = np.full(len(self.lives.begin), NONE, np.int64)
        process[threads.life] = threads.process
        order = np.argsort(process, kind="stable")
        return process[order], order

    def threads_of(self, process: int) -> tuple[int, ...]:
        """Lives of the threads of a process, ascending."""
        processes, lives = self._threads
        first, stop = np.searchsorted(processes, (process, process + 1))
        return tuple(lives[first:stop].tolist())

    def of_threads(self, lives: Iterable[int] | None = None) -> Stretches:
        """All stretches of some threads side by side, sorted by thread and time; of all by default."""
        return self._some(None if lives is None else tuple(sorted(set(lives))))[0]

    def of_process(self, process: int) -> Stretches:
        """All stretches of the threads of a process, sorted by thread and time."""
        return self.of_threads(self.threads_of(process))

    def line(self, lives: Iterable[int], begin: int | None = None, stop: int | None = None) -> Stretches:
        """What threads did together, as one line without gaps from ``begin`` to ``stop``.

        Of several processes, what one waits for and another one does counts as the work of the other one.

        Args:
            lives: of the threads.
            begin, stop: ns; by default from the beginning of the first to the end of the last of them.
        """
        wanted = tuple(sorted(set(lives)))
        earliest, latest = self.there(wanted)
        begin = earliest if begin is None else begin
        stop = latest if stop is None else stop
        stretches, threads = self._some(wanted)
        stretches = stretches.near(threads, begin, stop)
        processes = self._processes(wanted)
        inner = among(self.store, stretches.targets, processes) if len(processes) > 1 else None
        return one_line(stretches, begin, max(begin, stop), inner)

    def _processes(self, lives: tuple[int, ...]) -> NDArray[np.int64]:
        """Lives of the main threads of threads."""
        processes, threads = self._threads
        return np.unique(processes[np.isin(threads, lives)])

    def line_of_process(self, process: int, begin: int | None = None, stop: int | None = None) -> Stretches:
        """The same for all threads of a process."""
        return self.line(self.threads_of(process), begin, stop)

    def there(self, lives: Iterable[int]) -> tuple[int, int]:
        """From when to when any of these threads was there, ns."""
        wanted = np.array(list(lives), np.int64)
        if not len(wanted):
            return 0, 0
        return int(self.lives.begin[wanted].min()), int(self.lives.stop[wanted].max())

    def _with_threads(self, lives: tuple[int, ...] | None) -> tuple[Stretches, NDArray[np.int64]]:
        """The stretches of threads, and where those of each one begin."""
        found = self._of_threads(lives)
        return found, found.threads()

    def _of_threads(self, lives: tuple[int, ...] | None) -> Stretches:
        store = self.store
        if not len(store):
            return nothing()
        wanted = None if lives is None else np.array(lives, np.int64)
        switches, coming = self._switches
        sequence = sequence_of(store, self.lives, switches, coming, wanted)
        line = timeline_of(store, sequence, self.lives, switches, self._classes)
        waiting = np.flatnonzero((line.kind == WAIT) & (line.call >= 0))
        calls, first, which = np.unique(line.call[waiting], return_index=True, return_inverse=True)
        targets, of_call, over = targets_of(
            store, sequence, calls, line.place[waiting[first]], self._classes, self._descriptors
        )
        target, timed_out = np.full(len(line), NONE, np.int64), np.zeros(len(line), np.bool_)
        target[waiting], timed_out[waiting] = of_call[which.reshape(-1)], over[which.reshape(-1)]
        return Stretches(
            line.start, line.stop, line.kind, target, timed_out, line.life, line.call,
            sequence.row[line.place], sequence.row[line.place + 1], targets,
        )  # fmt: skip


waits_of = kept_for_store(Waits)
"""What threads of a store waited for, worked out when asked; any thread may ask."""
