"""The filter language of sysdig: text to tree, tree to the events that it accepts."""

from __future__ import annotations

from hopscope.filters.completion import Completion, complete
from hopscope.filters.filter import Filter, compile_filter

__all__ = ["Completion", "Filter", "compile_filter", "complete"]
