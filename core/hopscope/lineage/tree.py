"""The tree of processes of a selection, worked out from the states of their main threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.lineage.ends import ends_of
from hopscope.store.store import Store
from hopscope.store.tables import NONE


@dataclass(frozen=True, slots=True)
class Run:
    """A program that a process ran.

    Attributes:
        row: event row from which it ran; NONE for what a process was born with or ran before the capture.
        state: row of the thread table that names it.
    """

    row: int
    state: int


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the tree.

    Attributes:
        life: its life, as ``process`` of the thread table.
        state: row of the thread table with its last state.
        depth: steps below the root it hangs under.
        parent: place of its parent in the list, NONE for roots.
        born: event row of its birth, NONE where that was before the capture.
        died: event row of its end, NONE where it was still there.
        status: as wait(2) gives it, NONE where it is not known.
        runs: its programs, the first one first.
        events: events of the selection that are its own.
    """

    life: int
    state: int
    depth: int
    parent: int
    born: int
    died: int
    status: int
    runs: tuple[Run, ...]
    events: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """Processes in the order in which they are drawn: each below its parent, older ones first.

    Attributes:
        store: the events.
        processes: them.
    """

    store: Store
    processes: tuple[Process, ...]

    def lifetime(self, process: Process) -> int:
        """ns between birth and end, -1 where one of them is not in the capture."""
        if process.born < 0 or process.died < 0:
            return -1
        return int(self.store.time[process.died] - self.store.time[process.born])


def lineage_of(store: Store, mask: NDArray[np.bool_] | None = None) -> Lineage:
    """The tree.

    Args:
        store: the events.
        mask: bool, one an event; only processes with one of these events and those above them, or all.
    """
    threads = store.threads
    mains = np.flatnonzero(threads.life == threads.process)
    mains = mains[np.lexsort((threads.first[mains], threads.life[mains]))]
    lives, starts = np.unique(threads.life[mains], return_index=True)
    states = {int(life): part.tolist() for life, part in zip(lives, np.split(mains, starts[1:]), strict=True)}
    counts = _events_by_life(store, mask)
    parents = {life: _parent(store, own, states) for life, own in states.items()}
    wanted = set(states) if mask is None else _with_ancestors(counts, parents)
    children: dict[int, list[int]] = {}
    for life in sorted(wanted, key=lambda one: _age(store, states[one])):
        children.setdefault(parents[life], []).append(life)
    ends = ends_of(store)
    found: list[Process] = []
    # Without recursion: a capture may claim a chain of any length.
    waiting = [(life, 0, NONE) for life in reversed(children.get(NONE, []))]
    while waiting:
        life, depth, parent = waiting.pop()
        own = states[life]
        died, status = ends.get(life, (int(threads.died[own[-1]]), NONE))
        place = len(found)
        born, runs = int(threads.born[own[0]]), _runs(store, own)
        found.append(Process(life, own[-1], depth, parent, born, died, status, runs, counts.get(life, 0)))
        waiting += [(child, depth + 1, place) for child in reversed(children.get(life, []))]
    return Lineage(store, tuple(found))


def _events_by_life(store: Store, mask: NDArray[np.bool_] | None) -> dict[int, int]:
    shown = ~store.hidden if mask is None else mask & ~store.hidden
    rows = np.flatnonzero(shown & (store.thread >= 0))
    lives, counts = np.unique(store.threads.process[store.thread[rows]], return_counts=True)
    return dict(zip(lives.tolist(), counts.tolist(), strict=True))


def _parent(store: Store, own: Sequence[int], states: dict[int, list[int]]) -> int:
    """Life of the parent, NONE for roots; what would make a ring is a root too."""
    parent = int(store.threads.parent[own[0]])
    if parent not in states or parent == int(store.threads.life[own[0]]):
        return NONE
    return parent if _age(store, states[parent]) < _age(store, own) else NONE


def _age(store: Store, own: Sequence[int]) -> tuple[int, int, int]:
    """What orders processes by age: those from before the capture by their numbers."""
    threads = store.threads
    born = int(threads.born[own[0]])
    first = own[0]
    return (born, 0, first) if born >= 0 else (-1, int(threads.pid[first]), first)


def _with_ancestors(counts: dict[int, int], parents: dict[int, int]) -> set[int]:
    wanted: set[int] = set()
    for life in counts:
        at = life
        while at in parents and at not in wanted:
            wanted.add(at)
            at = parents[at]
    return wanted


def _runs(store: Store, own: Sequence[int]) -> tuple[Run, ...]:
    """The programs of a process: states whose program or arguments differ from those of the one before."""
    threads = store.threads
    found: list[Run] = []
    before: tuple[str, tuple[str, ...]] | None = None
    for state in own:
        now = threads.exe[state], threads.args[state]
        if now != before:
            found.append(Run(int(threads.first[state]) if found else NONE, state))
            before = now
    return tuple(found)
