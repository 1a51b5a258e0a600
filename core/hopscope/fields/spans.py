"""Bytes that lie in the capture, searched all at once instead of event by event."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.fields.memo import is_kept, once

if TYPE_CHECKING:
    from hopscope.store.store import Store

GATHERED = 128 << 20
"""Most bytes that are copied together to be searched; where there are more, the capture itself is."""

_SHORT = 16
"""A search looks at fewer bytes than this one after the other; longer ends are compared by slices."""


class Spans(NamedTuple):
    """Stretches of one buffer, one for each event that has any.

    Attributes:
        buffer: what ``start`` and ``stop`` count in: the capture, or a copy of only these stretches.
        rows: int64, event rows, of which files that are opened together make any order.
        start, stop: int64, where the bytes of each row lie; ascending, without overlap.
    """

    buffer: memoryview
    rows: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]

    def find(self, operator: str, part: bytes) -> NDArray[np.int64]:
        """Event rows, ascending, whose bytes contain, start with, end with or are (``=``) the part."""
        if operator == "contains":
            return np.sort(self.rows[self._containing(part)])
        length = self.stop - self.start
        if operator == "=":
            chosen = np.flatnonzero(length == len(part))
        else:
            chosen = np.flatnonzero(length >= len(part))
        at = self.stop[chosen] - len(part) if operator == "endswith" else self.start[chosen]
        return np.sort(self.rows[chosen[self._equal(at, part)]])

    def _equal(self, at: NDArray[np.int64], part: bytes) -> NDArray[np.bool_]:
        """True where the part lies at a place of the buffer."""
        same = np.ones(len(at), dtype=np.bool_)
        data = np.frombuffer(self.buffer, dtype=np.uint8)
        for offset, byte in enumerate(part[:_SHORT]):
            same[same] = data[at[same] + offset] == byte
        if len(part) > _SHORT:
            left = np.flatnonzero(same)
            same[left] = [self.buffer[one : one + len(part)] == part for one in at[left].tolist()]
        return same

    def _containing(self, part: bytes) -> list[int]:
        """Which stretches hold the part.

        A hit between two stretches, or over the end of one, is none; the search goes on behind it. What
        lies between hits is gone over by the machine, so that a rare part costs one pass.
        """
        if not part:
            return list(range(len(self.rows)))
        search = re.compile(re.escape(part), re.DOTALL).search
        starts, stops = self.start.tolist(), self.stop.tolist()
        found: list[int] = []
        place = starts[0] if starts else 0
        while (hit := search(self.buffer, place)) is not None:
            where = hit.start()
            span = bisect_right(starts, where) - 1
            if where + len(part) <= stops[span]:
                found.append(span)
            elif where < stops[span]:
                place = where + 1
                continue
            if span + 1 == len(starts):
                break
            place = starts[span + 1]
        return found


_PAYLOADS = "payload spans"

_PIECE = 1 << 18
"""Bytes of a capture that are searched together; they stay in the processor's cache."""

_SMALL = 1 << 20
"""Bytes of a capture below which its payloads are copied in no time."""

_MOST_HITS = 1 << 18
"""Hits from which it is better to look at the payloads alone."""


def containing(store: Store, part: bytes) -> NDArray[np.int64]:
    """Event rows, ascending, whose payload contains a part, which must not be empty.

    A part that is rare is searched in the whole capture as it lies there, in one pass, and its hits are
    looked up among the events; a frequent one in a copy of the payloads, which is kept for later searches.
    """
    gathers = len(store.data) < _SMALL or is_kept(store, _PAYLOADS) or not _lies_in_order(store)
    hits = None if gathers else _hits(store.data, part)
    return payloads(store).find("contains", part) if hits is None else _rows_at(store, hits, len(part))


def _hits(data: NDArray[np.uint8], part: bytes) -> NDArray[np.int64] | None:
    """Where a part lies in a capture, None where there are many of it."""
    found: list[int] = []
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE + len(part) - 1].tobytes()
        place = piece.find(part)
        while place >= 0:
            found.append(start + place)
            place = piece.find(part, place + 1)
        if len(found) > _MOST_HITS:
            return None
    return np.array(found, np.int64)


def _lies_in_order(store: Store) -> bool:
    """True where events lie in the order of their rows, which several files together need not."""
    if store.members is None:
        return True
    at = store.columns.params_at
    return once(store, "lies in order", lambda: bool(np.all(at[1:] >= at[:-1])))


def _rows_at(store: Store, hits: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Event rows in whose payload the bytes at these places lie, ascending."""
    columns = store.columns
    rows = np.searchsorted(columns.params_at, hits, side="right") - 1
    hits, rows = hits[rows >= 0], rows[rows >= 0]
    chosen = np.zeros(len(rows), np.bool_)
    for code in np.unique(store.code[rows]).tolist():
        index = EVENTS[code].param_index.get("data")
        if index is None:
            continue
        here = np.flatnonzero((store.code[rows] == code) & (store.nparams[rows] > index))
        start, length = columns.places(rows[here], index)
        chosen[here] = (hits[here] >= start) & (hits[here] + size <= start + length)
    return np.unique(rows[chosen])


def payloads(store: Store) -> Spans:
    """The recorded bytes of all I/O events, kept for the store."""

    def make() -> Spans:
        rows, start, stop = store.payload_spans()
        there = stop > start
        whole = store.data.data
        if not there.all():
            # Empty stretches would share their place with the next one.
            rows, start, stop = rows[there], start[there], stop[there]
        if bool(np.any(start[1:] < start[:-1])):
            order = np.argsort(start, kind="stable")
            rows, start, stop = rows[order], start[order], stop[order]
        if int((stop - start).sum()) > GATHERED or not bool(np.all(start[1:] >= stop[:-1])):
            return Spans(whole, rows, start, stop)
        raw = whole.cast("B")
        joined = b"".join([raw[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)])
        ends = np.cumsum(stop - start)
        return Spans(memoryview(joined), rows, ends - (stop - start), ends)

    return once(store, _PAYLOADS, make)
