"""How many parameters each event stores, and where each of them ends.

Works on events in the order of their codes, so that all events of a type are a slice and almost
every step is one operation on contiguous memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.decode.gathering import gather

Ints = NDArray[np.int64]

UNSAID = -1
"""``stored`` of an event whose format does not say how many parameters it has."""


class EventBytes(NamedTuple):
    """Where events lie, in the order of their codes.

    Attributes:
        data: uint8, the unpacked stream.
        lengths_at: int64, where the lengths of the parameters lie.
        stop: int64, where the event ends.
        stored: int64, how many parameters the event says it has, or UNSAID.
        wide: bool, True where a length takes four bytes.
    """

    data: NDArray[np.uint8]
    lengths_at: Ints
    stop: Ints
    stored: Ints
    wide: NDArray[np.bool_]


class Counted(NamedTuple):
    """What was found, in the same order.

    Attributes:
        nparams: uint8, parameters that are stored and known; 0 for events whose lengths make no sense.
        params_at: int64, where the parameters lie.
        good: bool, False for those events.
        ends: by code, uint32 with a row for each parameter and a column for each event: where it
            ends, counted from the first one.
    """

    nparams: NDArray[np.uint8]
    params_at: Ints
    good: NDArray[np.bool_]
    ends: dict[int, NDArray[np.uint32]]


def count_params(events: EventBytes, slices: dict[int, tuple[int, int]]) -> Counted:
    """Count the parameters of all events.

    Args:
        events: in the order of their codes.
        slices: where the events of each code start and stop.
    """
    count = len(events.lengths_at)
    found = Counted(np.zeros(count, np.uint8), events.lengths_at.copy(), np.zeros(count, np.bool_), {})
    for code, (start, stop) in slices.items():
        found.ends[code] = np.zeros((len(EVENTS[code].params), stop - start), np.uint32)
        group = _Group(
            events.data, events.lengths_at[start:stop], events.stop[start:stop], found.nparams[start:stop],
            found.params_at[start:stop], found.good[start:stop], found.ends[code],
        )  # fmt: skip
        stored, wide = events.stored[start:stop], events.wide[start:stop]
        if stored.max() >= 0:
            for size in (2, 4):
                places = np.flatnonzero((stored >= 0) & (wide == (size == 4)))
                if len(places):
                    group.accept(places, stored[places], size)
        if stored.min() < 0:
            group.guess(np.flatnonzero(stored < 0))
    return found


class _Group(NamedTuple):
    """The events of one code: slices of what is known and of what is to be filled in."""

    data: NDArray[np.uint8]
    lengths_at: Ints
    stop: Ints
    nparams: NDArray[np.uint8]
    params_at: Ints
    good: NDArray[np.bool_]
    ends: NDArray[np.uint32]

    def accept(self, places: Ints, stored: Ints, size: int) -> None:
        """Events that say how many parameters they have: the lengths must lie inside the event.

        Args:
            places: of these events in the slices.
            stored: how many each says it has, also those that the table does not know.
            size: bytes of a length.
        """
        known = np.minimum(stored, len(self.ends))
        params_at = self.lengths_at[places] + size * stored
        inside = params_at <= self.stop[places]
        for count in np.unique(known).tolist():
            self._settle(
                places, np.flatnonzero((known == count) & inside), count, params_at, size, exact=False
            )

    def guess(self, places: Ints) -> None:
        """Events of the first format: the largest count whose lengths add up to the event's length."""
        for count in range(len(self.ends), -1, -1):
            if not len(places):
                return
            params_at = self.lengths_at[places] + 2 * count
            inside = np.flatnonzero(params_at <= self.stop[places])
            self._settle(places, inside, count, params_at, 2, exact=True)
            places = places[~self.good[places]]

    def _settle(
        self, places: Ints, tried: Ints, count: int, params_at: Ints, size: int, *, exact: bool
    ) -> None:
        """Take a count for those events for which it fits.

        Args:
            places: of events in the slices.
            tried: which of them to try.
            count: parameters they have.
            params_at: where the parameters of each of ``places`` would lie.
            size: bytes of a length.
            exact: the parameters must fill the event, and not only fit in.
        """
        chosen, starts = places[tried], params_at[tried]
        summed = self._summed(chosen, count, size)
        end = starts + summed[-1] if count else starts
        stop = self.stop[chosen]
        fits = end == stop if exact else end <= stop
        if len(chosen) == len(self.good) and fits.all():
            self.ends[:count] = summed
            self.nparams[:] = count
            self.params_at[:] = starts
            self.good[:] = True
            return
        chosen = chosen[fits]
        self.ends[:count, chosen] = summed[:, fits]
        self.nparams[chosen] = count
        self.params_at[chosen] = starts[fits]
        self.good[chosen] = True

    def _summed(self, places: Ints, count: int, size: int) -> Ints:
        """Running sums of the first lengths, which must lie inside the capture; a row a parameter."""
        summed = np.zeros((count, len(places)), np.int64)
        at = self.lengths_at[places]
        kind = f"<u{size}"
        for index in range(count):
            summed[index] = gather(self.data, at + size * index, kind)
            if index:
                summed[index] += summed[index - 1]
        return summed
