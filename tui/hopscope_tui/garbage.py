"""Searches for cyclic garbage, kept short: while one goes on no thread runs, the screen's neither.

A search for all garbage visits everything that is alive, and what is known of a large capture is some hundred
thousand objects that stay to the end. :func:`settle` takes what is alive out of all later searches.
"""

from __future__ import annotations

import gc
from typing import Any

_MANY = 50_000
"""Objects alive after a search from which on it has taken long: 20 ms or more."""
_OLDEST = 2


def keep_searches_short() -> None:
    """Settle whenever a search has left much alive, for the rest of the process."""
    gc.callbacks.append(_after_search)


def search_from_now_on() -> None:
    """Settle, and search what is made later."""
    settle()
    gc.enable()


def settle() -> None:
    """Take what is alive for something that stays.

    Garbage that was not found yet stays as well, so this is for moments after which there is far more of the
    one than of the other.
    """
    gc.freeze()


def search_everything() -> None:
    """Search what stays as well, once: after something large was closed, whose memory is wanted back."""
    gc.unfreeze()
    gc.collect()
    settle()


def _after_search(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop" and info["generation"] == _OLDEST and len(gc.get_objects(_OLDEST)) > _MANY:
        settle()
