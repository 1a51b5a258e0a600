"""What was computed for a store once, kept as long as the store."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from hopscope.attached import attached

if TYPE_CHECKING:
    from hopscope.store.store import Store

Made = TypeVar("Made")

_NAME = "fields"


def once(store: Store, key: Hashable, make: Callable[[], Made]) -> Made:
    """The value under a key of this store, made when it is first asked for.

    Two threads that ask at the same moment may both make it; they make the same.
    """
    kept = attached(store, _NAME)
    if key not in kept:
        kept[key] = make()
    made: Made = kept[key]
    return made


def is_kept(store: Store, key: Hashable) -> bool:
    """True where the value under a key was made before."""
    return key in attached(store, _NAME)
