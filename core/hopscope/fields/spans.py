"""Bytes that lie in the capture, searched all at once instead of event by event."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.memo import once

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

    return once(store, "payload spans", make)
