"""The lines of a tree in front of its rows."""

from __future__ import annotations

from collections.abc import Sequence


def guides(depths: Sequence[int]) -> list[str]:
    """What stands in front of each row: ``├ `` or ``└ ``, ``│ `` where rows of a parent follow below.

    Args:
        depths: of the rows, in the order in which they are drawn; 0 for roots.
    """
    found: list[str] = []
    open_below: list[bool] = []
    for depth in reversed(depths):
        del open_below[depth + 1 :]
        open_below += [False] * (depth + 1 - len(open_below))
        stems = "".join("│ " if open_below[level] else "  " for level in range(1, depth))
        found.append(f"{stems}{'├ ' if open_below[depth] else '└ '}" if depth else "")
        open_below[depth] = True
    return found[::-1]
