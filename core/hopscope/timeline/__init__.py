"""Several captures as one time line: rotated files, machines with clocks of their own."""

from __future__ import annotations

from hopscope.timeline.opening import Clocks, open_timeline, together

__all__ = ["Clocks", "open_timeline", "together"]
