"""How long things took, over time: calls of several kinds, and requests, each a row of a table.

The cells are those of :mod:`hopscope.reports.heat`; this room knows which things have latencies, how long a
line should be, and how dark a cell is.
"""

from __future__ import annotations

from hopscope.spectrogram.kinds import KINDS, Kind, heat_of
from hopscope.spectrogram.scale import latency_marks, plain_duration, ruler
from hopscope.spectrogram.shades import LEVELS, SHADES, level_starts, levels

__all__ = [
    "KINDS", "LEVELS", "SHADES", "Kind", "heat_of", "latency_marks", "level_starts", "levels",
    "plain_duration", "ruler",
]  # fmt: skip
