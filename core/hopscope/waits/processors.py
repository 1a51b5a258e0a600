"""When threads got a CPU and lost it, from the events of the scheduler."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.store.store import RUN_BITS, Rows, Store
from hopscope.store.tables import NONE

SWITCHES = codes_named("switch")


@dataclass(frozen=True, slots=True)
class Switches:
    """The switch events of a capture; each takes the CPU from the event's own thread.

    Attributes:
        rows: int64, event rows, ascending.
        coming: int64, number of the thread that gets the CPU, 0 for none, NONE where a damaged event does
            not tell.
    """

    rows: Rows
    coming: NDArray[np.int64]


def coming_lives(store: Store, switches: Switches) -> NDArray[np.int64]:
    """Lives of the threads that get the CPU at each switch, NONE for none and for unknown ones."""
    keys = switches.coming
    if store.members is not None and store.members.runs > 1:
        keys = keys + (store.run[switches.rows].astype(np.int64) << RUN_BITS)
    states = store.threads_of(keys, switches.rows)
    states[switches.coming <= 0] = NONE
    if not len(store.threads):
        return states
    return np.where(states >= 0, store.threads.life[states], NONE).astype(np.int64)


def switches_of(store: Store) -> Switches:
    """The switch events of a capture."""
    rows = store.rows_of_codes(tuple(code for code in SWITCHES if "next" in EVENTS[code].param_index))
    coming = np.full(len(rows), NONE, np.int64)
    for code in SWITCHES:
        told, values = store.fixed_param(code, "next")
        coming[np.searchsorted(rows, told)] = values
    return Switches(rows, coming)
