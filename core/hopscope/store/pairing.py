"""Enter and exit events of one call, and how long it took (notes on state, section 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import EventColumns
from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.store.intervals import stable_order

_OF_RECORDER = frozenset(
    {"container", "useradded", "userdeleted", "groupadded", "groupdeleted", "asyncevent", "pluginevent"}
)
"""Events that the recorder makes; their tid means nothing."""

_BETWEEN = _OF_RECORDER | {"switch", "signaldeliver"}
"""Events that may fall between the two halves of a call without ending it."""


def of_threads(columns: EventColumns) -> NDArray[np.bool_]:
    """Which events say that a thread exists, by code: not those that the kernel or recorder makes."""
    per_code = np.ones(len(EVENTS), np.bool_)
    for event in EVENTS:
        if (
            EventFlag.SKIPPARSERESET in event.flags
            or event.name in _OF_RECORDER
            or event.name == "switch"
            or "INTERNAL" in event.categories
        ):
            per_code[event.code] = False
    return per_code[columns.code]


def pair(columns: EventColumns) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Find twins.

    An exit belongs to the last enter of its thread when that is of the same call. Latency counts
    from the thread's last enter of any kind, as the reference has it.

    Returns:
        ``twin``: int32, row of the other half, -1 without one; ``latency``: int64 in ns, 0 for
        enters and exits without any enter.
    """
    count = len(columns)
    twin = np.full(count, -1, np.int32)
    latency = np.zeros(count, np.int64)
    takes_part = np.ones(len(EVENTS), np.bool_)
    for event in EVENTS:
        if event.name in _BETWEEN or EventFlag.SKIPPARSERESET in event.flags:
            takes_part[event.code] = False
    rows = np.flatnonzero(takes_part[columns.code])
    if not len(rows):
        return twin, latency
    order = rows[stable_order(columns.tid[rows])]
    tid = columns.tid[order]
    code = columns.code[order].astype(np.int64)
    enters = (code & 1) == 0
    same_thread = np.concatenate(([False], tid[1:] == tid[:-1]))
    before = np.concatenate(([0], code[:-1]))
    paired = np.flatnonzero(same_thread & ~enters & (before == code - 1))
    twin[order[paired]] = order[paired - 1]
    twin[order[paired - 1]] = order[paired]
    last_enter = np.maximum.accumulate(np.where(enters, np.arange(len(order)), -1))
    timed = np.flatnonzero(~enters & (last_enter >= 0))
    timed = timed[tid[last_enter[timed]] == tid[timed]]
    latency[order[timed]] = columns.time[order[timed]] - columns.time[order[last_enter[timed]]]
    return twin, latency
