"""Event blocks to header columns: fields, and how many parameters are stored, of many events at once.

Nothing here loops over events. All blocks of one layout are copied out as records; the lengths of up
to four parameters lie in one word behind the header, and are added up there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    COUNTED_BLOCKS,
    EVENT_BLOCKS,
    FLAGGED_BLOCKS,
    HEADER,
    LARGE_BLOCKS,
    TRAILER,
)
from hopscope.decode.event_table import EVENTS
from hopscope.decode.gathering import gather_records
from hopscope.decode.lengths import summed_lengths

Ints = NDArray[np.int64]

_LENGTH_TOO_BIG_BY_THREE = (280, 286)  # notification and infra: a fault of their writers
_REUSED_CODES = {292: 296, 293: 297, 294: 298, 295: 299}  # bpf and seccomp of sysdig 0.20
_LAST_REUSED_VERSION = 7  # process lists up to this version come with the older meaning
_MOST_LENGTHS = 0xFFFF  # bytes of lengths; no event of any release comes near
_KNOWN_PARAMS = np.array([len(event.params) for event in EVENTS], np.uint8)


@dataclass(slots=True)
class Headers:
    """One entry for each event block whose code the event table has, in file order.

    Attributes:
        time: int64, ns since the epoch.
        cpu: uint16.
        tid: int64.
        code: uint16, index into ``EVENTS``; codes that old releases used otherwise are translated.
        dump_flags: uint32 of blocks that carry them, else 0.
        params_at: int64, where the parameters lie; the lengths lie in front of them.
        lengths_size: uint16, bytes of the lengths.
        nparams: uint8, parameters stored; 0 for an event whose lengths make no sense.
        wide: bool, True where a length takes four bytes.
        block: int64, index of the event's block among those given.
        broken: int64, places of the events whose lengths make no sense.
        unknown: count of event blocks by codes that the event table does not have; they get no entry.
    """

    time: Ints
    cpu: NDArray[np.uint16]
    tid: Ints
    code: NDArray[np.uint16]
    dump_flags: NDArray[np.uint32]
    params_at: Ints
    lengths_size: NDArray[np.uint16]
    nparams: NDArray[np.uint8]
    wide: NDArray[np.bool_]
    block: Ints
    broken: Ints
    unknown: dict[int, int]

    def __len__(self) -> int:
        return len(self.time)


class _Layout(NamedTuple):
    """How the blocks of a type are laid out.

    Attributes:
        record: dtype of what lies behind the block's header: CPU, flags and the event's header.
        counted: the event says how many parameters it stores.
        flagged: the block carries flags.
        wide: a length takes four bytes.
    """

    record: np.dtype[Any]
    counted: bool
    flagged: bool
    wide: bool


def _layout(kind: int) -> _Layout:
    counted, flagged, wide = kind in COUNTED_BLOCKS, kind in FLAGGED_BLOCKS, kind in LARGE_BLOCKS
    fields: list[tuple[str, str]] = [("cpu", "<u2")]
    if flagged:
        fields.append(("dump_flags", "<u4"))
    fields += [("time", "<i8"), ("tid", "<i8"), ("size", "<u4"), ("code", "<u2")]
    if counted:
        fields.append(("stored", "<u4"))
    return _Layout(np.dtype(fields), counted, flagged, wide)


_LAYOUTS = {int(kind): _layout(int(kind)) for kind in EVENT_BLOCKS}
_EVENT_KINDS = np.array(sorted(_LAYOUTS), np.uint32)


def read_headers(
    data: NDArray[np.uint8],
    offset: Ints,
    kind: NDArray[np.uint32],
    length: NDArray[np.uint32],
    version: NDArray[np.int64] | int = 0,
) -> Headers:
    """Header columns of all event blocks among some blocks.

    Args:
        data: uint8, the unpacked stream.
        offset, kind, length: of the blocks, as in :class:`hopscope.capture.walk.Blocks`.
        version: of the last process list before each block, or before all of them; 0 for none.
    """
    found = []
    for one, layout in _LAYOUTS.items():
        mine = kind == one
        if mine.any():
            chosen = slice(None) if mine.all() else np.flatnonzero(mine)
            found.append(_read_layout(data, offset, length, chosen, layout, version))
    if len(found) == 1:
        return found[0]
    if not found:
        return _read_layout(data, offset[:0], length[:0], slice(None), _LAYOUTS[int(_EVENT_KINDS[0])], 0)
    return _in_order(found)


def _in_order(parts: list[Headers]) -> Headers:
    """The entries of several layouts in the order of their blocks."""
    block = np.concatenate([part.block for part in parts])
    order = np.argsort(block, kind="stable")
    broken = np.zeros(len(block), np.bool_)
    first = 0
    unknown: Counter[int] = Counter()
    for part in parts:
        broken[part.broken + first] = True
        first += len(part)
        unknown.update(part.unknown)
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])[order]
        for name in (
            "time", "cpu", "tid", "code", "dump_flags", "params_at", "lengths_size", "nparams", "wide",
        )
    }  # fmt: skip
    return Headers(block=block[order], broken=np.flatnonzero(broken[order]), unknown=dict(unknown), **joined)


def _read_layout(
    data: NDArray[np.uint8],
    offset: Ints,
    length: NDArray[np.uint32],
    chosen: Ints | slice,
    layout: _Layout,
    version: NDArray[np.int64] | int,
) -> Headers:
    """Entries of the chosen blocks, which are all of one layout."""
    block = np.arange(len(offset), dtype=np.int64)[chosen]
    at = offset[chosen]
    records = gather_records(data, at + HEADER, layout.record)
    code = records["code"].astype(np.uint16)
    code = _translate_reused(code, version if isinstance(version, int) else version[chosen])
    unknown: dict[int, int] = {}
    known = code < len(EVENTS)
    if not known.all():
        unknown = dict(Counter(code[~known].tolist()))
        block, at, records, code = block[known], at[known], records[known], code[known]
    lengths_at = at + (HEADER + layout.record.itemsize)
    size = records["size"].astype(np.int64)
    if not layout.counted:
        size -= np.where(np.isin(code, _LENGTH_TOO_BIG_BY_THREE), 3, 0)
    # an event's size counts from its time on
    event_at = at + HEADER + layout.record.fields["time"][1]  # type: ignore[index]
    stop = np.minimum(event_at + size, at + length[block].astype(np.int64) - TRAILER)
    if layout.counted:
        said = records["stored"].astype(np.int64)
        counted = _accept(data, lengths_at, stop, said, code, 4 if layout.wide else 2)
    else:
        counted = _guess(data, lengths_at, stop, code)
    nparams, lengths_size, good = counted
    count = len(code)
    return Headers(
        time=np.ascontiguousarray(records["time"]).astype(np.int64, copy=False),
        cpu=np.ascontiguousarray(records["cpu"]).astype(np.uint16, copy=False),
        tid=np.ascontiguousarray(records["tid"]).astype(np.int64, copy=False),
        code=code,
        dump_flags=(
            np.ascontiguousarray(records["dump_flags"]).astype(np.uint32, copy=False)
            if layout.flagged
            else np.zeros(count, np.uint32)
        ),
        params_at=lengths_at + lengths_size,
        lengths_size=lengths_size.astype(np.uint16),
        nparams=nparams.astype(np.uint8),
        wide=np.full(count, layout.wide, np.bool_),
        block=block,
        broken=np.flatnonzero(~good),
        unknown=unknown,
    )


def _translate_reused(code: NDArray[np.uint16], version: NDArray[np.int64] | int) -> NDArray[np.uint16]:
    """Give codes 292 to 295 of sysdig 0.20 the numbers that later releases use for them."""
    affected = (code >= min(_REUSED_CODES)) & (code <= max(_REUSED_CODES))
    if not affected.any():
        return code
    old = affected & (np.asarray(version) <= _LAST_REUSED_VERSION) & (np.asarray(version) > 0)
    return np.where(old, code + 4, code).astype(np.uint16)


_Counted = tuple[Ints, Ints, NDArray[np.bool_]]
"""Parameters stored and known, bytes of the lengths, and whether the event makes sense."""


def _accept(
    data: NDArray[np.uint8], lengths_at: Ints, stop: Ints, said: Ints, code: NDArray[np.uint16], width: int
) -> _Counted:
    """Events that say how many parameters they have: the lengths must lie inside the event.

    Args:
        data: the unpacked stream.
        lengths_at: where the lengths lie.
        stop: where the event ends.
        said: how many parameters each says it has, also those that the table does not know.
        code: event types.
        width: bytes of a length.
    """
    lengths_size = width * said
    nparams = np.minimum(said, _KNOWN_PARAMS[code])
    good = (lengths_size <= _MOST_LENGTHS) & (lengths_at + lengths_size <= stop)
    if not good.all():
        nparams[~good] = 0
        lengths_size[~good] = 0
    total = summed_lengths(data, lengths_at, nparams, width)
    fits = lengths_at + lengths_size + total <= stop
    if not fits.all():
        good &= fits
        nparams[~good] = 0
        lengths_size[~good] = 0
    return nparams, lengths_size, good


def _guess(data: NDArray[np.uint8], lengths_at: Ints, stop: Ints, code: NDArray[np.uint16]) -> _Counted:
    """Events of the first format: the largest count whose lengths add up to the event's length."""
    nparams = _KNOWN_PARAMS[code].astype(np.int64)
    left: Ints | slice = slice(None)
    good = np.zeros(len(code), np.bool_)
    at, end, tried = lengths_at, stop, nparams.copy()
    while len(at):
        inside = at + 2 * tried <= end
        total = summed_lengths(data, at, np.where(inside, tried, 0), 2)
        fits = inside & (at + 2 * tried + total == end)
        good[left] = fits
        nparams[left] = tried
        if fits.all():
            break
        again = ~fits & (tried > 0)
        left = np.flatnonzero(again) if isinstance(left, slice) else left[again]
        at, end, tried = at[again], end[again], tried[again] - 1
    nparams[~good] = 0
    return nparams, 2 * nparams, good
