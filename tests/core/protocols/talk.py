"""Decoders at work on connections that tests write down as turns."""

from __future__ import annotations

from collections.abc import Iterable

from hopscope.protocols import Decoder
from hopscope.protocols.dialogue import Dialogue, Found
from hopscope.protocols.reader import GapError, Reader, Wait

CLIENT, SERVER = 0, 1

Turn = tuple[int, bytes] | tuple[int, bytes, int]
"""Side, its bytes, and how many after them are not recorded."""


def talk(decoder: Decoder, *turns: Turn) -> list[Found]:
    """The messages that a decoder finds in these turns; a side that is lost stays silent."""
    dialogue = Dialogue()
    readers = [Reader(), Reader()]
    running: list[Wait | None] = [decoder.read(readers[side], side, dialogue) for side in (CLIENT, SERVER)]
    for side, data, *missing in turns:
        if running[side] is None:
            continue
        if data:
            readers[side].feed(data)
            running[side] = step(running[side])
        if sum(missing) and running[side] is not None:
            readers[side].gap(sum(missing))
            running[side] = step(running[side])
    for side in (CLIENT, SERVER):
        readers[side].end()
        step(running[side])
    return dialogue.found


def step(running: Wait | None) -> Wait | None:
    """Let a generator go on; None when it has ended or is lost."""
    if running is None:
        return None
    try:
        next(running)
    except (GapError, StopIteration):
        return None
    return running


def in_parts(side: int, data: bytes, size: int) -> Iterable[Turn]:
    """The bytes in pieces of a size."""
    return [(side, data[at : at + size]) for at in range(0, len(data), size)]


def summaries(found: Iterable[Found]) -> list[str]:
    return [one.message.summary for one in found]


def placed(found: Iterable[Found]) -> list[tuple[int, int, int]]:
    """Side and offsets of each message."""
    return [(one.side, one.start, one.stop) for one in found]
