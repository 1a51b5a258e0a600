"""Phrases that sentences of findings share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

MOST_NAMED = 4


def listed(words: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def several(words: Iterable[str], most: int = MOST_NAMED) -> str:
    """Different words, the most frequent first, the rest counted."""
    counted = Counter(words).most_common()
    shown = ", ".join(f"{word} ({count} times)" if count > 1 else word for word, count in counted[:most])
    left = len(counted) - most
    return f"{shown} and {left:,} more" if left > 0 else shown


def times(count: int) -> str:
    """``once``, ``twice``, ``12 times``."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")
