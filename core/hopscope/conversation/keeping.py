"""What is worked out for a store and refers to it: kept for the stores that were asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar

from hopscope.store.store import Store

MOST_STORES = 2
"""So many stores keep what was worked out; the one that was asked for longest ago goes first."""


class _OfStore(Protocol):
    """Refers to its store, so that the store's id cannot be used again while this is kept."""

    store: Store


Value = TypeVar("Value", bound=_OfStore)


def kept_for_store(build: Callable[[Store], Value]) -> Callable[[Store], Value]:
    """The function with a memory; any thread may ask, and the work is done once."""
    known: OrderedDict[int, Value] = OrderedDict()
    building = threading.Lock()

    @wraps(build)
    def kept(store: Store) -> Value:
        with building:
            found = known.pop(id(store), None)
            if found is None:
                found = build(store)
            known[id(store)] = found
            while len(known) > MOST_STORES:
                known.popitem(last=False)
            return found

    return kept
