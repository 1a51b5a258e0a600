"""The end of a stream: a read that met it leads to the close of the same descriptor and to nothing else."""

from __future__ import annotations

import numpy as np

from hopscope.conversation.transfers import CLOSINGS, RECEIVE, UDP, exit_codes
from hopscope.store.store import Rows
from hopscope.store.tables import NONE
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.index import TrailIndex
from hopscope.trail.timing import soon

Found = list[tuple[int, Evidence]]
"""Event rows and what speaks for them."""

CLOSING_CODES = exit_codes(*CLOSINGS)


def meets_end(index: TrailIndex, message: int) -> bool:
    """Whether a message is a read that met the end of a stream or file; a datagram may be empty."""
    columns = index.transfers
    empty = columns.direction[message] == RECEIVE and columns.size[message] == 0
    return bool(empty and columns.family[message] != UDP)


def closed_at_end(index: TrailIndex, message: int) -> Found:
    """The close of the descriptor at which a message met the end."""
    row = int(index.transfers.row[message])
    closings = _closings(index, row)
    return [(after, _evidence(index, row, after)) for after in closings[closings > row][:1].tolist()]


def end_before(index: TrailIndex, row: int) -> Found:
    """The read that met the end at a descriptor which is then closed."""
    closings = _closings(index, row)
    if row not in closings:
        return []
    columns = index.transfers
    own = _own(index, row)
    places = np.searchsorted(columns.row, own)
    places = places[(places < len(columns.row))]
    places = places[np.isin(columns.row[places], own) & (columns.row[places] < row)]
    return [
        (int(columns.row[read]), _evidence(index, int(columns.row[read]), row))
        for read in places[-1:].tolist()
        if meets_end(index, read)
    ]


def _own(index: TrailIndex, row: int) -> Rows:
    """Event rows of the descriptor that an event uses, by its process."""
    life = int(index.store.descriptor_life[row])
    if life == NONE:
        return np.zeros(0, np.int64)
    rows = index.store.rows_of_descriptor_life(life)
    own: Rows = rows[index.store.process[rows] == index.store.process[row]].astype(np.int64)
    return own


def _closings(index: TrailIndex, row: int) -> Rows:
    """Successful close and shutdown calls on the descriptor that an event uses, ascending."""
    own = _own(index, row)
    closings: Rows = own[np.isin(index.store.code[own], CLOSING_CODES) & (index.store.result[own] == 0)]
    return closings


def _evidence(index: TrailIndex, read: int, close: int) -> Evidence:
    evidence = Evidence()
    apart = int(index.store.time[close] - index.store.time[read])
    words = f"the same descriptor, closed {duration(apart)} after its end was met"
    evidence.add("closed at the end", words)
    evidence.add("soon", "", soon(max(apart, 0)))
    return evidence
