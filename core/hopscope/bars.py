"""A row of numbers as a row of bars."""

from __future__ import annotations

from collections.abc import Sequence

BARS = " ▁▂▃▄▅▆▇█"
"""From nothing to the largest number; any number above nothing has a bar."""


def spark(numbers: Sequence[int]) -> str:
    """One bar a number, none of them negative: blank for none, the highest for the largest."""
    largest, steps = max(numbers, default=0), len(BARS) - 1
    return "".join(BARS[-(-number * steps // largest) if number else 0] for number in numbers)
