"""The block types of a capture, as data.

A capture is a row of blocks: u32 type, u32 length of the whole block, body, padding to a multiple
of four, and the length again. All integers are little-endian.
"""

from __future__ import annotations

from enum import IntEnum

HEADER = 8
"""Bytes before a block's body: type and length."""

TRAILER = 4
"""Bytes after a block's body: the length again."""

SECTION_MAGIC = 0x1A2B3C4D
"""First word in the body of a section header, in the byte order of the host that wrote it."""

SECTION_LENGTH = 28
"""Bytes of a section header without options."""

MAX_SMALL_EVENT = 65536
"""Longest event block, in bytes, that is not of the LARGE kind. The reference refuses longer ones."""


class BlockType(IntEnum):
    """Every block type since the first release. The numbers are those in the file."""

    SECTION = 0x0A0D0D0A
    MACHINE = 0x201
    PROCESSES_V1 = 0x202
    DESCRIPTORS = 0x203
    EVENT = 0x204
    INTERFACES = 0x205
    USERS = 0x206
    PROCESSES_V2 = 0x207
    EVENT_FLAGS = 0x208
    PROCESSES_V3 = 0x209
    PROCESSES_V4 = 0x210
    PROCESSES_V5 = 0x211
    PROCESSES_V6 = 0x212
    PROCESSES_V7 = 0x213
    PROCESSES_V8 = 0x214
    PROCESSES_V9 = 0x215
    EVENT_V2 = 0x216
    EVENT_FLAGS_V2 = 0x217
    DESCRIPTORS_V2 = 0x218
    INTERFACES_V2 = 0x219
    USERS_V2 = 0x220
    EVENT_V2_LARGE = 0x221
    EVENT_FLAGS_V2_LARGE = 0x222


EARLY_NUMBERS: dict[int, BlockType] = {
    0x8000ABCD: BlockType.PROCESSES_V1,
    0x8001ABCD: BlockType.DESCRIPTORS,
    0x8002ABCD: BlockType.MACHINE,
    0x8010ABCD: BlockType.EVENT,
    0x8011ABCD: BlockType.INTERFACES,
    0x8012ABCD: BlockType.USERS,
    0x8013ABCD: BlockType.PROCESSES_V2,
    0x8014ABCD: BlockType.PROCESSES_V3,
}
"""Numbers in files from before the first release (early 2014); the layouts are the same."""

PROCESS_VERSION: dict[int, int] = {
    BlockType.PROCESSES_V1: 1,
    BlockType.PROCESSES_V2: 2,
    BlockType.PROCESSES_V3: 3,
    BlockType.PROCESSES_V4: 4,
    BlockType.PROCESSES_V5: 5,
    BlockType.PROCESSES_V6: 6,
    BlockType.PROCESSES_V7: 7,
    BlockType.PROCESSES_V8: 8,
    BlockType.PROCESSES_V9: 9,
}
"""Version of the process list in a block, by its type."""

PROCESS_BLOCKS = frozenset(PROCESS_VERSION)
DESCRIPTOR_BLOCKS = frozenset({BlockType.DESCRIPTORS, BlockType.DESCRIPTORS_V2})
INTERFACE_BLOCKS = frozenset({BlockType.INTERFACES, BlockType.INTERFACES_V2})
USER_BLOCKS = frozenset({BlockType.USERS, BlockType.USERS_V2})

EVENT_BLOCKS = frozenset(
    {
        BlockType.EVENT,
        BlockType.EVENT_FLAGS,
        BlockType.EVENT_V2,
        BlockType.EVENT_FLAGS_V2,
        BlockType.EVENT_V2_LARGE,
        BlockType.EVENT_FLAGS_V2_LARGE,
    }
)
"""Blocks that hold one event each."""

FLAGGED_BLOCKS = frozenset({BlockType.EVENT_FLAGS, BlockType.EVENT_FLAGS_V2, BlockType.EVENT_FLAGS_V2_LARGE})
"""Event blocks with a u32 of dump flags between the CPU number and the event."""

COUNTED_BLOCKS = frozenset(
    {
        BlockType.EVENT_V2,
        BlockType.EVENT_FLAGS_V2,
        BlockType.EVENT_V2_LARGE,
        BlockType.EVENT_FLAGS_V2_LARGE,
    }
)
"""Event blocks of version 2: their event header ends with the u32 number of parameters."""

LARGE_BLOCKS = frozenset({BlockType.EVENT_V2_LARGE, BlockType.EVENT_FLAGS_V2_LARGE})
"""Event blocks whose parameter lengths are u32 instead of u16."""

STATE_ONLY = 1
"""Dump flag: the event updates state and is never shown."""


def least_length(kind: int) -> int:
    """Bytes that a block of this type has at least: framing, and for events the CPU, flags and header."""
    if kind == BlockType.SECTION:
        return SECTION_LENGTH
    if kind not in EVENT_BLOCKS:
        return HEADER + TRAILER
    least = HEADER + 2 + 22 + TRAILER
    least += 4 if kind in FLAGGED_BLOCKS else 0
    return least + (4 if kind in COUNTED_BLOCKS else 0)


def most_length(kind: int) -> int:
    """Bytes that a block of this type has at most."""
    small = kind in EVENT_BLOCKS and kind not in LARGE_BLOCKS
    return MAX_SMALL_EVENT if small else 0xFFFFFFFF


def block_name(kind: int) -> str:
    """Name of a block type for a person, for instance ``EVENT_V2`` or ``0x999``."""
    kind = EARLY_NUMBERS.get(kind, kind)
    try:
        return BlockType(kind).name
    except ValueError:
        return f"0x{kind:x}"
