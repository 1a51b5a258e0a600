"""What is kept with an index beside the index itself, made by whoever shows captures. Loads nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hopscope.store.store import Store

Make = Callable[["Store", str], bytes]
"""From a whole store and the path of its capture to bytes; empty for nothing."""

_make: Make | None = None


def keep_with_indexes(make: Make) -> None:
    """Have something made for each index that this process keeps; :func:`find_extra` has it again."""
    global _make  # noqa: PLW0603  one program shows captures
    _make = make


def made_for(store: Store, path: str) -> bytes:
    """What is to be kept with the index of a store; empty where nobody makes anything."""
    return _make(store, path) if _make is not None else b""
