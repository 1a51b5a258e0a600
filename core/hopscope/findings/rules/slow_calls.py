"""Calls that took far longer than others of their type, where they were not waiting for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.transfers import FILE, READS, exit_codes
from hopscope.decode.event_table import EVENTS
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import listed
from hopscope.views.text import format_duration
from hopscope.waits.calls import waiting_calls

LEAST = 10_000_000
"""ns; what is faster is never slow."""

FACTOR = 20
"""So many times the time that nine of ten calls of a type stay below."""

FEWEST = 10
"""Fewer calls of a type tell nothing about what is usual."""

WAITS = (*waiting_calls(), "recvmmsg", "flock", "ptrace", "switch", "syscall", "page_fault")
"""Calls whose business is to wait, and those that say nothing of which call they are."""

MOST_CITED = 8


def _find(case: Case) -> Iterator[Finding]:
    store = case.store
    for code in store.columns.codes:
        if code not in _working():
            continue
        rows = store.columns.rows_of_code(code)
        spent = store.latency[rows]
        if not len(rows) or spent.max() < LEAST:
            continue
        rows = _own_work(case, code, rows[spent > 0])
        if len(rows) < FEWEST:
            continue
        spent = store.latency[rows]
        usual = int(np.partition(spent, len(spent) * 9 // 10)[len(spent) * 9 // 10])
        slow = rows[spent >= max(LEAST, FACTOR * usual)]
        process = store.process[slow]
        order = np.argsort(process, kind="stable")
        for group in np.split(slow[order], np.flatnonzero(np.diff(process[order])) + 1) if len(slow) else ():
            yield _finding(case, EVENTS[code].name, group, usual)


@cache
def _working() -> frozenset[int]:
    waits = set(exit_codes(*WAITS))
    return frozenset(event.code for event in EVENTS if event.is_exit and event.code not in waits)


def _own_work(case: Case, code: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Without reads of what somebody else has to send first: all but those of files."""
    if code not in exit_codes(*READS):
        return rows
    table = case.store.descriptors
    # Terminals and other devices are files whose bytes come from outside. In a container they may have any
    # name, and are then told by being standard input.
    inside = np.array([not name.startswith("/dev/") for name in table.name], np.bool_)
    inside &= (case.streams.family_of == FILE) & (table.fd > 0)
    own: NDArray[np.int64] = rows[np.append(inside, False)[case.store.descriptor[rows]]]
    return own


def _finding(case: Case, name: str, rows: NDArray[np.int64], usual: int) -> Finding:
    store = case.store
    spent, stops = store.latency[rows], store.time[rows]
    worst = rows[np.argsort(-spent, kind="stable")]
    table = store.descriptors
    descriptors = [int(one) for one in store.descriptor[worst]]
    on = list(dict.fromkeys(table.name[one] for one in descriptors if one >= 0 and table.name[one]))
    place = f" on {listed(on[:3])}{' and others' if len(on) > 3 else ''}" if on else ""
    took = format_duration(int(spent.max()))
    calls = name if len(rows) == 1 else f"{len(rows):,} calls of {name}"
    most = "" if len(rows) == 1 else "up to "
    return Finding(
        f"{calls}{place} took {most}{took}; nine of ten take less than {format_duration(usual)}",
        int(worst[0]),
        tuple(worst[:MOST_CITED].tolist()),
        rows=rows,
        spans=np.stack([stops - spent, stops], axis=1),
    )


RULE = Rule(
    name="slow-call",
    title="Slow calls",
    evidence=(
        "calls that took 10 ms or more and 20 times as long as nine of ten calls of their type; not those "
        "that wait for others (poll, epoll, futex, sleeps, reads of sockets, pipes, devices, standard input)"
    ),
    lost="in the calls, where no other rule explains it",
    find=_find,
    only_lost=True,
)
