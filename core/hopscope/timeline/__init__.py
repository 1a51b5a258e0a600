"""Several captures as one time line: rotated files, machines with clocks of their own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hopscope.timeline.said import Clocks

if TYPE_CHECKING:
    from hopscope.timeline.kept import find_timeline, identify_timeline, keep_timeline, open_timeline_indexed
    from hopscope.timeline.opening import open_timeline, together

__all__ = [
    "Clocks",
    "find_timeline",
    "identify_timeline",
    "keep_timeline",
    "open_timeline",
    "open_timeline_indexed",
    "together",
]

_MODULES = {
    "kept": ("find_timeline", "identify_timeline", "keep_timeline", "open_timeline_indexed"),
    "opening": ("open_timeline", "together"),
}


def __getattr__(name: str) -> Any:
    """Load a module when one of its names is asked for: the screen forks before NumPy is there."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
