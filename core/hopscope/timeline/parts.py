"""One file of a time line, before it is known how it goes together with the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import EVENT_BLOCKS, FLAGGED_BLOCKS, INTERFACE_BLOCKS, PROCESS_BLOCKS, BlockType
from hopscope.capture.damage import Damage
from hopscope.capture.lists import MachineInfo, parse_interfaces, parse_machine, parse_processes
from hopscope.capture.source import Source
from hopscope.capture.walk import Blocks, walk
from hopscope.conversation.addresses import is_own
from hopscope.decode.event_table import EVENTS
from hopscope.decode.gathering import gather
from hopscope.store.event_columns import HAPPENED

_EVENT_KINDS, _FLAGGED_KINDS = (
    np.array(sorted(kinds), np.uint32) for kinds in (EVENT_BLOCKS, FLAGGED_BLOCKS)
)


@dataclass(frozen=True, slots=True)
class Known:
    """A thread of a process list as two lists can be compared."""

    tid: int
    pid: int
    comm: str


@dataclass
class Part:
    """What a file tells about itself.

    Attributes:
        name: as given, with control characters escaped.
        path: as given.
        source: its bytes; let go when they have been put into the stream of all.
        machine: on which it was recorded, None where it does not say.
        known: threads of its first process list.
        addresses: of the machine's interfaces, but those that every machine has.
        times: int64, recorded times of its events in ns, in file order; 0 for those that only tell of
            containers and the like, which get the time at which the file was written.
        at: int64, offset of the block of each event.
        head: bytes before its first event.
        stop: bytes up to the end of the last whole block.
        damage: sentences on what is broken in its packing and behind its last whole block.
        lost: bytes that are broken there, -1 unknown.
        content_key, size, packed_size: of the file.
        skipped: how many events at its start are left out because the file before has them too.
        missing: in ns how long nothing is known before its first event, 0 where it goes on at once.
    """

    name: str
    path: str
    source: Source
    machine: MachineInfo | None
    known: frozenset[Known]
    addresses: frozenset[bytes]
    times: NDArray[np.int64]
    at: NDArray[np.int64]
    head: int
    stop: int
    damage: list[str]
    lost: int
    content_key: str
    size: int
    packed_size: int
    skipped: int = 0
    missing: int = 0

    @cached_property
    def first(self) -> int:
        """Time in ns of the first event that has one, 0 without any."""
        real = np.flatnonzero(self.times > 0)[:1]
        return int(self.times[real[0]]) if len(real) else 0

    @cached_property
    def last(self) -> int:
        """Greatest time in ns of an event, 0 without any."""
        return int(self.times.max(initial=0))

    @cached_property
    def longest_pause(self) -> int:
        """ns of the longest stretch without an event between two events."""
        real = np.maximum.accumulate(self.times[self.times > 0])
        return int(np.diff(real).max(initial=0))

    def let_go(self) -> None:
        """Give back what is known of single events; the first and last times stay."""
        assert self.first <= self.last
        self.times = self.at = np.zeros(0, np.int64)
        self.source.data = self.source.data[:0]

    @property
    def hostname(self) -> str:
        """What the machine calls itself, empty where nobody says."""
        return self.machine.hostname if self.machine else ""


def read_part(source: Source, path: str) -> Part:
    """Walk through a file and read what tells it from others."""
    data = source.data
    blocks = walk(data)
    events = np.flatnonzero(np.isin(blocks.type, _EVENT_KINDS))
    at = blocks.offset[events]
    body = at + 8 + 2 + np.where(np.isin(blocks.type[events], _FLAGGED_KINDS), 4, 0)
    code = np.minimum(gather(data, body + 20, "<u2"), len(EVENTS) - 1)
    machine, known, addresses = _lists(data, blocks, int(events[0]) if len(events) else len(blocks))
    stop = int(blocks.offset[-1]) + int(blocks.length[-1]) if len(blocks) else 0
    # Faults inside are found again, with their place, where the files are indexed one behind the other.
    faults: list[Damage] = [*source.damage, *(one for one in blocks.damage if one.offset >= stop)]
    lost = [fault.lost for fault in faults]
    return Part(
        name=source.name,
        path=path,
        source=source,
        machine=machine,
        known=known,
        addresses=addresses,
        times=np.where(HAPPENED[code], gather(data, body, "<i8"), 0),
        at=at,
        head=int(at[0]) if len(at) else stop,
        stop=stop,
        damage=[f"{source.name}: at byte {fault.offset:,}: {fault.what}" for fault in faults],
        lost=-1 if any(one < 0 for one in lost) else sum(lost),
        content_key=source.content_key(),
        size=source.size,
        packed_size=source.packed_size,
    )


def _lists(
    data: NDArray[np.uint8], blocks: Blocks, stop: int
) -> tuple[MachineInfo | None, frozenset[Known], frozenset[bytes]]:
    """Machine, threads and addresses of the lists among the first ``stop`` blocks."""
    machine = None
    known: set[Known] = set()
    addresses: set[bytes] = set()
    faults: list[Damage] = []
    for i in range(stop):
        kind = int(blocks.type[i])
        if kind == BlockType.MACHINE:
            machine = machine or parse_machine(blocks.body(data, i), faults, 0)
        elif kind in PROCESS_BLOCKS:
            entries = parse_processes(blocks.body(data, i), kind, faults, 0)
            known.update(Known(entry.tid, entry.pid, entry.comm) for entry in entries)
        elif kind in INTERFACE_BLOCKS:
            entries_of_net = parse_interfaces(blocks.body(data, i), kind, faults, 0)
            addresses.update(one.address for one in entries_of_net if not is_own(one.address))
    return machine, frozenset(known), frozenset(addresses)
