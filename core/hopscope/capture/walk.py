"""Find all blocks of a capture with array operations instead of a step per block.

Every aligned word that could be a block type, and whose length word is repeated at the block's end,
is a candidate. Candidates that touch form runs. Following the runs from the start of the file
leaves out candidates that only lie in somebody's payload, and where a run ends at something that is
no candidate (a section header, an unknown type, an event whose trailer was never written right) the
walk goes by hand until it meets a candidate again. Behind what cannot be a block it goes on at the next
run that is long enough to be no accident.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    EARLY_NUMBERS,
    EVENT_BLOCKS,
    HEADER,
    MAX_SMALL_EVENT,
    SECTION_MAGIC,
    TRAILER,
    BlockType,
    block_name,
    least_length,
    most_length,
)
from hopscope.capture.damage import Damage

_FIRST = int(BlockType.MACHINE)
_LAST = int(BlockType.EVENT_FLAGS_V2_LARGE)
_KNOWN = tuple(kind for kind in BlockType if _FIRST <= kind <= _LAST)
_CHUNK = 1 << 17  # words: input, difference and mask of one chunk stay in the second-level cache
_LIMITS = {int(kind): (least_length(kind), most_length(kind)) for kind in BlockType}
_PAIR = struct.Struct("<II")
_WORD = struct.Struct("<I")


def _by_kind(value_of: dict[BlockType, int], otherwise: int) -> NDArray[np.uint32]:
    table = np.full(_LAST - _FIRST + 1, otherwise, dtype=np.uint32)
    for kind, value in value_of.items():
        table[kind - _FIRST] = value
    return table


# a length fits where length - least <= room in unsigned arithmetic; a number that is no type takes only
# the length 2**32 - 1, which is no multiple of four
_LEAST = _by_kind({kind: least_length(kind) for kind in _KNOWN}, 0xFFFFFFFF)
_ROOM = _by_kind({kind: most_length(kind) - least_length(kind) for kind in _KNOWN}, 0)


@dataclass(slots=True)
class Blocks:
    """All whole blocks, in file order.

    Attributes:
        offset: int64, of the first byte of each block in the unpacked stream.
        type: uint32, as in :class:`BlockType`; numbers from before the first release are given as
            their later equals, unknown types as they are.
        length: uint32, bytes of the whole block, a multiple of 4. Event blocks are long enough for
            their fixed header.
        damage: where there was no block, why, and how many bytes were left out.
    """

    offset: NDArray[np.int64]
    type: NDArray[np.uint32]
    length: NDArray[np.uint32]
    damage: list[Damage] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.offset)

    def body(self, data: NDArray[np.uint8], i: int) -> bytes:
        """The bytes of block ``i`` between header and trailer, padding included."""
        start = int(self.offset[i])
        return data[start + HEADER : start + int(self.length[i]) - TRAILER].tobytes()


@dataclass(slots=True)
class _Candidates:
    """Places that look like blocks, ascending, and the runs they form.

    Attributes:
        offset, type, length: as in :class:`Blocks`.
        ends: index of the last candidate of each run, ascending.
        follower: for each run, index of the candidate just behind it in the stream, or -1.
        follower_run: run in which that candidate lies.
    """

    offset: NDArray[np.int64]
    type: NDArray[np.uint32]
    length: NDArray[np.uint32]
    ends: NDArray[np.int64]
    follower: list[int]
    follower_run: list[int]
    _trusted: NDArray[np.int64] | None = None

    def trusted_from(self, position: int, stop: int) -> int | None:
        """Where the next run begins that is no accident: a long one, or one that goes on behind ``stop``.

        Args:
            position: where to look from.
            stop: offset up to which candidates were looked for.
        """
        if self._trusted is None:
            begins = np.concatenate(([0], self.ends[:-1] + 1))[: len(self.ends)]
            behind = self.offset[self.ends] + self.length[self.ends]
            long = (self.ends - begins + 1 >= _TRUSTED) | (behind >= stop)
            self._trusted = self.offset[begins[long]]
        at = int(np.searchsorted(self._trusted, position))
        return int(self._trusted[at]) if at < len(self._trusted) else None


def _scan(
    words: NDArray[np.uint32], first: int, stop: int
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]:
    """Index, type and length of all places with a known type, a fitting length, and that length at the end.

    Looks for places from ``first`` up to ``stop``; their ends may lie behind. One chunk after the other
    gets all tests, so that its words are read from memory once.
    """
    total = len(words)
    difference = np.empty(_CHUNK, dtype=np.uint32)
    mask = np.empty(_CHUNK, dtype=np.bool_)
    found_at, found_kind, found_length = [], [], []
    stop = min(stop, total - 1)
    for start in range(first, stop, _CHUNK):
        chunk = words[start : min(start + _CHUNK, stop)]
        n = len(chunk)
        np.subtract(chunk, np.uint32(_FIRST), out=difference[:n])
        np.less_equal(difference[:n], np.uint32(_LAST - _FIRST), out=mask[:n])
        at = np.flatnonzero(mask[:n])
        row = difference[at]
        at += start
        length = words[at + 1]
        last = at + (length >> 2)
        fits = ((length - _LEAST[row]) <= _ROOM[row]) & ((length & 3) == 0) & (last <= total)
        if not fits.all():
            at, row, length, last = at[fits], row[fits], length[fits], last[fits]
        whole = words[last - 1] == length
        if not whole.all():
            at, row, length = at[whole], row[whole], length[whole]
        found_at.append(at)
        found_kind.append(row + np.uint32(_FIRST))
        found_length.append(length)
    if not found_at:
        return np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint32)
    return np.concatenate(found_at), np.concatenate(found_kind), np.concatenate(found_length)


def _find_candidates(words: NDArray[np.uint32], first: int, stop: int) -> _Candidates:
    """All candidates of a stretch of words, and the runs they form."""
    at, kind, length = _scan(words, first, stop)
    offset = at << 2
    behind = offset + length
    ends = np.flatnonzero(behind[:-1] != offset[1:])
    if len(offset):
        ends = np.append(ends, len(offset) - 1)
    follower = np.searchsorted(offset, behind[ends])
    met = follower < len(offset)
    met[met] = offset[follower[met]] == behind[ends][met]
    follower[~met] = -1
    follower_run = np.searchsorted(ends, follower)
    return _Candidates(offset, kind, length, ends, follower.tolist(), follower_run.tolist())


def _step(data: memoryview, position: int) -> tuple[int, int] | str:
    """Type and length of the block at a position, or what is wrong with it."""
    rest = len(data) - position
    if rest < HEADER:
        return f"the capture ends in the middle of a block header ({rest} of {HEADER} bytes)"
    kind, length = _PAIR.unpack_from(data, position)
    kind = EARLY_NUMBERS.get(kind, kind)
    if kind in EVENT_BLOCKS:
        # the reference never looks at the trailer of an event
        return _misfit(kind, length, rest) or (kind, length)
    trailer = _trailer(data, position, length)
    if kind not in _LIMITS:
        if trailer == length:
            return kind, length
        return f"there is no block where one should begin (type {block_name(kind)}, length {length})"
    if misfit := _misfit(kind, length, rest):
        return misfit
    if trailer != length:
        return f"a block of type {block_name(kind)} begins with length {length} and ends with {trailer}"
    if kind == BlockType.SECTION and _WORD.unpack_from(data, position + HEADER)[0] != SECTION_MAGIC:
        return "a section header has the wrong magic number"
    return kind, length


def _trailer(data: memoryview, position: int, length: int) -> int:
    """The last word of a block, or -1 where no whole block of that length can be."""
    if length < HEADER + TRAILER or length & 3 or length > len(data) - position:
        return -1
    return int(_WORD.unpack_from(data, position + length - TRAILER)[0])


def _misfit(kind: int, length: int, rest: int) -> str:
    """Why a block of a known type cannot have this length, or an empty string."""
    least, most = _LIMITS[kind]
    if length < least or length & 3:
        return f"a block of type {block_name(kind)} has the impossible length {length}"
    if length > most:
        return (
            f"an event block of {length} bytes is longer than the {MAX_SMALL_EVENT} "
            "that the format allows for its type"
        )
    if length > rest:
        return f"the capture ends in the middle of a block ({rest} of {length} bytes)"
    return ""


def _assemble(pieces: list[tuple[int, int]], byhand: list[tuple[int, int, int]], c: _Candidates) -> Blocks:
    """Join slices ``[start, stop)`` of candidates and blocks found by hand, in stream order."""
    hand = np.array(byhand, dtype=np.int64).reshape(-1, 3)
    if len(pieces) == 1 and not byhand:
        taken = slice(*pieces[0])
        return Blocks(c.offset[taken], c.type[taken], c.length[taken])
    starts = np.array([start for start, _ in pieces], dtype=np.int64)
    sizes = np.array([stop - start for start, stop in pieces], dtype=np.int64)
    total = int(sizes.sum())
    base = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    chosen = base + np.arange(total, dtype=np.int64)
    where = np.searchsorted(c.offset[chosen], hand[:, 0])
    return Blocks(
        np.insert(c.offset[chosen], where, hand[:, 0]),
        np.insert(c.type[chosen], where, hand[:, 1].astype(np.uint32)),
        np.insert(c.length[chosen], where, hand[:, 2].astype(np.uint32)),
    )


_TRUSTED = 3
"""Blocks side by side from which on a run behind damage is taken for the stream."""

_MOST_FAULTS = 100
"""Faults after which the rest of a capture is left alone."""


class Walker:
    """Walks a stream piece by piece, also one that still grows.

    Attributes:
        position: offset of the first byte that was not walked.
        is_over: True when there were so many faults that the walk has ended for good.
    """

    def __init__(self) -> None:
        self.position = 0
        self.is_over = False
        self._faults = 0
        self._lost: tuple[int, str] | None = None  # since where, and why

    def walk(self, data: NDArray[np.uint8], stop: int, *, whole: bool) -> Blocks:
        """Find the blocks from where the last call ended.

        Args:
            data: the unpacked stream as far as it is there, one dimension, contiguous; it begins with
                a block.
            stop: offset up to which blocks may begin.
            whole: nothing will come behind ``data``, so that a block which is cut there is damage. Otherwise
                the walk waits in front of it.

        Returns:
            The blocks, several sections and unknown types included. What is no block is left out, up to
            where blocks follow each other again, and said in ``damage``.
        """
        words = data[: len(data) & ~3].view("<u4")
        stop = min(stop, len(data))
        c = _find_candidates(words, self.position >> 2, -(-stop >> 2))
        view = data.data
        offsets = c.offset.data
        pieces: list[tuple[int, int]] = []
        byhand: list[tuple[int, int, int]] = []
        damage: list[Damage] = []
        ends = c.ends.tolist()
        position = self.position
        while position < stop and not self.is_over:
            if self._lost is not None:
                again = self._go_on(c, position, stop, damage)
                if again is None:
                    position = stop if whole else max(position, stop & ~3)
                    break
                position = again
                continue
            start = bisect_left(offsets, position)
            if start == len(offsets) or offsets[start] != position:
                if not whole and _is_cut(view, position):
                    break
                found = _step(view, position)
                if isinstance(found, str):
                    self._lost = position, found
                    position += 4
                    continue
                byhand.append((position, *found))
                position += found[1]
                continue
            run = bisect_left(ends, start)
            pieces.append((start, ends[run] + 1))
            while c.follower[run] >= 0:
                start, run = c.follower[run], c.follower_run[run]
                pieces.append((start, ends[run] + 1))
            position = int(c.offset[ends[run]]) + int(c.length[ends[run]])
        if self._lost is not None and (self.is_over or (whole and position >= len(data))):
            since, why = self._lost
            damage.append(Damage(since, len(data) - since, why))
            self._lost, position = None, len(data)
        self.position = position
        blocks = _assemble(pieces, byhand, c)
        blocks.damage = damage
        return blocks

    def _go_on(self, c: _Candidates, position: int, stop: int, damage: list[Damage]) -> int | None:
        """Where the walk goes on behind what is no block; None where that is not in this piece."""
        assert self._lost is not None
        since, why = self._lost
        again = c.trusted_from(position, stop)
        if again is None:
            return None
        self._faults += 1
        if self._faults >= _MOST_FAULTS:
            self._lost = since, f"{why}; this capture is broken in so many places that the rest was left out"
            self.is_over = True
            return position
        damage.append(Damage(since, again - since, f"{why}; {again - since:,} bytes were left out"))
        self._lost = None
        return again


def _is_cut(data: memoryview, position: int) -> bool:
    """True where the bytes of a block, as long as it says it is, have not all come yet."""
    rest = len(data) - position
    return rest < HEADER or _PAIR.unpack_from(data, position)[1] > rest


def walk(data: NDArray[np.uint8]) -> Blocks:
    """Find every block from the start of the data to its end or to the first damage.

    Args and result as of :meth:`Walker.walk`, with all that there is.
    """
    return Walker().walk(data, len(data), whole=True)
