"""From bytes to the columns that need no state: the first half of indexing, one stretch after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import PROCESS_VERSION
from hopscope.capture.damage import Damage
from hopscope.capture.walk import Blocks, Walker
from hopscope.decode.columns import COLUMN_DTYPES, EventColumns
from hopscope.decode.headers import Headers, read_headers
from hopscope.store.event_columns import Numbering, descriptor_numbers, results
from hopscope.store.growing_columns import GrowingColumns
from hopscope.store.metadata_blocks import MetaBlock, meta_blocks, section_starts
from hopscope.store.pairing import Pairing
from hopscope.store.tables import NONE

Bytes = NDArray[np.uint8]

STRETCH = 16 << 20
"""Bytes of a stretch: its columns stay in the processor's cache, and what is done once for each is little."""

FIRST_STRETCH = 1 << 20
"""Bytes of each stretch up to the first events, so that there is something to show at once."""

EVENT_DTYPES: dict[str, np.dtype[Any]] = {
    **COLUMN_DTYPES,
    **{
        name: np.dtype(kind)
        for name, kind in (
            ("number", "i8"), ("hidden", "?"), ("fd", "i8"), ("result", "i8"), ("twin", "i4"),
            ("latency", "i8"),
        )
    },
}  # fmt: skip
"""The columns that are filled here."""

_PROCESS_KINDS = np.array(sorted(PROCESS_VERSION), np.uint32)


@dataclass(slots=True)
class Stretch:
    """Events that were added, and what else was met.

    Attributes:
        first, stop: event rows.
        size: bytes of the stream that were there.
        blocks: those that are no events.
        broken: rows of events whose lengths make no sense.
        unknown: count of event blocks by codes that the event table does not have.
        damage: what ended the walk.
        starts, epochs: where all sections up to now begin, and the time zero of each.
        position: bytes walked.
        last: no more stretches will come.
    """

    first: int
    stop: int
    size: int
    blocks: list[MetaBlock]
    broken: NDArray[np.int64]
    unknown: dict[int, int]
    damage: list[Damage]
    starts: list[int]
    epochs: list[int]
    position: int
    last: bool = False


def events_view(columns: GrowingColumns, data: Bytes, count: int) -> EventColumns:
    """The first events as columns."""
    arrays: dict[str, Any] = {name: columns.view(name, count) for name in COLUMN_DTYPES}
    return EventColumns(data=data, broken=np.zeros(0, np.int64), unknown={}, **arrays)


@dataclass(slots=True)
class Stretches:
    """Fills the columns.

    Attributes:
        columns: those of :data:`EVENT_DTYPES`.
        count: events up to now.
    """

    columns: GrowingColumns
    count: int = 0
    _walker: Walker = field(default_factory=Walker)
    _pairing: Pairing = field(default_factory=Pairing)
    _numbering: Numbering = field(default_factory=Numbering)
    _version: int = 0
    _sections: int = 0

    @property
    def position(self) -> int:
        """Bytes walked."""
        return self._walker.position

    @property
    def next_size(self) -> int:
        """Bytes of the next stretch."""
        return STRETCH if self.count else min(FIRST_STRETCH, STRETCH)

    @property
    def is_over(self) -> bool:
        """True when a fault has ended the walk."""
        return self._walker.is_over

    def advance(self, data: Bytes, *, whole: bool) -> Stretch | None:
        """Add the next events.

        Args:
            data: the unpacked stream as far as it is there.
            whole: nothing will come behind it.

        Returns:
            What was added; None when there is nothing to be added (yet).
        """
        before = self._walker.position
        if self._walker.is_over or before >= len(data):
            return None
        blocks = self._walker.walk(data, before + self.next_size, whole=whole)
        if self._walker.position == before and not blocks.damage:
            return None
        headers = read_headers(data, blocks.offset, blocks.type, blocks.length, self._versions(blocks))
        first, stop = self.count, self.count + len(headers)
        metas = meta_blocks(blocks, headers.block, first)
        starts = section_starts(metas, begun=self._sections > 0 or first > 0)
        self._sections += len(starts)
        self._put(data, headers, starts)
        self.count = stop
        return Stretch(
            first=first,
            stop=stop,
            size=len(data),
            blocks=metas,
            broken=headers.broken + first,
            unknown=headers.unknown,
            damage=blocks.damage,
            starts=list(self._numbering.starts),
            epochs=list(self._numbering.epochs),
            position=self._walker.position,
        )

    def _put(self, data: Bytes, headers: Headers, starts: list[int]) -> None:
        columns, first, stop = self.columns, self.count, self.count + len(headers)
        paired = self._pairing.pair(headers.tid, headers.code, headers.time, first)
        number, hidden = self._numbering.number(headers.code, headers.dump_flags, headers.time, first, starts)
        columns.put(
            first,
            **{name: getattr(headers, name) for name in COLUMN_DTYPES},
            number=number, hidden=hidden, twin=paired.twin, latency=paired.latency,
        )  # fmt: skip
        twin = columns.view("twin", stop)
        twin[paired.enters] = paired.exits
        events = events_view(columns, data, stop)
        result = results(events, first, stop)
        columns.put(first, result=result, fd=np.full(stop - first, NONE, np.int64))
        descriptor_numbers(events, first, stop, columns.view("fd", stop), twin, result)

    def _versions(self, blocks: Blocks) -> NDArray[np.int64] | int:
        """Version of the last process list before each block."""
        listed = np.flatnonzero(np.isin(blocks.type, _PROCESS_KINDS))
        if not len(listed):
            return self._version
        versions = np.array(
            [self._version] + [PROCESS_VERSION[int(blocks.type[i])] for i in listed], np.int64
        )
        self._version = int(versions[-1])
        return versions[np.searchsorted(listed, np.arange(len(blocks)))]
