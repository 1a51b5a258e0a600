"""What the blocks beside the events tell: machine, processes, descriptors, interfaces, users."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    DESCRIPTOR_BLOCKS,
    EVENT_BLOCKS,
    INTERFACE_BLOCKS,
    PROCESS_BLOCKS,
    USER_BLOCKS,
    BlockType,
)
from hopscope.capture.damage import Damage
from hopscope.capture.lists import (
    Group,
    MachineInfo,
    User,
    parse_descriptors,
    parse_interfaces,
    parse_machine,
    parse_processes,
    parse_users,
)
from hopscope.capture.walk import Blocks
from hopscope.decode.columns import EventColumns
from hopscope.state.replay import SectionLists


@dataclass(slots=True)
class Metadata:
    """All that the blocks before and between the events tell."""

    machine: MachineInfo | None = None
    sections: list[SectionLists] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    unknown_blocks: int = 0


def read_metadata(data: NDArray[np.uint8], blocks: Blocks, columns: EventColumns) -> Metadata:
    """Read every block that is no event. A list that comes late counts for its section all the same."""
    found = Metadata()
    event_kinds = np.array(sorted(EVENT_BLOCKS), np.uint32)
    known = {int(kind) for kind in BlockType}
    for at in np.flatnonzero(~np.isin(blocks.type, event_kinds)).tolist():
        kind = int(blocks.type[at])
        offset = int(blocks.offset[at]) + 8
        if kind == BlockType.SECTION or not found.sections:
            found.sections.append(SectionLists(int(np.searchsorted(columns.block, at))))
        section = found.sections[-1]
        if kind not in known:
            found.unknown_blocks += 1
            continue
        body = blocks.body(data, at)
        if kind == BlockType.MACHINE:
            found.machine = found.machine or parse_machine(body, found.damages, offset)
        elif kind in PROCESS_BLOCKS:
            section.processes.extend(parse_processes(body, kind, found.damages, offset))
        elif kind in DESCRIPTOR_BLOCKS:
            section.descriptors.append(parse_descriptors(body, kind, found.damages, offset))
        elif kind in INTERFACE_BLOCKS:
            section.interfaces.extend(parse_interfaces(body, kind, found.damages, offset))
        elif kind in USER_BLOCKS:
            users, groups = parse_users(body, kind, found.damages, offset)
            found.users.extend(users)
            found.groups.extend(groups)
    return found
