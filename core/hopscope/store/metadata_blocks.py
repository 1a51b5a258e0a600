"""What the blocks beside the events tell: machine, processes, descriptors, interfaces, users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    DESCRIPTOR_BLOCKS,
    EVENT_BLOCKS,
    HEADER,
    INTERFACE_BLOCKS,
    PROCESS_BLOCKS,
    TRAILER,
    USER_BLOCKS,
    BlockType,
)
from hopscope.capture.damage import Damage
from hopscope.capture.joins import Join
from hopscope.capture.lists import (
    Group,
    Interface,
    MachineInfo,
    User,
    parse_descriptors,
    parse_interfaces,
    parse_machine,
    parse_processes,
    parse_users,
)
from hopscope.capture.walk import Blocks
from hopscope.state.replay import SectionLists


class MetaBlock(NamedTuple):
    """A block that is no event.

    Attributes:
        kind: its type.
        offset, length: where it lies in the unpacked stream, and the bytes of the whole block.
        row: of the first event behind it.
    """

    kind: int
    offset: int
    length: int
    row: int


_EVENT_KINDS = np.array(sorted(EVENT_BLOCKS), np.uint32)
_KNOWN_KINDS = frozenset(int(kind) for kind in BlockType)


def meta_blocks(blocks: Blocks, event_block: NDArray[np.int64], first: int) -> list[MetaBlock]:
    """The blocks that are no events.

    Args:
        blocks: of a stretch.
        event_block: index of the block of each event of the stretch.
        first: row of the first event of the stretch.
    """
    at = np.flatnonzero(~np.isin(blocks.type, _EVENT_KINDS))
    columns = blocks.type[at], blocks.offset[at], blocks.length[at], first + event_block.searchsorted(at)
    return list(map(MetaBlock, *(column.tolist() for column in columns)))


def section_starts(blocks: list[MetaBlock], *, begun: bool) -> list[int]:
    """Rows at which the sections of a stretch begin. ``begun``: one began before."""
    return [
        block.row
        for place, block in enumerate(blocks)
        if block.kind == BlockType.SECTION or (place == 0 and not begun)
    ]


@dataclass(slots=True)
class Metadata:
    """All that the blocks before and between the events have told up to now.

    ``joins`` are the places in the stream where a file goes on with the capture of the one before it.
    """

    machine: MachineInfo | None = None
    interfaces: list[Interface] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    unknown_blocks: int = 0
    sections: int = 0
    joins: Mapping[int, Join] = field(default_factory=dict)

    def read(self, data: NDArray[np.uint8], blocks: list[MetaBlock]) -> list[SectionLists]:
        """Read the blocks of a stretch.

        Returns:
            The lists of each section that begins there. Those that come in a later stretch than the
            events of their section are marked as late; any others count for their section from its
            start, also where they lie behind events.
        """
        found: list[SectionLists] = []
        for block in blocks:
            if block.kind == BlockType.SECTION or not self.sections:
                self.sections += 1
                found.append(SectionLists(block.row, follows=self.joins.get(block.offset)))
            if block.kind not in _KNOWN_KINDS:
                self.unknown_blocks += 1
                continue
            self._read_block(data, block, found)
        return found

    def _read_block(self, data: NDArray[np.uint8], block: MetaBlock, found: list[SectionLists]) -> None:
        kind, offset = block.kind, block.offset + HEADER
        body = data[offset : block.offset + block.length - TRAILER].tobytes()
        if kind == BlockType.MACHINE:
            self.machine = self.machine or parse_machine(body, self.damages, offset)
        elif kind in USER_BLOCKS:
            users, groups = parse_users(body, kind, self.damages, offset)
            self.users.extend(users)
            self.groups.extend(groups)
        elif kind in PROCESS_BLOCKS or kind in DESCRIPTOR_BLOCKS or kind in INTERFACE_BLOCKS:
            if not found:
                found.append(SectionLists(block.row, late=True))
            section = found[-1]
            if kind in PROCESS_BLOCKS:
                section.processes.extend(parse_processes(body, kind, self.damages, offset))
            elif kind in DESCRIPTOR_BLOCKS:
                section.descriptors.append(parse_descriptors(body, kind, self.damages, offset))
            else:
                interfaces = parse_interfaces(body, kind, self.damages, offset)
                section.interfaces.extend(interfaces)
                self.interfaces.extend(interfaces)
