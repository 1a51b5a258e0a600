"""Calls that took longest, or longer than a limit."""

from __future__ import annotations

import numpy as np

from hopscope.fields.column import Mask, Rows
from hopscope.reports.columns import numbers
from hopscope.reports.kinds import passing
from hopscope.store.store import Store

CALLS = "evt.dir=< and evt.type!=switch"
"""A thread that is taken off its CPU makes no call."""


def slower(store: Store, mask: Mask, limit: int) -> Rows:
    """Ends of calls that took longer than a limit, in their order.

    Args:
        store: the capture.
        mask: bool, one an event: those that may be found.
        limit: ns.
    """
    rows = np.flatnonzero(passing(store, CALLS, within=mask))
    took, there = numbers(store, "evt.latency", rows)
    found: Rows = rows[there & (took > limit)]
    return found


def slowest(store: Store, mask: Mask, count: int | None) -> Rows:
    """Ends of the calls that took longest, the longest first; of equal ones the earlier first."""
    rows = slower(store, mask, 0)
    took, _ = numbers(store, "evt.latency", rows)
    chosen: Rows = rows[np.argsort(-took, kind="stable")[:count]]
    return chosen
