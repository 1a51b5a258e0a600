"""Columns that describe the threads of a group instead of adding up events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Store
from hopscope.views import usage
from hopscope.views.frame import Floats, Frame, Integers
from hopscope.views.grouping import distinct, last_states
from hopscope.views.memo import once_per_store


@dataclass(frozen=True, slots=True)
class Trait:
    """A value for each group of threads.

    Attributes:
        name: what columns call it.
        help: what it is, with unit.
        of: its values, one for each group of the frame's grouping; NaN where it is not known.
    """

    name: str
    help: str
    of: Callable[[Frame], Floats]


@dataclass(frozen=True, slots=True)
class Lives:
    """Lives of threads or processes with the stretch of event rows in which each exists.

    Attributes:
        life: numbers, ascending.
        process: life of the main thread.
        first, stop: event rows ``[first, stop)``.
        state: the last row of the thread table.
    """

    life: Integers
    process: Integers
    first: Integers
    stop: Integers
    state: Integers


@once_per_store
def thread_lives(store: Store) -> Lives:
    """The lives of all threads."""
    threads = store.threads
    life, codes = np.unique(threads.life.astype(np.int64), return_inverse=True)
    first = np.full(len(life), np.iinfo(np.int64).max)
    stop = np.full(len(life), np.iinfo(np.int64).min)
    np.minimum.at(first, codes, threads.first)
    np.maximum.at(stop, codes, threads.stop)
    state = last_states(codes.astype(np.int32), threads.first, len(life), np.iinfo(np.int64).max)
    return Lives(life, threads.process[state].astype(np.int64), first, stop, state)


def _cpu(frame: Frame, part: str = "") -> Floats:
    lives = thread_lives(frame.store)
    percent = usage.cpu_percent(frame.store, len(lives.life), frame.first, frame.stop, frame.seconds, part)
    return _summed(frame, lives.state, percent)


def _virtual(frame: Frame) -> Floats:
    return _memory(frame, usage.virtual_samples(frame.store))


def _resident(frame: Frame) -> Floats:
    return _memory(frame, usage.resident_samples(frame.store))


def _memory(frame: Frame, samples: usage.Samples) -> Floats:
    lives = distinct(frame.store.threads.process.astype(np.int64))
    sizes = usage.memory_bytes(samples, len(lives), frame.first, frame.stop)
    return _summed(frame, frame.processes.of(lives), sizes)


def _summed(frame: Frame, states: Integers, values: Floats) -> Floats:
    """Values of thread states added up by group; NaN for a group in which none is known."""
    codes = frame.grouping.codes[states]
    known = (codes >= 0) & ~np.isnan(values)
    size = frame.grouping.size
    total = np.bincount(codes[known], values[known], minlength=size)
    count = np.bincount(codes[known], minlength=size)
    return np.where(count > 0, total, np.nan)


def _process_count(frame: Frame) -> Floats:
    return _distinct(frame, frame.store.threads.process)


def _thread_count(frame: Frame) -> Floats:
    return _distinct(frame, frame.store.threads.life)


def _distinct(frame: Frame, column: NDArray[np.int32]) -> Floats:
    """Number of different values of a column of the thread table in each group."""
    states = np.flatnonzero(frame.live_threads)
    codes = frame.grouping.codes[states]
    states, codes = states[codes >= 0], codes[codes >= 0].astype(np.int64)
    span = int(column.max(initial=0)) + 1
    pairs = distinct(codes * span + column[states])
    return np.bincount(pairs // span, minlength=frame.grouping.size).astype(np.float64)


def _peak_threads(frame: Frame) -> Floats:
    """Most threads of a process that exist at one moment of the window."""
    lives = thread_lives(frame.store)
    there = np.flatnonzero((lives.first < frame.stop) & (lives.stop > frame.first))
    codes = frame.grouping.codes[lives.state[there]].astype(np.int64)
    begin = np.maximum(lives.first[there], frame.first)
    return _peaks(codes, begin, lives.stop[there], frame.grouping.size)


def _peaks(group: Integers, begin: Integers, end: Integers, size: int) -> Floats:
    """Most members of each group that exist at one moment, ``[begin, end)`` each; group -1 does not count."""
    moments = np.concatenate([begin, end])
    change = np.concatenate([np.ones(len(begin)), -np.ones(len(end))])
    group = np.concatenate([group, group])
    # Deaths come first: at its end a member is gone.
    order = np.lexsort((change, moments, group))
    standing = np.cumsum(change[order])
    peak = np.zeros(size)
    grouped = group[order] >= 0
    # All births and deaths of a group are in the sum, so it is back at 0 where the next group begins.
    np.maximum.at(peak, group[order][grouped], standing[grouped])
    return peak


def _open_descriptors(frame: Frame) -> Floats:
    """Most descriptors that one of the processes has open at one moment of the window."""
    store = frame.store
    table = store.descriptors
    there = np.flatnonzero((table.first < frame.stop) & (table.stop > frame.first))
    lives = distinct(store.threads.process.astype(np.int64))
    owner = np.searchsorted(lives, table.process[there])
    known = owner < len(lives)
    there, owner = there[known], owner[known]
    begin = np.maximum(table.first[there], frame.first)
    peaks = _peaks(owner, begin, table.stop[there], len(lives))
    return _greatest(frame, frame.processes.of(lives), peaks)


def _descriptor_limit(frame: Frame) -> Floats:
    """Most descriptors that a process may have; NaN where the capture does not tell."""
    states = np.flatnonzero(frame.store.threads.fdlimit > 0)
    return _greatest(frame, states, frame.store.threads.fdlimit[states].astype(np.float64))


def _descriptor_use(frame: Frame) -> Floats:
    """The one in percent of the other."""
    return _open_descriptors(frame) * 100 / _descriptor_limit(frame)


def _faults(frame: Frame, name: str) -> Floats:
    """Page faults of the thread of each group that had most, as far as told before the end of the window."""
    told = _FAULTS[name](frame.store)
    lives = thread_lives(frame.store)
    owners = np.arange(len(lives.life))
    place = np.searchsorted(told.moments, owners * told.span + frame.stop + 1) - 1
    known = (place >= 0) & (told.moments[place] // told.span == owners)
    return _greatest(frame, lives.state[known], told.values[place[known]].astype(np.float64))


@dataclass(frozen=True, slots=True)
class _Told:
    """Values as they were told.

    Attributes:
        moments: owner times ``span`` plus event row plus one, ascending.
        values: the greatest that was told of the owner up to then.
        span: more than any event row.
    """

    moments: Integers
    values: Integers
    span: int


_BITS = 36
"""Bits of a number of page faults; higher ones are cut to the greatest."""


def _faults_of(name: str) -> Callable[[Store], _Told]:
    @once_per_store
    def of(store: Store) -> _Told:
        from hopscope.fields.memory import told  # noqa: PLC0415  loads all fields

        life, row, value = told(store, name)
        span = len(store) + 2
        owner = np.searchsorted(thread_lives(store).life, life)
        moments = owner * span + row + 1
        order = np.argsort(moments, kind="stable")
        # Owners in the high bits, so that the greatest value begins anew with each.
        together = (owner[order] << _BITS) + np.clip(value[order], 0, (1 << _BITS) - 1)
        greatest = np.maximum.accumulate(together) & ((1 << _BITS) - 1)
        return _Told(moments[order], greatest, span)

    return of


_FAULTS = {name: _faults_of(name) for name in ("pfmajor", "pfminor")}


def _greatest(frame: Frame, states: Integers, values: Floats) -> Floats:
    """The greatest of the values of thread states by group; NaN for a group that has none."""
    codes = frame.grouping.codes[states]
    known = (codes >= 0) & ~np.isnan(values)
    result = np.full(frame.grouping.size, np.nan)
    np.fmax.at(result, codes[known], values[known])
    return result


TRAITS: dict[str, Trait] = {
    trait.name: trait
    for trait in (
        Trait("cpu", "processor time in percent of one processor", _cpu),
        Trait("cpu_user", "processor time in the program itself, in percent", partial(_cpu, part="user")),
        Trait("cpu_system", "processor time in the kernel, in percent", partial(_cpu, part="system")),
        Trait("open_descriptors", "most descriptors open at one moment", _open_descriptors),
        Trait("descriptor_limit", "descriptors that a process may have open", _descriptor_limit),
        Trait("descriptor_use", "open descriptors in percent of the limit", _descriptor_use),
        Trait("major_faults", "page faults that needed the disk", partial(_faults, name="pfmajor")),
        Trait("minor_faults", "page faults that did not need the disk", partial(_faults, name="pfminor")),
        Trait("virtual", "greatest virtual memory in bytes, added up over processes", _virtual),
        Trait("resident", "greatest resident memory in bytes, added up over processes", _resident),
        Trait("processes", "processes of the selection", _process_count),
        Trait("threads", "threads of the selection", _thread_count),
        Trait("peak_threads", "most threads at one moment", _peak_threads),
    )
}
"""All traits by name."""
