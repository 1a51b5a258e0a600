"""Results that hold for a whole capture, worked out once for each store."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from hopscope.fields.memo import once
from hopscope.store.store import Store

Value = TypeVar("Value")


def once_per_store(function: Callable[[Store], Value]) -> Callable[[Store], Value]:
    """The function with a memory: asked again for the same store it gives the same object."""

    @wraps(function)
    def remembered(store: Store) -> Value:
        return once(store, function, lambda: function(store))

    return remembered
