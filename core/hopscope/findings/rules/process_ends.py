"""Processes that a signal killed or that ended with a status other than 0."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.conversation.transfers import exit_codes, parameter_of
from hopscope.decode.event_table import codes_named
from hopscope.decode.names import signal_name
from hopscope.decode.wait_status import DUMPED, SIGNAL
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import times
from hopscope.lineage.ends import ends_of
from hopscope.store.tables import NONE

MOST_CITED = 8
MOST_SIGNALS = 16
"""So many of the last signals that a process got are looked at."""


def _find(case: Case) -> Iterator[Finding]:
    groups: dict[tuple[str, int, int], list[int]] = {}
    bad = sorted(end for end in ends_of(case.store).values() if end[1] > 0)
    for row, status in bad:
        thread = int(case.store.thread[row])
        container = int(case.store.threads.container[thread])
        groups.setdefault((case.store.threads.comm[thread], container, status), []).append(row)
    for (comm, _, status), rows in groups.items():
        how = f"{comm} {_end(status)}"
        sentence = f"{how}, {times(len(rows))} in different processes" if len(rows) > 1 else how
        sent = _sent(case, rows[0], status & SIGNAL)
        if sent != NONE:
            sentence += _sender(case, sent, rows[0])
        cited = [*rows[: MOST_CITED - 1], *([sent] if sent != NONE else [])]
        yield Finding(sentence, rows[0], tuple(cited), rows=np.unique(np.array([*rows, *cited], np.int64)))


def _sent(case: Case, end: int, signal: int) -> int:
    """The call that sent the signal that killed a process, or else the event that delivered it; NONE."""
    if not signal:
        return NONE
    store = case.store
    thread = int(store.thread[end])
    kills = store.rows_of_codes(exit_codes("kill", "tkill", "tgkill"))
    kills = kills[(kills < end) & (store.run[kills] == store.run[end]) & (store.result[kills] == 0)]
    kills = kills[(parameter_of(store, kills, "sig") == signal) & (store.thread[kills] >= 0)]
    wanted = parameter_of(store, kills, "pid")
    wanted = np.where(wanted == NONE, parameter_of(store, kills, "tid"), wanted)
    # Inside of a container processes have other numbers, which mean something there only.
    beside = store.threads.container[store.thread[kills]] == store.threads.container[thread]
    meant = (wanted == store.threads.pid[thread]) | ((wanted == store.threads.vpid[thread]) & beside)
    if meant.any():
        return int(kills[meant][-1])
    rows = store.rows_of_process(case.process(end))
    rows = rows[(rows < end) & np.isin(store.code[rows], codes_named("signaldeliver"))][-MOST_SIGNALS:]
    rows = rows[parameter_of(store, rows, "sig") == signal]
    return int(rows[-1]) if len(rows) else NONE


def _sender(case: Case, row: int, end: int) -> str:
    """Who sent a signal, where the capture knows that process."""
    store = case.store
    if "spid" not in store.event_type(row).param_index:
        by = case.who(row) if case.process(row) != case.process(end) else "itself"
        return f", sent by {by}"
    raw = store.raw_param(row, "spid")
    sender = int.from_bytes(raw, "little", signed=True) if raw else 0
    thread = store.thread_at(sender, row) if sender > 0 else NONE
    if thread == NONE or int(store.threads.process[thread]) == case.process(end):
        return ""
    return f", sent by {store.threads.comm[thread]} {sender}"


def _end(status: int) -> str:
    signal = status & SIGNAL
    if not signal:
        return f"ended with status {status >> 8 & 0xFF}"
    name = signal_name(signal) or f"signal {signal}"
    return f"was killed by {name}{' and left a core dump' if status & DUMPED else ''}"


RULE = Rule(
    name="process-failed",
    title="Processes killed by a signal or ended with a status other than 0",
    evidence=(
        "the end of the process, that of its main thread where several threads ended, and the call that sent "
        "the signal, or else the event that delivered it"
    ),
    lost="none: what a failed process has cost is not in its own events",
    find=_find,
)
