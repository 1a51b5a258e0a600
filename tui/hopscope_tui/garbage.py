"""Searches for cyclic garbage, kept short: while one goes on no thread runs, the screen's neither.

A search for all garbage visits everything that is alive, and what is known of a large capture is some hundred
thousand objects that stay to the end. :func:`settle` takes what is alive out of all later searches.
"""

from __future__ import annotations

import gc


def search_from_now_on() -> None:
    """Search what is made later; what was loaded until now stays."""
    gc.freeze()
    gc.enable()


def settle() -> None:
    """Search once, and take what is alive then for something that stays.

    Without the search garbage would stay as well: selections and what was worked out for them refer to each
    other, and hold arrays of the length of the capture.
    """
    gc.collect()
    gc.freeze()


def search_everything() -> None:
    """Search what stays as well, once: after something large was closed, whose memory is wanted back."""
    gc.unfreeze()
    settle()
