"""Event blocks to columns: header fields and arguments of many events at once.

Nothing here loops over events. Headers are gathered by offset, arguments by event type: all events
of one code with the same number of stored parameters form a matrix of lengths, from which the place
of every parameter follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    COUNTED_BLOCKS,
    EVENT_BLOCKS,
    FLAGGED_BLOCKS,
    LARGE_BLOCKS,
    PROCESS_VERSION,
)
from hopscope.capture.walk import Blocks
from hopscope.decode.event_table import EVENTS, SIGNED_TYPES
from hopscope.decode.gathering import gather
from hopscope.decode.param_counts import UNSAID, EventBytes, count_params

Ints = NDArray[np.int64]

V1_HEADER = 22
"""Bytes of an event header that does not store the number of parameters."""

V2_HEADER = 26
"""Bytes of an event header that does."""

_CHUNK = 1 << 18  # events whose blocks and columns stay in the processor's cache
_EVENT_KINDS, _FLAGGED_KINDS, _COUNTED_KINDS, _LARGE_KINDS, _PROCESS_KINDS = (
    np.array(sorted(kinds), np.uint32)
    for kinds in (EVENT_BLOCKS, FLAGGED_BLOCKS, COUNTED_BLOCKS, LARGE_BLOCKS, PROCESS_VERSION)
)
_ARRAYS = (
    "time", "cpu", "tid", "code", "dump_flags", "lengths_at", "params_at", "nparams", "wide", "block",
    "broken",
)  # fmt: skip
_LENGTH_TOO_BIG_BY_THREE = (280, 286)  # notification and infra: a fault of their writers
_REUSED_CODES = {292: 296, 293: 297, 294: 298, 295: 299}  # bpf and seccomp of sysdig 0.20
_LAST_REUSED_VERSION = 7  # process lists up to this version come with the older meaning


@dataclass(slots=True)
class EventColumns:
    """One entry for each numbered event, in file order.

    Attributes:
        data: uint8, the unpacked stream.
        time: int64, ns since the epoch.
        cpu: uint16.
        tid: int64.
        code: uint16, index into ``EVENTS``; codes that old releases used otherwise are translated.
        dump_flags: uint32 of blocks that carry them, else 0.
        lengths_at: int64, where the lengths of the parameters lie.
        params_at: int64, where the parameters lie.
        nparams: uint8, parameters stored; 0 for an event whose lengths make no sense.
        wide: bool, True where a length takes four bytes.
        block: int64, index of the event's block.
        broken: int64, rows of the events whose lengths make no sense.
        unknown: count of event blocks by codes that the event table does not have; they get no row.
    """

    data: NDArray[np.uint8]
    time: Ints
    cpu: NDArray[np.uint16]
    tid: Ints
    code: NDArray[np.uint16]
    dump_flags: NDArray[np.uint32]
    lengths_at: Ints
    params_at: Ints
    nparams: NDArray[np.uint8]
    wide: NDArray[np.bool_]
    block: Ints
    broken: Ints
    unknown: dict[int, int]
    _order: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _starts: dict[int, tuple[int, int]] = field(default_factory=dict)
    _rank: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    _ends: dict[int, NDArray[np.uint32]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time)

    def index_codes(self) -> None:
        """Sort rows by code, so that all events of a type are a slice."""
        self._order = np.argsort(self.code, kind="stable")
        counts = np.bincount(self.code, minlength=len(EVENTS))
        stops = np.cumsum(counts)
        self._rank = np.empty(len(self), np.int32)
        self._rank[self._order] = np.arange(len(self), dtype=np.int32)
        self._starts = {
            code: (int(stops[code] - counts[code]), int(stops[code]))
            for code in np.flatnonzero(counts).tolist()
        }

    @property
    def codes(self) -> list[int]:
        """The codes that occur, ascending."""
        return list(self._starts)

    def rows_of_code(self, code: int) -> Ints:
        """Event rows of one code, ascending."""
        start, stop = self._starts.get(code, (0, 0))
        return self._order[start:stop]

    def spans(self, code: int, index: int, rows: Ints | None = None) -> tuple[Ints, Ints, Ints]:
        """Where one parameter of all events of a code lies.

        Args:
            code: event type.
            index: position of the parameter.
            rows: event rows of this code, all of them when None.

        Returns:
            Rows of the events that store the parameter, its first byte's offset and its length.
        """
        ends = self._ends.get(code)
        if ends is None or index >= len(ends):
            none = np.zeros(0, np.int64)
            return none, none, none
        stop = ends[index]
        start = ends[index - 1] if index else np.zeros(len(stop), np.uint32)
        if rows is None:
            rows = self.rows_of_code(code)
        else:
            places = self._rank[rows] - self._starts[code][0]
            start, stop = start[places], stop[places]
        stored = self.nparams[rows] > index
        if not stored.all():
            rows, start, stop = rows[stored], start[stored], stop[stored]
        return rows, self.params_at[rows] + start, stop.astype(np.int64) - start

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
        values = np.zeros(len(rows), np.int64)
        usable = np.zeros(len(rows), np.bool_)
        for width in (1, 2, 4, 8):
            chosen = length == width
            if chosen.any():
                kind = f"<{'i' if signed or width == 8 else 'u'}{width}"
                values[chosen] = gather(self.data, start[chosen], kind)
                usable |= chosen
        if usable.all():
            return rows, values
        return rows[usable], values[usable]

    def params_of(self, row: int) -> list[bytes]:
        """The stored bytes of each parameter of one event."""
        return [bytes(self.data[start:stop]) for start, stop in self.param_bounds(row)]

    def param_bounds(self, row: int) -> list[tuple[int, int]]:
        """``(start, stop)`` offsets of each parameter of one event."""
        count = int(self.nparams[row])
        size = 4 if self.wide[row] else 2
        at = int(self.lengths_at[row])
        lengths = np.frombuffer(self.data[at : at + size * count].tobytes(), "<u4" if size == 4 else "<u2")
        bounds = []
        start = int(self.params_at[row])
        for length in lengths.tolist():
            bounds.append((start, start + length))
            start += length
        return bounds

    def sections(self) -> dict[str, NDArray[Any]]:
        """All arrays but ``data`` by name; :meth:`from_sections` makes the same columns of them.

        Beside the attributes: ``order``, rows sorted by code; ``rank``, their places in it;
        ``starts``, a line ``(code, start, stop)`` for each code that occurs; ``ends.CODE``, uint32, a
        line for each parameter and a column for each event, where the parameter ends.
        """
        starts = [(code, *bounds) for code, bounds in self._starts.items()]
        return {
            **{name: getattr(self, name) for name in _ARRAYS},
            "order": self._order,
            "rank": self._rank,
            "starts": np.array(starts, np.int64).reshape(-1, 3),
            **{f"ends.{code}": ends for code, ends in self._ends.items()},
        }

    @classmethod
    def from_sections(
        cls, data: NDArray[np.uint8], unknown: dict[int, int], sections: Mapping[str, NDArray[Any]]
    ) -> EventColumns:
        """The columns that :meth:`sections` was asked for; nothing is checked here."""
        starts = sections["starts"].tolist()
        return cls(
            data=data,
            unknown=unknown,
            **{name: sections[name] for name in _ARRAYS},
            _order=sections["order"],
            _rank=sections["rank"],
            _starts={code: (start, stop) for code, start, stop in starts},
            _ends={code: sections[f"ends.{code}"] for code, _, _ in starts},
        )


def read_columns(data: NDArray[np.uint8], blocks: Blocks) -> EventColumns:
    """Header columns of all event blocks whose code the event table has.

    Works through the capture in chunks that stay in the processor's cache.
    """
    chosen = np.flatnonzero(np.isin(blocks.type, _EVENT_KINDS))
    versions = _list_versions(blocks)
    starts = range(0, max(len(chosen), 1), _CHUNK)
    chunks = [_read_chunk(data, blocks, chosen[start : start + _CHUNK], versions) for start in starts]
    return chunks[0] if len(chunks) == 1 else _joined(chunks)


def _joined(chunks: list[EventColumns]) -> EventColumns:
    """One set of columns from those of consecutive chunks."""
    firsts = np.cumsum([0] + [len(chunk) for chunk in chunks])
    unknown: Counter[int] = Counter()
    for chunk in chunks:
        unknown.update(chunk.unknown)
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(chunk, name) for chunk in chunks])
        for name in (
            "time",
            "cpu",
            "tid",
            "code",
            "dump_flags",
            "lengths_at",
            "params_at",
            "nparams",
            "wide",
            "block",
        )
    }
    codes = sorted({code for chunk in chunks for code in chunk._ends})
    joined = EventColumns(
        data=chunks[0].data,
        broken=np.concatenate([chunk.broken + first for chunk, first in zip(chunks, firsts, strict=False)]),
        unknown=dict(unknown),
        _ends={
            code: np.concatenate([chunk._ends[code] for chunk in chunks if code in chunk._ends], axis=1)
            for code in codes
        },
        **columns,
    )
    joined.index_codes()
    return joined


def _read_chunk(
    data: NDArray[np.uint8], blocks: Blocks, chosen: Ints, versions: tuple[Ints, Ints]
) -> EventColumns:
    """Columns of some event blocks, given by their places among all blocks."""
    kinds = blocks.type[chosen]
    body = blocks.offset[chosen] + 8
    block_end = blocks.offset[chosen] + blocks.length[chosen] - 4
    flagged = np.isin(kinds, _FLAGGED_KINDS)
    counted = np.isin(kinds, _COUNTED_KINDS)
    wide = np.isin(kinds, _LARGE_KINDS)
    header = body + 2 + np.where(flagged, 4, 0)
    size = np.where(counted, V2_HEADER, V1_HEADER)
    code = _translate_reused(gather(data, header + 20, "<u2"), chosen, versions)
    known = code < len(EVENTS)
    unknown: dict[int, int] = {}
    if not known.all():
        unknown = dict(Counter(code[~known].tolist()))
        chosen, body, block_end, header, size, code = (
            column[known] for column in (chosen, body, block_end, header, size, code)
        )
        flagged, counted, wide = flagged[known], counted[known], wide[known]
    length = gather(data, header + 16, "<u4")
    length -= np.where(np.isin(code, _LENGTH_TOO_BIG_BY_THREE) & ~counted, 3, 0)
    columns = EventColumns(
        data=data,
        time=gather(data, header, "<i8"),
        cpu=gather(data, body, "<u2").astype(np.uint16),
        tid=gather(data, header + 8, "<i8"),
        code=code.astype(np.uint16),
        dump_flags=_dump_flags(data, body, flagged),
        lengths_at=header + size,
        params_at=header + size,
        nparams=np.zeros(len(code), np.uint8),
        wide=wide,
        block=chosen,
        broken=np.zeros(0, np.int64),
        unknown=unknown,
    )
    columns.index_codes()
    _count_params(columns, header, np.minimum(header + length, block_end), counted)
    return columns


def _dump_flags(data: NDArray[np.uint8], body: Ints, flagged: NDArray[np.bool_]) -> NDArray[np.uint32]:
    found = np.zeros(len(body), np.uint32)
    if flagged.any():
        found[flagged] = gather(data, body[flagged] + 2, "<u4")
    return found


def _list_versions(blocks: Blocks) -> tuple[Ints, Ints]:
    """Where the process lists are among all blocks, and the version of each."""
    listed = np.flatnonzero(np.isin(blocks.type, _PROCESS_KINDS))
    return listed, np.array([0] + [PROCESS_VERSION[int(blocks.type[i])] for i in listed], np.int64)


def _translate_reused(code: Ints, chosen: Ints, versions: tuple[Ints, Ints]) -> Ints:
    """Give codes 292 to 295 of sysdig 0.20 the numbers that later releases use for them."""
    affected = (code >= min(_REUSED_CODES)) & (code <= max(_REUSED_CODES))
    if not affected.any():
        return code
    listed, version_after = versions
    version = version_after[np.searchsorted(listed, chosen)]
    old = affected & (version <= _LAST_REUSED_VERSION) & (version > 0)
    return np.where(old, code + 4, code)


def _count_params(columns: EventColumns, header: Ints, stop: Ints, counted: NDArray[np.bool_]) -> None:
    """Fill in ``nparams``, ``params_at``, ``broken`` and where the parameters of each code end."""
    order = columns._order
    stored = np.full(len(columns), UNSAID, np.int64)
    if counted.any():
        stored[counted] = gather(columns.data, header[counted] + 22, "<u4")
    found = count_params(
        EventBytes(columns.data, columns.lengths_at[order], stop[order], stored[order], columns.wide[order]),
        columns._starts,
    )
    columns.nparams[order] = found.nparams
    columns.params_at[order] = found.params_at
    columns.broken = np.sort(order[~found.good])
    columns._ends = found.ends
