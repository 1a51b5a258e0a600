"""What is worked out for a store and refers to it: kept for the stores that were asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from hopscope.store.store import Store

MOST_STORES = 2
"""So many stores keep what was worked out; the one that was asked for longest ago goes first."""


class _OfStore(Protocol):
    """Refers to its store, so that the store's id cannot be used again while this is kept."""

    store: Store


P = ParamSpec("P")
Value = TypeVar("Value", bound=_OfStore)


def kept_for_store(build: Callable[Concatenate[Store, P], Value]) -> Callable[Concatenate[Store, P], Value]:
    """The function with a memory; any thread may ask, and the work is done once.

    Arguments behind the store say how to do the work, not what it gives.
    """
    known: OrderedDict[int, Value] = OrderedDict()
    building = threading.Lock()

    def kept(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> Value:
        with building:
            found = known.pop(id(store), None)
            if found is None:
                found = build(store, *args, **kwargs)
            known[id(store)] = found
            while len(known) > MOST_STORES:
                known.popitem(last=False)
            return found

    update_wrapper(kept, build)
    return kept
