"""Processes that a signal killed or that ended with a status other than 0."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.decode.names import signal_name
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import times

MOST_CITED = 8
SIGNAL, DUMPED = 0x7F, 0x80
"""Bits of a status as wait(2) gives it; the exit status lies above them."""


def _find(case: Case) -> Iterator[Finding]:
    groups: dict[tuple[str, int, int], list[int]] = {}
    for row, status in sorted(_ends(case).values()):
        thread = int(case.store.thread[row])
        container = int(case.store.threads.container[thread])
        groups.setdefault((case.store.threads.comm[thread], container, status), []).append(row)
    for (comm, _, status), rows in groups.items():
        how = f"{comm} {_end(status)}"
        sentence = f"{how}, {times(len(rows))} in different processes" if len(rows) > 1 else how
        yield Finding(sentence, rows[0], tuple(rows[:MOST_CITED]), rows=np.array(rows, np.int64))


def _ends(case: Case) -> dict[int, tuple[int, int]]:
    """Event row and status of each process that did not end well, by its life; its main thread counts."""
    store = case.store
    found: dict[int, tuple[int, int]] = {}
    for code in codes_named("procexit"):
        if "status" not in EVENTS[code].param_index:
            continue
        rows, status = store.fixed_param(code, "status")
        bad = status != 0
        for row, value in zip(rows[bad].tolist(), status[bad].tolist(), strict=True):
            process = case.process(row)
            if process >= 0 and (process not in found or store.thread_life[row] == process):
                found[process] = row, value
    return found


def _end(status: int) -> str:
    signal = status & SIGNAL
    if not signal:
        return f"ended with status {status >> 8 & 0xFF}"
    name = signal_name(signal) or f"signal {signal}"
    return f"was killed by {name}{' and left a core dump' if status & DUMPED else ''}"


RULE = Rule(
    name="process-failed",
    title="Processes killed by a signal or ended with a status other than 0",
    evidence="the end of the process, that of its main thread where several threads ended",
    lost="none: what a failed process has cost is not in its own events",
    find=_find,
)
