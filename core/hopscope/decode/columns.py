"""The columns of all numbered events, and where their parameters lie.

Columns hold what every event has. Parameters stay in the capture and are found there when they are
asked for, by event type, many at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, SIGNED_TYPES
from hopscope.decode.gathering import gather
from hopscope.decode.lengths import length_of

Ints = NDArray[np.int64]

COLUMN_DTYPES: dict[str, np.dtype[Any]] = {
    name: np.dtype(kind)
    for name, kind in (
        ("time", "i8"), ("cpu", "u2"), ("tid", "i8"), ("code", "u2"), ("params_at", "i8"),
        ("lengths_size", "u2"), ("nparams", "u1"), ("wide", "?"),
    )
}  # fmt: skip
"""The arrays of :class:`EventColumns` with one entry an event."""


_PIECE = 1 << 20
"""Events that are sorted by code at once."""

_SCANS = 6
"""How many codes are looked for one by one, before sorting all events by code pays."""


@dataclass(slots=True)
class EventColumns:
    """One entry for each numbered event, in file order.

    Attributes:
        data: uint8, the unpacked stream.
        time: int64, ns since the epoch.
        cpu: uint16.
        tid: int64.
        code: uint16, index into ``EVENTS``; codes that old releases used otherwise are translated.
        params_at: int64, where the parameters lie; their lengths lie just in front.
        lengths_size: uint16, bytes of those lengths.
        nparams: uint8, parameters stored; 0 for an event whose lengths make no sense.
        wide: bool, True where a length takes four bytes.
        broken: int64, rows of the events whose lengths make no sense.
        unknown: count of event blocks by codes that the event table does not have; they get no row.
    """

    data: NDArray[np.uint8]
    time: Ints
    cpu: NDArray[np.uint16]
    tid: Ints
    code: NDArray[np.uint16]
    params_at: Ints
    lengths_size: NDArray[np.uint16]
    nparams: NDArray[np.uint8]
    wide: NDArray[np.bool_]
    broken: Ints
    unknown: dict[int, int]
    _by_code: CodeIndex | None = field(default=None, repr=False)
    _scans: int = field(default=0, repr=False)

    def __len__(self) -> int:
        return len(self.time)

    @property
    def by_code(self) -> CodeIndex:
        """Rows sorted by code; made when first asked for."""
        if self._by_code is None:
            self._by_code = CodeIndex(self.code)
        return self._by_code

    @property
    def codes(self) -> list[int]:
        """The codes that occur, ascending."""
        return self.by_code.codes

    def rows_of_code(self, code: int) -> Ints:
        """Event rows of one code, ascending."""
        if self._by_code is None and self._scans < _SCANS:
            self._scans += 1
            return np.flatnonzero(self.code == code)
        return self.by_code.rows(code)

    def lengths_at(self, rows: Ints) -> Ints:
        """Where the lengths of the parameters of some events lie."""
        return self.params_at[rows] - self.lengths_size[rows]

    def spans(self, code: int, index: int, rows: Ints | None = None) -> tuple[Ints, Ints, Ints]:
        """Where one parameter of all events of a code lies.

        Args:
            code: event type.
            index: position of the parameter.
            rows: event rows of this code, all of them when None.

        Returns:
            Rows of the events that store the parameter, its first byte's offset and its length.
        """
        if rows is None:
            rows = self.rows_of_code(code)
        stored = self.nparams[rows] > index
        if not stored.all():
            rows = rows[stored]
        start, length = self.places(rows, index)
        return rows, start, length

    def places(self, rows: Ints, index: int) -> tuple[Ints, Ints]:
        """First byte's offset and length of one parameter of events that all store it."""
        wide = self.wide[rows]
        start = self.params_at[rows]
        at = start - self.lengths_size[rows]
        if not wide.any():
            before, length = length_of(self.data, at, index, 2)
        elif wide.all():
            before, length = length_of(self.data, at, index, 4)
        else:
            before, length = np.empty_like(at), np.empty_like(at)
            for chosen, width in ((~wide, 2), (wide, 4)):
                before[chosen], length[chosen] = length_of(self.data, at[chosen], index, width)
        return start + before, length

    def fixed(self, code: int, name: str, rows: Ints | None = None) -> tuple[Ints, Ints]:
        """Values of a parameter of fixed width, for the events that store it.

        Unsigned 64-bit values keep their bits and so may appear negative.
        """
        event = EVENTS[code]
        index = event.param_index.get(name)
        if index is None:
            none = np.zeros(0, np.int64)
            return none, none
        rows, start, length = self.spans(code, index, rows)
        signed = event.params[index].type in SIGNED_TYPES
        values, usable = fixed_values(self.data, start, length, np.broadcast_to(np.bool_(signed), len(rows)))
        if usable is None:
            return rows, values
        return rows[usable], values[usable]

    def params_of(self, row: int) -> list[bytes]:
        """The stored bytes of each parameter of one event."""
        return [bytes(self.data[start:stop]) for start, stop in self.param_bounds(row)]

    def param_bounds(self, row: int) -> list[tuple[int, int]]:
        """``(start, stop)`` offsets of each parameter of one event."""
        count = int(self.nparams[row])
        size = 4 if self.wide[row] else 2
        start = int(self.params_at[row])
        at = start - int(self.lengths_size[row])
        lengths = np.frombuffer(self.data[at : at + size * count].tobytes(), "<u4" if size == 4 else "<u2")
        bounds = []
        for length in lengths.tolist():
            bounds.append((start, start + length))
            start += length
        return bounds

    def sections(self) -> dict[str, NDArray[Any]]:
        """All arrays but ``data`` by name; :meth:`from_sections` makes the same columns of them."""
        return {name: getattr(self, name) for name in (*COLUMN_DTYPES, "broken")}

    @classmethod
    def from_sections(
        cls, data: NDArray[np.uint8], unknown: dict[int, int], sections: Mapping[str, NDArray[Any]]
    ) -> EventColumns:
        """The columns that :meth:`sections` was asked for; nothing is checked here."""
        arrays: dict[str, Any] = {name: sections[name] for name in (*COLUMN_DTYPES, "broken")}
        return cls(data=data, unknown=unknown, **arrays)


