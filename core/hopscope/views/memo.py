"""Results that hold for a whole capture, worked out once for each store."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from hopscope.attached import attached
from hopscope.store.store import Store

Value = TypeVar("Value")


def once_per_store(function: Callable[[Store], Value]) -> Callable[[Store], Value]:
    """The function with a memory: asked again for the same store it gives the same object.

    What is remembered goes away with the store. Two threads that ask at the same time may both do
    the work; they get equal results.
    """

    @wraps(function)
    def remembered(store: Store) -> Value:
        known = attached(store, "once")
        if function not in known:
            known[function] = function(store)
        value: Value = known[function]
        return value

    return remembered
