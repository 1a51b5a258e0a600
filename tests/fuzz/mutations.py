"""Ways to spoil a capture, each from a source of chance, so that a seed makes the same input again."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hopscope.capture.blocks import EVENT_BLOCKS, FLAGGED_BLOCKS, LARGE_BLOCKS, BlockType
from hopscope.capture.walk import walk
from hopscope.decode.event_table import EVENTS

ODD_NUMBERS = (0, 1, 2, 3, 4, 7, 12, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF,
               0x80000000, 0xFFFFFFFF, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)  # fmt: skip
"""Numbers at the edges of what fields can hold."""

LONGEST = 1 << 20
"""Most bytes of an input."""


@dataclass(frozen=True)
class Base:
    """A whole capture to begin with.

    Attributes:
        name: for the report.
        head: everything before the first event.
        events: each event block, with metadata that comes between.
    """

    name: str
    head: tuple[bytes, ...]
    events: tuple[bytes, ...]


def base_of(name: str, content: bytes) -> Base:
    """Take a capture apart into its blocks."""
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    blocks = walk(np.frombuffer(content, np.uint8))
    spans = zip(blocks.offset.tolist(), blocks.length.tolist(), strict=True)
    pieces = [content[start : start + length] for start, length in spans]
    kinds = blocks.type.tolist()
    first = next((i for i, kind in enumerate(kinds) if kind in EVENT_BLOCKS), len(kinds))
    return Base(name, tuple(pieces[:first]), tuple(pieces[first:]))


def window(base: Base, chance: random.Random) -> list[bytes]:
    """The metadata and a stretch of the events, together at most :data:`LONGEST` bytes."""
    head = list(base.head)
    while sum(map(len, head)) > LONGEST // 2:
        del head[chance.randrange(1, len(head))]
    if chance.random() < 0.2:
        chance.shuffle(head)
    room = min(LONGEST - sum(map(len, head)), int(2 ** chance.uniform(8, 20)))
    pieces = []
    for event in base.events[chance.randrange(max(len(base.events), 1)) if chance.random() < 0.7 else 0 :]:
        room -= len(event)
        if room < 0:
            break
        pieces.append(event)
    return head + pieces


Spoil = Callable[[list[bytes], random.Random], None]
"""Changes some of the blocks."""


def _event_places(blocks: list[bytes]) -> list[int]:
    return [i for i, block in enumerate(blocks) if _kind(block) in EVENT_BLOCKS]


def _kind(block: bytes) -> int:
    return int.from_bytes(block[:4], "little")


def _put(block: bytes, offset: int, width: int, value: int) -> bytes:
    changed = bytearray(block)
    if 0 <= offset <= len(block) - width:
        changed[offset : offset + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    return bytes(changed)


def _header(block: bytes) -> int:
    """Offset of an event's own header in its block."""
    return 8 + 2 + (4 if _kind(block) in FLAGGED_BLOCKS else 0)


def _change_header(blocks: list[bytes], chance: random.Random) -> None:
    """Odd times, threads, sizes, codes, counts or CPUs."""
    for i in chance.sample(places := _event_places(blocks), min(len(places), chance.randrange(1, 9))):
        block = blocks[i]
        at = _header(block)
        offset, width = chance.choice(
            ((8, 2), (at, 8), (at + 8, 8), (at + 16, 4), (at + 20, 2), (at + 22, 4))
        )
        value = chance.choice(ODD_NUMBERS)
        if offset == at + 20 and chance.random() < 0.7:
            value = chance.randrange(len(EVENTS) + 5)
        blocks[i] = _put(block, offset, width, value)


def _change_lengths_of_params(blocks: list[bytes], chance: random.Random) -> None:
    for i in chance.sample(places := _event_places(blocks), min(len(places), chance.randrange(1, 9))):
        width = 4 if _kind(blocks[i]) in LARGE_BLOCKS else 2
        at = _header(blocks[i]) + 26 + width * chance.randrange(6)
        blocks[i] = _put(blocks[i], at, width, chance.choice(ODD_NUMBERS))


def _change_param(blocks: list[bytes], chance: random.Random) -> None:
    """Odd numbers where parameters are: descriptors, results, sizes, addresses."""
    for i in chance.sample(places := _event_places(blocks), min(len(places), chance.randrange(1, 60))):
        block = blocks[i]
        if len(block) > 60:
            width = chance.choice((1, 2, 4, 8))
            at = chance.randrange(_header(block) + 26, len(block) - 4)
            blocks[i] = _put(block, at, width, chance.choice(ODD_NUMBERS))


def _change_metadata(blocks: list[bytes], chance: random.Random) -> None:
    """Odd counts, lengths and numbers in the lists."""
    places = [i for i, block in enumerate(blocks) if _kind(block) not in EVENT_BLOCKS and len(block) > 12]
    for i in chance.sample(places, min(len(places), chance.randrange(1, 9))):
        for _ in range(chance.randrange(1, 6)):
            width = chance.choice((1, 2, 4, 8))
            at = chance.randrange(8, len(blocks[i]))
            blocks[i] = _put(blocks[i], at, width, chance.choice(ODD_NUMBERS))


