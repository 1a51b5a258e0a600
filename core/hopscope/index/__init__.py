"""The lasting index: what was worked out about a capture, kept so that it opens at once the next time.

One file for each capture in the user's cache folder, found by the capture's size, time and samples
of its content, mapped into memory where it lies. It is only ever a copy of what the capture says:
whatever is wrong with it, the capture is read again.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hopscope.index.extra import find_extra
    from hopscope.index.faults import CacheError
    from hopscope.index.folder import cache_folder, size_limit
    from hopscope.index.identity import Identity, identify
    from hopscope.index.listing import Entry, clear, entries
    from hopscope.index.opening import WORTH_KEEPING, find, open_indexed, save

__all__ = [
    "WORTH_KEEPING",
    "CacheError",
    "Entry",
    "Identity",
    "cache_folder",
    "clear",
    "entries",
    "find",
    "find_extra",
    "identify",
    "open_indexed",
    "save",
    "size_limit",
]

_MODULES = {
    "extra": ("find_extra",),
    "faults": ("CacheError",),
    "folder": ("cache_folder", "size_limit"),
    "identity": ("Identity", "identify"),
    "listing": ("Entry", "clear", "entries"),
    "opening": ("WORTH_KEEPING", "find", "open_indexed", "save"),
}


def __getattr__(name: str) -> Any:
    """Load a module when one of its names is asked for: whether there is an index is found out before."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
