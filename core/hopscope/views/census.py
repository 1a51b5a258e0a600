"""Columns that describe the threads of a group instead of adding up events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


def _cpu(frame: Frame) -> Floats:
    lives = thread_lives(frame.store)
    percent = usage.cpu_percent(frame.store, len(lives.life), frame.first, frame.stop, frame.seconds)
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
    moments = np.concatenate([np.maximum(lives.first[there], frame.first), lives.stop[there]])
    change = np.concatenate([np.ones(len(there)), -np.ones(len(there))])
    group = np.concatenate([codes, codes])
    # Deaths come first: ``stop`` is the first row at which a thread is gone.
    order = np.lexsort((change, moments, group))
    standing = np.cumsum(change[order])
    peak = np.zeros(frame.grouping.size)
    grouped = group[order] >= 0
    # All births and deaths of a group are in the sum, so it is back at 0 where the next group begins.
    np.maximum.at(peak, group[order][grouped], standing[grouped])
    return peak


TRAITS: dict[str, Trait] = {
    trait.name: trait
    for trait in (
        Trait("cpu", "processor time in percent of one processor", _cpu),
        Trait("virtual", "greatest virtual memory in bytes, added up over processes", _virtual),
        Trait("resident", "greatest resident memory in bytes, added up over processes", _resident),
        Trait("processes", "processes of the selection", _process_count),
        Trait("threads", "threads of the selection", _thread_count),
        Trait("peak_threads", "most threads at one moment", _peak_threads),
    )
}
"""All traits by name."""
