"""Kinds of descriptors that a report can be limited to."""

from __future__ import annotations

import numpy as np

from hopscope.decode.event_table import codes_named
from hopscope.fields.column import Mask
from hopscope.filters import compile_filter
from hopscope.store.event_columns import HAPPENED
from hopscope.store.store import Store

KINDS = {
    "net": "fd.type in (ipv4, ipv6)",
    "file": "fd.type=file",
}
"""A filter for each kind."""


def passing(store: Store, *conditions: str, within: Mask | None = None) -> Mask:
    """Events that satisfy all conditions, bool, one an event.

    Args:
        store: the capture.
        conditions: filters; empty ones are passed over.
        within: bool, the only events that can pass.

    Raises:
        FilterError: a condition cannot be understood.
    """
    mask = np.ones(len(store), np.bool_) if within is None else within
    for condition in conditions:
        if condition:
            mask = compile_filter(condition).mask(store, mask)
    return mask


def shown(store: Store, mask: Mask) -> Mask:
    """The same without internal events, which sysdig numbers but never prints."""
    return mask & ~store.hidden


_SAMPLED = codes_named("procinfo")


def timed(store: Store) -> Mask:
    """Events that tell when they were: calls, and what the recorder noted meanwhile; bool, one an event.

    Events that tell of containers and the like have the time at which a file was written.
    """
    told = HAPPENED.copy()
    told[list(_SAMPLED)] = True
    found: Mask = told[store.code] & (store.time > 0)
    return found
