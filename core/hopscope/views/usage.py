"""Processor time and memory: what describes threads and processes over a stretch of time.

These do not depend on which events a filter leaves: a process has the same size whether one looks at
its reads or at its writes. They are taken from the selection's window of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.memo import once_per_store
from hopscope.views.ordering import order_of_integers
from hopscope.waits.processors import SWITCHES, switches_of

PROCINFO = 234
KIB = 1024
CPU_CAP = 100
"""Highest processor time of one thread between two ``procinfo`` events, in hundredths of a second."""

MEMORY_CODES = tuple(
    event.code for event in EVENTS if "vm_rss:" in event.declaration and event.category != "PROCESS"
)
"""Events that tell the size of the process they happen in. What clone and execve tell is in the table
of threads."""

_EVENTS = 1 << 20
"""Events whose sizes are looked at together."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of things at event rows.

    Attributes:
        rows: event rows, ascending.
        owners: position of the thread's life (processor time) or of the process's (memory) among all
            distinct ones, ascending.
        values: the measured values.
    """

    rows: Integers
    owners: Integers
    values: Integers

    def within(self, first: int, stop: int) -> Samples:
        """The samples at event rows ``[first, stop)``."""
        start, end = np.searchsorted(self.rows, [first, stop])
        return Samples(self.rows[start:end], self.owners[start:end], self.values[start:end])


@once_per_store
def procinfo_samples(store: Store) -> Samples:
    """Processor time of threads between two ``procinfo`` events, which come about once a second.

    The reference's ``thread.cpu``: user plus system time in hundredths of a second since the thread's
    sample before, 0 for its first one and never more than 100, so near enough a percentage.
    """
    return _procinfo(store, "")


@once_per_store
def user_samples(store: Store) -> Samples:
    """The same for time in programs themselves."""
    return _procinfo(store, "user")


@once_per_store
def system_samples(store: Store) -> Samples:
    """The same for time in the kernel."""
    return _procinfo(store, "system")


def _procinfo(store: Store, part: str) -> Samples:
    user_rows, user = store.fixed_param(PROCINFO, "cpu_usr")
    system_rows, system = store.fixed_param(PROCINFO, "cpu_sys")
    # A damaged event may have only one of the two.
    rows, has_user, has_system = np.intersect1d(
        user_rows, system_rows, assume_unique=True, return_indices=True
    )
    user, system = user[has_user], system[has_system]
    total = {"user": user, "system": system}.get(part, user + system)
    rows, owners, total = _owned(store, store.threads.life, rows, total)
    order = np.lexsort((rows, owners))
    spent = np.zeros(len(rows), dtype=np.int64)
    same = owners[order][1:] == owners[order][:-1]
    spent[order[1:]] = np.where(same, np.diff(total[order]), 0)
    return Samples(rows, owners, np.clip(spent, 0, CPU_CAP))


@once_per_store
def switch_samples(store: Store) -> Samples:
    """Time in ns that a thread had a processor before it was switched away.

    It counts from the switch before on the same processor where that was a switch to this thread, the
    reference's ``thread.exectime``. Newer probes leave out switches from the idle thread; there it
    counts from the thread's first event after the switch before.
    """
    order = np.argsort(store.cpu_key, kind="stable")
    at = np.flatnonzero(np.isin(store.code[order], SWITCHES))
    rows = order[at]
    before, leaving = rows[:-1], rows[1:]
    # Between two switches of a processor lie the events of what ran on it.
    begin = order[at[:-1] + 1]
    switches = switches_of(store)
    switched_to = switches.coming[np.searchsorted(switches.rows, before)]
    begin = np.where(switched_to == store.tid[leaving], before, begin)
    known = (begin == before) | (store.tid[begin] == store.tid[leaving])
    known &= store.cpu_key[before] == store.cpu_key[leaving]
    ran = np.where(known, store.time[leaving] - store.time[begin], 0)
    by_row = np.argsort(leaving, kind="stable")
    return Samples(*_owned(store, store.threads.life, leaving[by_row], np.maximum(ran, 0)[by_row]))


_PARTS = {"": procinfo_samples, "user": user_samples, "system": system_samples}


def cpu_percent(store: Store, size: int, first: int, stop: int, seconds: float, part: str = "") -> Floats:
    """Processor time of threads in a window, in percent of one processor.

    The mean of the ``procinfo`` samples as csysdig has it where the capture has such events, else the
    time on a processor between switches divided by the window.

    Args:
        store: the capture.
        size: number of lives of threads.
        first, stop: the window in event rows.
        seconds: its length.
        part: ``user`` or ``system``, which only ``procinfo`` events tell; empty for both together.

    Returns:
        One value for each life of a thread, ascending; NaN where the capture records neither.
    """
    samples = _PARTS[part](store)
    if len(samples.rows):
        samples = samples.within(first, stop)
        count = np.bincount(samples.owners, minlength=size)
        spent = np.bincount(samples.owners, samples.values, minlength=size)
        return np.asarray(spent / np.maximum(count, 1), dtype=np.float64)
    samples = switch_samples(store)
    if part or len(samples.rows) == 0 or seconds <= 0:
        return np.full(size, np.nan)
    samples = samples.within(first, stop)
    ran = np.bincount(samples.owners, samples.values, minlength=size)
    return np.asarray(ran / (seconds * 1e7), dtype=np.float64)


@once_per_store
def virtual_samples(store: Store) -> Samples:
    """Virtual memory of processes in KiB whenever an event tells it."""
    return _memory(store, "vm_size", store.threads.vmsize)


@once_per_store
def resident_samples(store: Store) -> Samples:
    """Resident memory of processes in KiB whenever an event tells it."""
    return _memory(store, "vm_rss", store.threads.vmrss)


def memory_bytes(samples: Samples, size: int, first: int, stop: int) -> Floats:
    """Greatest size of processes in a window, in bytes, with what was true when it began.

    Args:
        samples: of virtual or of resident memory.
        size: number of lives of processes.
        first, stop: the window in event rows.

    Returns:
        One value for each life of a process, ascending; NaN where the capture does not tell.
    """
    sizes = np.full(size, NONE, dtype=np.int64)
    before = samples.within(-1, max(first, 0))
    sizes[before.owners] = before.values
    inside = samples.within(max(first, 0), stop)
    np.maximum.at(sizes, inside.owners, inside.values)
    return np.where(sizes == NONE, np.nan, sizes * float(KIB))


def _memory(store: Store, name: str, of_states: Integers) -> Samples:
    """The sizes that events tell by a parameter, and those that states of main threads begin with."""
    states = _states_with_news(store, of_states)
    positions = np.unique(store.threads.process, return_inverse=True)[1]
    begun = Samples(store.threads.first[states], positions[states], of_states[states])
    return _with_news([begun, *_told_sizes(store, name)])


def _told_sizes(store: Store, name: str) -> Iterator[Samples]:
    """The sizes that events tell, some events at a time: most of them tell what is known already."""
    rows_of = [store.columns.rows_of_code(code) for code in MEMORY_CODES]
    for first in range(0, len(store), _EVENTS):
        parts = []
        for code, rows in zip(MEMORY_CODES, rows_of, strict=True):
            start, stop = np.searchsorted(rows, [first, first + _EVENTS])
            told = store.columns.fixed(code, name, rows[start:stop])
            parts.append(Samples(*_owned(store, store.threads.process, *told)))
        yield _with_news(parts)
        store.source.release()


def _with_news(parts: list[Samples]) -> Samples:
    """All samples in the order of time without those that repeat the one before of the same owner."""
    rows = np.concatenate([part.rows for part in parts])
    owners = np.concatenate([part.owners for part in parts])
    sizes = np.concatenate([part.values for part in parts])
    order = np.argsort(rows, kind="stable")
    order = order[_news(owners[order], sizes[order])]
    return Samples(rows[order], owners[order], sizes[order])


def _news(owners: Integers, values: Integers) -> Integers:
    """Positions of the samples, in the order of time, that tell their owner's first value or another one."""
    of_owner = order_of_integers(owners, descending=False)
    news = np.ones(len(owners), dtype=np.bool_)
    news[1:] = (np.diff(owners[of_owner]) != 0) | (np.diff(values[of_owner]) != 0)
    return np.sort(of_owner[news])


def _states_with_news(store: Store, values: Integers) -> Integers:
    """States of main threads that begin with a value other than that of the state before.

    A state that began for another reason repeats what may be out of date.
    """
    threads = store.threads
    main = np.flatnonzero(threads.life == threads.process)
    main = main[np.lexsort((threads.first[main], threads.life[main]))]
    news = np.ones(len(main), dtype=np.bool_)
    news[1:] = (np.diff(threads.life[main]) != 0) | (np.diff(values[main]) != 0)
    return main[news]


def _owned(
    store: Store, owner: NDArray[np.int32], rows: Integers, values: Integers
) -> tuple[Integers, Integers, Integers]:
    """Rows that have a thread, the position of the owner of each among all owners, and the values."""
    threads = store.thread[rows]
    known = threads >= 0
    positions = np.unique(owner, return_inverse=True)[1]
    return rows[known], positions[threads[known]].astype(np.int64), values[known]
