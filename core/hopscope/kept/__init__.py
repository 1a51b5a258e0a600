"""What a person typed and wants to find again: the history of filters, and chains saved under a name.

Bookmarks lie beside it in a room of their own; all of them are kept by :class:`KeptFile`.
"""

from __future__ import annotations

from hopscope.kept.chains import ChainExistsError, SavedChain, SavedChains
from hopscope.kept.file import KeptError, KeptFile
from hopscope.kept.history import FilterHistory
from hopscope.kept.remembered import Remembered, load_remembered, remember

__all__ = [
    "ChainExistsError",
    "FilterHistory",
    "KeptError",
    "KeptFile",
    "Remembered",
    "SavedChain",
    "SavedChains",
    "load_remembered",
    "remember",
]
