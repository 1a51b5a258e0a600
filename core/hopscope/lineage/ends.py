"""How processes ended."""

from __future__ import annotations

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.decode.names import signal_name
from hopscope.store.store import Store
from hopscope.store.tables import NONE

SIGNAL, DUMPED = 0x7F, 0x80
"""Bits of a status as wait(2) gives it; the exit status lies above them."""


def ends_of(store: Store) -> dict[int, tuple[int, int]]:
    """Event row and status of the end of each process, by its life; that of its main thread counts.

    The status is as wait(2) gives it, -1 where the capture does not tell.
    """
    found: dict[int, tuple[int, int]] = {}
    for code in codes_named("procexit"):
        statuses = dict.fromkeys(store.columns.rows_of_code(code).tolist(), NONE)
        if "status" in EVENTS[code].param_index:
            rows, told = store.fixed_param(code, "status")
            statuses.update(zip(rows.tolist(), told.tolist(), strict=True))
        for row, status in statuses.items():
            thread = int(store.thread[row])
            if thread == NONE:
                continue
            process = int(store.threads.process[thread])
            if process not in found or int(store.threads.life[thread]) == process:
                found[process] = row, status
    return found


def end_words(status: int) -> str:
    """``exit 0``, ``exit 1``, ``SIGKILL``, ``SIGSEGV, core``; empty where the status is not known."""
    if status < 0:
        return ""
    signal = status & SIGNAL
    if not signal:
        return f"exit {status >> 8 & 0xFF}"
    return f"{signal_name(signal) or f'signal {signal}'}{', core' if status & DUMPED else ''}"