def _change_block_length(blocks: list[bytes], chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 4)):
        i = chance.randrange(len(blocks))
        length = len(blocks[i]) + chance.choice((-8, -4, -1, 1, 4, 8, 1 << 16, -len(blocks[i]), 1 << 31))
        blocks[i] = _put(blocks[i], 4, 4, length)
        if chance.random() < 0.5:
            blocks[i] = _put(blocks[i], len(blocks[i]) - 4, 4, length)


def _change_block_type(blocks: list[bytes], chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 6)):
        i = chance.randrange(len(blocks))
        kind = chance.choice([*map(int, BlockType), *ODD_NUMBERS])
        blocks[i] = _put(blocks[i], 0, 4, kind)


def _cut_inside(blocks: list[bytes], chance: random.Random) -> None:
    """Take bytes out of a block's body and mend its frame."""
    i = chance.randrange(len(blocks))
    body = blocks[i][8:-4]
    start = chance.randrange(len(body) + 1)
    body = body[:start] + body[start + chance.randrange(64) :]
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    blocks[i] = struct.pack("<II", _kind(blocks[i]), length) + body + struct.pack("<I", length)


def _fill_inside(blocks: list[bytes], chance: random.Random) -> None:
    """Put one byte again and again into a block, its frame left alone."""
    i = chance.randrange(len(blocks))
    if len(blocks[i]) > 20:
        start = chance.randrange(8, len(blocks[i]) - 4)
        stop = chance.randrange(start, len(blocks[i]) - 4)
        filling = bytes([chance.choice((0, 255, 0x41, 0x2F, 0x1B, chance.randrange(256)))])
        blocks[i] = blocks[i][:start] + filling * (stop - start) + blocks[i][stop:]


def _repeat(blocks: list[bytes], chance: random.Random) -> None:
    """A block, or a stretch of them, many times."""
    start = chance.randrange(len(blocks))
    stretch = blocks[start : start + chance.choice((1, 1, 2, 10, 100))]
    size = sum(map(len, stretch))
    times = min(chance.choice((2, 10, 1000, 20_000)), (LONGEST - sum(map(len, blocks))) // max(size, 1))
    blocks[start:start] = stretch * max(times, 0)


def _shuffle(blocks: list[bytes], chance: random.Random) -> None:
    start = chance.randrange(len(blocks))
    stop = start + chance.randrange(2, 200)
    stretch = blocks[start:stop]
    chance.shuffle(stretch)
    blocks[start:stop] = stretch


def _drop(blocks: list[bytes], chance: random.Random) -> None:
    for _ in range(chance.choice((1, 5, 50))):
        if len(blocks) > 2:
            del blocks[chance.randrange(1, len(blocks))]


def _move_to_one_thread(blocks: list[bytes], chance: random.Random) -> None:
    """All events of a stretch by the same thread."""
    tid = chance.choice((0, 1, 10, *ODD_NUMBERS))
    for i in _event_places(blocks)[chance.randrange(50) :]:
        blocks[i] = _put(blocks[i], _header(blocks[i]) + 8, 8, tid)


SPOILS: tuple[Spoil, ...] = (
    _change_header, _change_lengths_of_params, _change_param, _change_metadata, _change_block_length,
    _change_block_type, _cut_inside, _fill_inside, _repeat, _shuffle, _drop, _move_to_one_thread,
)  # fmt: skip


SHORT_SPOILS = tuple(spoil for spoil in SPOILS if spoil is not _repeat)
"""Those that leave a small input small."""

Part = Callable[[Base, random.Random], list[bytes]]
"""Takes some blocks out of a capture."""


def _change_bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 5, 50, 500))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(changed)


SMALL = 6_000
"""Most bytes of lists in a small input."""


def small_window(base: Base, chance: random.Random) -> list[bytes]:
    """A few short lists and a few events, which take a millisecond or two to read."""
    section, *lists = base.head
    head, room = [section], SMALL
    for block in chance.sample(lists, len(lists)):
        if len(block) < room and len(head) < 12:
            head.append(block)
            room -= len(block)
    count = chance.choice((1, 4, 16, 40))
    if chance.random() < 0.5:
        start = chance.randrange(max(1, len(base.events) - count))
        return [*head, *base.events[start : start + count]]
    return [*head, *chance.choices(base.events, k=count)]


def small_input(bases: list[Base], seed: int) -> bytes:
    """The small input of a seed, see :func:`made_input`."""
    return _made(bases, random.Random(seed), small_window, SHORT_SPOILS)


def made_input(bases: list[Base], seed: int) -> bytes:
    """The input of a seed: part of a capture, or two, spoiled in some ways."""
    return _made(bases, random.Random(seed), window, SPOILS)


def _made(bases: list[Base], chance: random.Random, part: Part, spoils: Sequence[Spoil]) -> bytes:
    blocks = part(chance.choice(bases), chance)
    if chance.random() < 0.15:
        place = chance.randrange(1, len(blocks) + 1)
        blocks[place:place] = part(chance.choice(bases), chance)
    for spoil in chance.choices(spoils, k=chance.choice((0, 1, 1, 2, 3, 5))):
        spoil(blocks, chance)
    content = b"".join(blocks)[:LONGEST]
    if chance.random() < 0.3:
        content = _change_bytes(content, chance)
    if chance.random() < 0.2:
        content = content[: chance.randrange(len(content))]
    if chance.random() < 0.1:
        content = gzip.compress(content, 1, mtime=0)
        if chance.random() < 0.5:
            content = _change_bytes(content, chance)
    return content
