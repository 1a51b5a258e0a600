"""What threads and processes did at every time: on a CPU, ready, or waiting, and for what.

``waits_of(store).line(lives, begin, stop)`` is one line of stretches without gaps, for a waterfall or a
breakdown; ``breakdown_of(store, line)`` adds it up, longest part first.
"""

from __future__ import annotations

from hopscope.waits.breakdown import Breakdown, Part, breakdown_of
from hopscope.waits.gaps import Gap, gaps_of
from hopscope.waits.stretches import Stretches
from hopscope.waits.waits import Waits, waits_of

__all__ = ["Breakdown", "Gap", "Part", "Stretches", "Waits", "breakdown_of", "gaps_of", "waits_of"]
