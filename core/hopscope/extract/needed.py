"""Which other events must be there so that chosen events look in a smaller capture as they did.

A reader rebuilds threads and descriptors from the lists at the start and from every event that changes
them. So the smaller capture keeps, marked as never to be shown, up to the last chosen event:

- all events about threads, containers, the cluster, users, and losses;
- events about descriptors, of the processes that the chosen events are in and of those that they were
  forked from, which is where they have their first descriptors from;
- the start of each call whose end is kept, which says what it is about and when it began;
- what last told the memory of a process before a chosen event, and the call whose duration a chosen
  event repeats;
- the first event of threads that nothing introduces, and of each section, where relative times begin.

What a reader adds up over all events, such as the time on a CPU, counts from the smaller capture's start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.state.handlers import HANDLERS

if TYPE_CHECKING:
    from hopscope.store.store import Store

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_OF_THREADS = frozenset(
    {
        "clone", "clone3", "fork", "vfork", "execve", "execveat", "procexit", "chdir", "fchdir", "getcwd",
        "chroot", "setuid", "setresuid", "setgid", "setresgid", "setsid", "setrlimit", "getrlimit", "prlimit",
    }
)  # fmt: skip
_OF_SURROUNDINGS = frozenset(
    {
        "container", "k8s", "mesos", "asyncevent", "useradded", "userdeleted", "groupadded", "groupdeleted",
        "drop",
    }
)  # fmt: skip
_OF_DESCRIPTORS = frozenset(name for handler in HANDLERS for name in handler.names) - _OF_THREADS
_SIZE_CALLS, _SWITCHES = codes_named("brk", "mmap", "mmap2", "munmap"), codes_named("switch")
_NO_ORIGIN = codes_named("container")


def _of_types(names: Iterable[str]) -> Mask:
    """True for the codes of these events."""
    wanted = frozenset(names)
    return np.array([event.name in wanted for event in EVENTS], dtype=np.bool_)


_THREADS, _SURROUNDINGS, _DESCRIPTORS = map(_of_types, (_OF_THREADS, _OF_SURROUNDINGS, _OF_DESCRIPTORS))
_BEGINS: Mask = np.array(
    [
        not event.is_exit
        and EventFlag.SKIPPARSERESET not in event.flags
        and event.name not in {"switch", "signaldeliver", *_OF_SURROUNDINGS}
        for event in EVENTS
    ],
    dtype=np.bool_,
)
_REPEATS = _of_types(("switch", "page_fault"))
_TIMED: Mask = np.array(
    [
        EventFlag.SKIPPARSERESET not in event.flags and event.name not in {"switch", *_OF_SURROUNDINGS}
        for event in EVENTS
    ],
    dtype=np.bool_,
)
_ENDS: Mask = np.array([event.is_exit for event in EVENTS], dtype=np.bool_)


class Needed(NamedTuple):
    """What goes into a smaller capture.

    Attributes:
        chosen: bool, one an event: the events that were asked for.
        state: bool, one an event: further ones that only carry state.
    """

    chosen: Mask
    state: Mask


def needed_for(store: Store, chosen: Mask) -> Needed:
    """The events that must go with the chosen ones, bool, one an event."""
    state = np.zeros(len(store), dtype=np.bool_)
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return Needed(chosen, state)
    code = store.code
    state |= _THREADS[code] | _SURROUNDINGS[code]
    state |= _DESCRIPTORS[code] & _in_tables(store, rows)
    state[_origins(store)] = True
    state[_first_of_nameless(store)] = True
    # A call tells the sizes of its caller, a switch the faults of its thread and the sizes of its process.
    thread, process = store.thread_life, store.process
    for codes, key in ((_SIZE_CALLS, thread), (_SWITCHES, thread), (_SWITCHES, process)):
        state[_last_before(key, np.isin(code, codes), rows)] = True
    repeating = rows[_REPEATS[code[rows]]]
    state[_last_before(store.tid, _TIMED[code], repeating)] = True
    state[int(rows[-1]) + 1 :] = False
    kept = np.flatnonzero(state | chosen)
    ends = kept[_ENDS[code[kept]]]
    state[store.twin[ends][store.twin[ends] >= 0]] = True
    state[_last_before(store.tid, _BEGINS[code], ends)] = True
    state &= ~chosen
    return Needed(chosen, state)


def _in_tables(store: Store, rows: Rows) -> Mask:
    """Events of threads whose descriptor table counts for these events, or was copied for one that does."""
    table, life, parent = store.threads.table, store.threads.life, store.threads.parent
    thread = store.thread
    lives = int(life.max(initial=-1)) + 1
    of_life = np.full(lives + 1, -1, dtype=np.int64)
    of_life[life] = table
    wanted = np.zeros(int(table.max(initial=-1)) + 2, dtype=np.bool_)
    held = thread[rows]
    wanted[table[held[held >= 0]]] = True
    while True:
        above = parent[wanted[table]]
        tables = of_life[above[above >= 0]]
        tables = tables[tables >= 0]
        if wanted[tables].all():
            break
        wanted[tables] = True
    return np.append(wanted[table], False)[thread]


def _origins(store: Store) -> list[int]:
    """The event of each section at which its relative times begin."""
    real = np.flatnonzero(~np.isin(store.code, _NO_ORIGIN))
    places = np.searchsorted(real, store.sections)
    return [int(real[place]) for place in places.tolist() if place < len(real)]


def _first_of_nameless(store: Store) -> Rows:
    """The event at which a reader first hears of a thread that no other event introduces."""
    table = store.threads
    nameless = np.array([name == "<NA>" for name in table.comm], dtype=np.bool_) & (table.born < 0)
    first = table.first[nameless]
    found: Rows = np.unique(first[(first >= 0) & (first < len(store))])
    return found


def _last_before(key: NDArray[np.integer], told: Mask, rows: Rows) -> Rows:
    """For each row the last event before it that tells something and has the same key, if there is one."""
    telling = np.flatnonzero(told)
    if not len(telling) or not len(rows):
        return rows[:0]
    keys, dense = np.unique(key[telling], return_inverse=True)
    span = len(key) + 1
    moments = dense.astype(np.int64) * span + telling
    moments.sort()
    place = np.minimum(np.searchsorted(keys, key[rows]), len(keys) - 1)
    known = keys[place] == key[rows]
    wanted = place[known] * span + rows[known]
    found = np.searchsorted(moments, wanted, side="left") - 1
    same = (found >= 0) & (moments[np.maximum(found, 0)] // span == place[known])
    rows_found: Rows = np.unique(moments[found[same]] % span)
    return rows_found
