"""Hops: from one end of a connection to the other, from a cause to its effect and back.

``peers``, ``causes`` and ``effects`` take a store and an event row and return candidates, best first,
each with its score and its evidence in words. ``absence`` says what was looked for where there is no
peer. The index behind them is built on the first call and kept with the store; the functions may be
called from a worker thread.
"""

from __future__ import annotations

from hopscope.trail.absence import absence
from hopscope.trail.candidate import Candidate
from hopscope.trail.causes import causes, effects
from hopscope.trail.index import index_of
from hopscope.trail.peers import peers

__all__ = ["Candidate", "absence", "causes", "effects", "index_of", "peers"]
