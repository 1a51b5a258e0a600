"""The filter language of sysdig: text to tree, tree to the events that it accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hopscope.filters.filter import Filter, compile_filter, fault

if TYPE_CHECKING:
    from hopscope.filters.completion import Completion, complete

__all__ = ["Completion", "Filter", "compile_filter", "complete", "fault"]


def __getattr__(name: str) -> Any:
    """Loads completion when it is first asked for: only who types a filter needs it."""
    if name in ("Completion", "complete"):
        from hopscope.filters import completion  # noqa: PLC0415

        return getattr(completion, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
