"""Fields about the memory of processes: sizes in kB and page faults.

The process list, clone and execve tell them for a thread; brk, mmap and munmap refresh the sizes of
the caller, and a switch refreshes the page faults of the thread that leaves the CPU and the sizes of
its process (behaviour of sysdig 0.29.3 with full state).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.fields import threads
from hopscope.fields.column import Column, Numbers
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

Integers = NDArray[np.int64]

_PARAM = {
    "vmsize": "vm_size", "vmrss": "vm_rss", "vmswap": "vm_swap", "pfmajor": "pgft_maj", "pfminor": "pgft_min",
}  # fmt: skip
"""Column of the thread table, and the parameter that refreshes it."""

_OF_PROCESS = frozenset({"vmsize", "vmrss", "vmswap"})
"""What a switch refreshes for the main thread; the rest it refreshes for the thread itself."""

_CALLS = codes_named("brk", "mmap", "mmap2", "munmap")
_SWITCHES = codes_named("switch")
_EXECUTIONS = tuple(code for code in codes_named("execve", "execveat") if EVENTS[code].is_exit)


def measured(store: Store, name: str) -> Integers:
    """One measure of the event's thread as last told up to each event, int64; 0 without a thread."""

    def make() -> Integers:
        life, row, value = told(store, name)
        span = len(store) + 2
        order = np.argsort(life * span + row + 1, kind="stable")
        moments = (life * span + row + 1)[order]
        lives = np.append(store.threads.life, -1)[store.thread].astype(np.int64)
        place = np.searchsorted(moments, lives * span + np.arange(len(store)) + 1, side="right") - 1
        latest = order[np.maximum(place, 0)]
        known = (place >= 0) & (lives >= 0) & (life[latest] == lives)
        return np.where(known, value[latest], 0)

    if not len(store.threads):
        return np.zeros(len(store), dtype=np.int64)
    return once(store, ("measured", name), make)


def told(store: Store, name: str) -> tuple[Integers, Integers, Integers]:
    """Every time a measure was told: life of the thread, event row and value."""
    table = store.threads
    values: Integers = getattr(table, name)
    order = np.lexsort((table.first, table.life))
    born = order[np.diff(table.life[order], prepend=-1) != 0]
    told = [(table.life[born], table.first[born], values[born])]
    for code in (*_CALLS, *_SWITCHES, *_EXECUTIONS):
        if _PARAM[name] in EVENTS[code].param_index:
            rows, refreshed = store.fixed_param(code, _PARAM[name])
            of = threads.main(store) if code in _SWITCHES and name in _OF_PROCESS else store.thread
            known = (of[rows] >= 0) & ((store.result[rows] >= 0) | (code not in _EXECUTIONS))
            told.append((table.life[of[rows][known]], rows[known], refreshed[known]))
    life, row, value = (np.concatenate(parts).astype(np.int64) for parts in zip(*told, strict=True))
    return life, row, value


def _measure(name: str) -> Compute:
    return lambda store, argument: Column(Numbers(measured(store, name), store.thread >= 0))


def _of_main(name: str, unit: int) -> Compute:
    """A size for main threads, 0 for the others."""

    def compute(store: Store, argument: Argument) -> Column:
        is_main = np.append(store.threads.tid == store.threads.pid, False)[store.thread]
        return Column(Numbers(np.where(is_main, measured(store, name) * unit, 0), store.thread >= 0))

    return compute


def _row(name: str, text: str, compute: Compute) -> Field:
    return Field(name, FieldType.INTEGER, Domain.EVENT, text, compute)


FIELDS: tuple[Field, ...] = (
    _row("proc.vmsize", "virtual memory in kB", _measure("vmsize")),
    _row("proc.vmrss", "memory that is resident, in kB", _measure("vmrss")),
    _row("proc.vmswap", "memory that is swapped out, in kB", _measure("vmswap")),
    _row("thread.pfmajor", "page faults that needed the disk", _measure("pfmajor")),
    _row("thread.pfminor", "page faults that did not need the disk", _measure("pfminor")),
    _row("thread.vmsize", "virtual memory in kB, for main threads, else 0", _of_main("vmsize", 1)),
    _row("thread.vmrss", "resident memory in kB, for main threads, else 0", _of_main("vmrss", 1)),
    _row("thread.vmsize.b", "virtual memory in bytes, for main threads, else 0", _of_main("vmsize", 1024)),
    _row("thread.vmrss.b", "resident memory in bytes, for main threads, else 0", _of_main("vmrss", 1024)),
)
