"""Writes a smaller capture: blocks are copied as they are, in their order.

Lists of threads, descriptors, interfaces and users stay byte for byte what the recorder wrote, in the
version in which it wrote them. Events that only carry state get the mark with which the reference keeps
them from being shown.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    EVENT_BLOCKS,
    FLAGGED_BLOCKS,
    HEADER,
    LARGE_BLOCKS,
    MAX_SMALL_EVENT,
    STATE_ONLY,
    TRAILER,
    BlockType,
)
from hopscope.capture.walk import Blocks, walk
from hopscope.extract.needed import needed_for
from hopscope.kept.new_file import FORCE, write_beside

if TYPE_CHECKING:
    from hopscope.store.store import Store

Report = Callable[[str, float], None]

_FLAGGED = {
    BlockType.EVENT: BlockType.EVENT_FLAGS,
    BlockType.EVENT_V2: BlockType.EVENT_FLAGS_V2,
    BlockType.EVENT_V2_LARGE: BlockType.EVENT_FLAGS_V2_LARGE,
}
"""The same block with room for flags."""

_OTHER, _LEFT_OUT, _CHOSEN, _STATE = range(4)
"""What becomes of a block: no event, an event that is left out, is shown, or only carries state."""

_PIECE = 1 << 20
"""Bytes that are handed on at once, at least."""


class Extracted(NamedTuple):
    """What was written.

    Attributes:
        chosen: events that were asked for.
        state: events that are there for state only.
        size: bytes of the file.
    """

    chosen: int
    state: int
    size: int


def extract(
    store: Store,
    chosen: NDArray[np.bool_],
    path: str | Path,
    *,
    sources: Sequence[str | Path] = (),
    force: bool = False,
    report: Report | None = None,
) -> Extracted:
    """Write chosen events, and the state they need, as a capture of their own.

    The file appears as a whole or not at all, readable by its owner only, packed with gzip where its name
    ends in ``.gz``.

    Args:
        store: the capture.
        chosen: bool, one an event.
        path: of the new file.
        sources: the files of the capture, which are never replaced.
        force: replace a file that is there.
        report: told what is being done, and how much of it is done (0 to 1).

    Raises:
        NewFileError: it cannot be written, in one sentence.
    """
    needed = needed_for(store, chosen)
    blocks = walk(store.data)
    fate = _fates(store, blocks, needed.chosen, needed.state)
    size = write_beside(
        Path(path), _pieces(store.data, blocks, fate, report), sources, force=force, offer=FORCE
    )
    return Extracted(int(np.count_nonzero(needed.chosen)), int(np.count_nonzero(needed.state)), size)


def _fates(
    store: Store, blocks: Blocks, chosen: NDArray[np.bool_], state: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """What becomes of each block, uint8. Lists behind the last event that is kept are left out too."""
    events = np.isin(blocks.type, np.array(sorted(EVENT_BLOCKS), np.uint32))
    fate = np.where(events, _LEFT_OUT, _OTHER).astype(np.uint8)
    # Parameters lie inside the event's block, and blocks do not overlap.
    block_of = np.searchsorted(blocks.offset, store.columns.params_at, side="right") - 1
    fate[block_of[chosen]] = _CHOSEN
    fate[block_of[state]] = _STATE
    kept = np.flatnonzero(fate >= _CHOSEN)
    first = np.flatnonzero(events)
    last = int(kept[-1]) if len(kept) else int(first[0]) if len(first) else len(fate)
    behind = fate[last + 1 :]
    behind[behind == _OTHER] = _LEFT_OUT
    return fate


def _pieces(
    data: NDArray[np.uint8], blocks: Blocks, fate: NDArray[np.uint8], report: Report | None
) -> Iterator[bytes]:
    """The bytes of the capture, many blocks at once."""
    raw = data.data.cast("B")
    rows = np.flatnonzero(fate != _LEFT_OUT)
    offset, stop = blocks.offset[rows], blocks.offset[rows] + blocks.length[rows]
    waiting: list[bytes] = []
    size = 0
    total = len(rows)
    # Neighbours that stay as they are make one stretch.
    alone = fate[rows] == _STATE
    breaks = np.flatnonzero((offset[1:] != stop[:-1]) | alone[1:] | alone[:-1]) + 1
    starts = np.concatenate(([0], breaks)) if total else breaks
    ends = np.append(breaks, total) if total else breaks
    for first, behind in zip(starts.tolist(), ends.tolist(), strict=True):
        piece = bytes(raw[int(offset[first]) : int(stop[behind - 1])])
        if alone[first]:
            piece = state_only(int(blocks.type[rows[first]]), piece)
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
            if report:
                report("writing the capture", behind / total)
    yield b"".join(waiting)


def state_only(kind: int, block: bytes) -> bytes:
    """The same event block, marked as never to be shown; nothing where the mark would make it too long."""
    body = block[HEADER:-TRAILER]
    if kind in FLAGGED_BLOCKS:
        (flags,) = struct.unpack_from("<I", body, 2)
        marked, kept = kind, body[6:]
    else:
        flags, marked, kept = 0, int(_FLAGGED[BlockType(kind)]), body[2:]
    marked_body = body[:2] + struct.pack("<I", flags | STATE_ONLY) + kept
    length = HEADER + len(marked_body) + TRAILER
    if length > MAX_SMALL_EVENT and kind not in LARGE_BLOCKS:
        return b""
    return struct.pack("<II", marked, length) + marked_body + struct.pack("<I", length)
