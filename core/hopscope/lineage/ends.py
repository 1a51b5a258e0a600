"""How processes ended."""

from __future__ import annotations

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.store.store import Store
from hopscope.store.tables import NONE


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
