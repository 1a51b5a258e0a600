"""What happened at a glance: one number for each thing that one looks for first, and when it was.

The things are rows of :mod:`hopscope.overview.tiles`; ``overview_of`` counts them over a selection.
"""

from __future__ import annotations

from hopscope.overview.overview import Counted, overview_of
from hopscope.overview.tiles import TILES, Tile

__all__ = ["TILES", "Counted", "Tile", "overview_of"]
