"""How dark the cells of a map of counts are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHADES = " .:+*#@"
"""From no event to the busiest cell of the map, by the logarithm of the count."""

LEVELS = len(SHADES)


def levels(counts: NDArray[np.int64], busiest: int) -> NDArray[np.int64]:
    """The shade of each cell, a place in :data:`SHADES`: the smallest count has the lightest of them.

    Args:
        counts: int64, events in each cell.
        busiest: the largest count of the whole map.
    """
    share = np.log(np.maximum(counts, 1)) / np.log(max(busiest, 2))
    found: NDArray[np.int64] = np.where(counts > 0, 1 + np.floor(share * (LEVELS - 2)), 0).astype(np.int64)
    return found


def level_starts(busiest: int) -> list[tuple[str, int]]:
    """The shades that a map has, each with the smallest count that gets it."""
    steps = [
        (shade, int(np.ceil(max(busiest, 2) ** (place / (LEVELS - 2)))))
        for place, shade in enumerate(SHADES[1:])
    ]
    return [(shade, least) for shade, least in steps if least <= max(busiest, 1)]
