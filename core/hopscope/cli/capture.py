"""Opening a capture for a command, with progress and warnings on standard error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hopscope.cli.output import complain
from hopscope.filters import compile_filter
from hopscope.store.build import open_store
from hopscope.store.store import Store


def open_capture(path: str) -> Store:
    """The store of a capture (``-`` for standard input); says on standard error what was lost.

    Raises CaptureError where nothing of it can be read.
    """
    store = open_store(path)
    for damage in store.source.damage:
        complain(f"{store.source.name}: {damage}")
    return store


def matching(store: Store, words: Sequence[str]) -> NDArray[np.bool_]:
    """Event rows that a filter given as words lets through; all of them without words.

    Raises FilterError where it does not parse.
    """
    text = " ".join(words).strip()
    if not text:
        return np.ones(len(store), dtype=np.bool_)
    return compile_filter(text).mask(store)