class CodeIndex:
    """Rows of a stretch of events sorted by code, so that all events of a type are a slice.

    Args:
        code: of the events.
        first: row of the first of them.
    """

    def __init__(self, code: NDArray[np.uint16], first: int = 0) -> None:
        self._first = first
        counts = np.bincount(code, minlength=1)
        stops = np.cumsum(counts)
        self._order = _sorted(code, stops - counts)
        self._slices = {
            one: slice(int(stops[one] - counts[one]), int(stops[one]))
            for one in np.flatnonzero(counts).tolist()
        }

    @property
    def codes(self) -> list[int]:
        """The codes that occur, ascending."""
        return list(self._slices)

    def rows(self, code: int) -> Ints:
        """Event rows of one code, ascending."""
        rows = self._order[self._slices.get(code, slice(0, 0))].astype(np.int64)
        if self._first:
            rows += self._first
        return rows


def _sorted(code: NDArray[np.uint16], starts: Ints) -> NDArray[np.int32]:
    """Places sorted by code, int32: piece by piece, because NumPy's own order takes 64 bits for each."""
    if len(code) <= _PIECE:
        return np.argsort(code, kind="stable").astype(np.int32)
    order = np.empty(len(code), np.int32)
    free = starts.copy()
    for first in range(0, len(code), _PIECE):
        piece = code[first : first + _PIECE]
        local = np.argsort(piece, kind="stable")
        counts = np.bincount(piece, minlength=len(free))
        shift = free - (np.cumsum(counts) - counts)
        order[np.arange(len(piece)) + np.repeat(shift, counts)] = local + first
        free += counts
    return order


def fixed_values(
    data: NDArray[np.uint8], start: Ints, length: Ints, signed: NDArray[np.bool_]
) -> tuple[Ints, NDArray[np.bool_] | None]:
    """Numbers of 1, 2, 4 or 8 bytes.

    Args:
        data: uint8, the unpacked stream.
        start, length: where they lie.
        signed: which of them have a sign. Those of 8 bytes keep their bits in any case.

    Returns:
        The values, 0 for other lengths, and which have one of these lengths, None where all have.
    """
    values = gather(data, start, "<i8")
    narrow = length != 8
    if not narrow.any():
        return values, None
    usable = ~narrow
    for width in (1, 2, 4):
        chosen = np.flatnonzero(length == width)
        if len(chosen):
            shift = 64 - 8 * width
            raised = values[chosen] << shift
            plain = (raised.view(np.uint64) >> np.uint64(shift)).view(np.int64)
            values[chosen] = np.where(signed[chosen], raised >> shift, plain)
            usable[chosen] = True
    values[~usable] = 0
    return values, None if usable.all() else usable
