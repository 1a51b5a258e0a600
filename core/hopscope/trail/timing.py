"""What the time between two events is worth as evidence."""

from __future__ import annotations

from math import log10

AT_ONCE = 10_000
"""ns within which one thing follows another at once."""

DECADES = 6
"""After so many powers of ten more, the time says nothing any longer (10 s)."""


def soon(nanoseconds: int) -> float:
    """1 for things that follow at once, falling with the logarithm of the time to 0 at 10 s."""
    if nanoseconds <= AT_ONCE:
        return 1.0
    return max(0.0, 1 - log10(nanoseconds / AT_ONCE) / DECADES)
