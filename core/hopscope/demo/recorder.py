"""Writing a story down: threads make calls while a clock runs; calls become events."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hopscope.decode.event_table import read_rows

Values = Mapping[str, Any]

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000

CALLS = {
    "syscall": 0, "open": 2, "close": 4, "read": 6, "write": 8, "socket": 18, "bind": 20, "connect": 22,
    "sendto": 30, "recvfrom": 34, "getsockname": 38, "sendmsg": 48,
    "sendmmsg": 50, "recvmsg": 52, "pipe": 60, "futex": 64, "stat": 66, "fstat": 70, "epoll_wait": 78,
    "poll": 80, "select": 82, "lseek": 86, "writev": 118, "dup": 124, "nanosleep": 134, "fcntl": 150,
    "brk": 158, "mmap": 160, "munmap": 164, "sendfile": 188, "clone": 222, "getdents64": 238,
    "accept": 248, "access": 264, "execve": 292, "unlink": 300,
}  # fmt: skip
"""Code of the enter event of each call, in the version that sysdig 0.29.3 knows; the exit's is one more."""

GENERIC_CALLS = {"mprotect": 10, "rt_sigaction": 13, "fdatasync": 75, "exit_group": 231, "epoll_ctl": 233}
"""Calls that old captures record without arguments, with their numbers on x86-64."""

_GENERIC_IDS = {row[1]: int(row[0]) for row in read_rows("syscalls.tsv") if row[1] in GENERIC_CALLS}

SWITCH = 152
PROCEXIT = 186
SIGNAL_DELIVER = 232
PROCINFO = 234
KUBERNETES = 260
CONTAINER = 272


@dataclass(frozen=True, slots=True)
class Actor:
    """A thread of the story.

    Attributes:
        tid, pid: its numbers on the host; equal for main threads.
        cpu: the CPU it always runs on.
        memory: virtual and resident size in KiB, as its switch events tell.
    """

    tid: int
    pid: int
    cpu: int
    memory: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Record:
    """One event, before it becomes bytes."""

    time: int
    cpu: int
    tid: int
    code: int
    values: Values


class Recorder:
    """A clock and what happened while it ran.

    Args:
        start: ns since the epoch.
        seed: for the small differences between the durations of calls. Only ``Random.random`` is
            used: its sequence is the same in every version of Python.

    Attributes:
        now: the clock.
        records: what has been written down, in the order of time.
    """

    def __init__(self, start: int, seed: int) -> None:
        self.now = start
        self.records: list[Record] = []
        self._random = random.Random(seed)

    def about(self, ns: float, spread: float = 0.5) -> int:
        """A duration of ``ns``, more or less."""
        return int(ns * (1 + spread * (self._random.random() - 0.5)))

    def wait(self, ns: float) -> None:
        """Let about so much time pass."""
        self.now += max(1, self.about(ns))

    def event(self, actor: Actor, code: int, values: Values) -> None:
        """Write down one event of any kind."""
        self.records.append(Record(self.now, actor.cpu, actor.tid, code, values))

    def enter(self, actor: Actor, call: str, **values: Any) -> None:
        """A thread begins a call; the clock goes on a little."""
        self.event(actor, CALLS[call], values)
        self.wait(0.4 * MICROSECOND)

    def leave(self, actor: Actor, call: str, **values: Any) -> None:
        """A thread comes back from a call."""
        self.event(actor, CALLS[call] + 1, values)
        self.wait(0.9 * MICROSECOND)

    def call(
        self, actor: Actor, call: str, enter: Values, leave: Values, takes: float = 1.8 * MICROSECOND
    ) -> None:
        """A whole call of about so many ns."""
        self.enter(actor, call, **enter)
        self.wait(takes)
        self.leave(actor, call, **leave)

    def generic(self, actor: Actor, call: str, takes: float = 1.2 * MICROSECOND) -> None:
        """A call of which only the name is recorded."""
        known = _GENERIC_IDS[call]
        self.call(actor, "syscall", {"ID": known, "nativeID": GENERIC_CALLS[call]}, {"ID": known}, takes)

    def read(self, actor: Actor, fd: int, data: bytes, size: int = 4096) -> None:
        """Read what is there."""
        self.call(actor, "read", {"fd": fd, "size": size}, {"res": len(data), "data": data})

    def write(self, actor: Actor, fd: int, data: bytes, takes: float = 20 * MICROSECOND) -> None:
        """Write everything."""
        self.call(actor, "write", {"fd": fd, "size": len(data)}, {"res": len(data), "data": data}, takes)

    def open(self, actor: Actor, path: str, fd: int, flags: int = 0x1001) -> None:
        """Open a file, for reading and to be closed on exec unless told otherwise."""
        asked = {"name": path, "flags": flags, "mode": 0}
        self.call(actor, "open", asked, {"fd": fd, **asked, "dev": 0x801})

    def close(self, actor: Actor, fd: int) -> None:
        """Close a descriptor."""
        self.call(actor, "close", {"fd": fd}, {"res": 0}, 0.8 * MICROSECOND)

    def read_file(self, actor: Actor, path: str, content: bytes, fd: int) -> None:
        """Open, read to the end, close."""
        self.open(actor, path, fd)
        self.call(actor, "fstat", {"fd": fd}, {"res": 0}, 0.5 * MICROSECOND)
        self.read(actor, fd, content)
        self.read(actor, fd, b"")
        self.close(actor, fd)

    def wake(self, actor: Actor, address: int, woken: int = 1) -> None:
        """Wake a thread that waits on a futex."""
        self.call(actor, "futex", {"addr": address, "op": 1, "val": 1}, {"res": woken})


def with_switches(
    records: Iterable[Record], actors: Iterable[Actor], idle_after: int = 25_000
) -> list[Record]:
    """All records in the order of time, with the scheduler's switch events between threads of one CPU.

    Args:
        records: of all recorders.
        actors: all threads, for their memory.
        idle_after: ns without an event after which a CPU idles (thread 0).
    """
    memory = {actor.tid: actor.memory for actor in actors}
    told: list[Record] = []
    last: dict[int, Record] = {}
    for record in sorted(records, key=lambda one: one.time):
        before = last.get(record.cpu)
        if before is not None:
            told.extend(_switches(before, record, memory, idle_after))
        last[record.cpu] = record
        told.append(record)
    told.sort(key=lambda one: one.time)
    return told


def _switches(
    before: Record, after: Record, memory: dict[int, tuple[int, int]], idle_after: int
) -> list[Record]:
    gap = after.time - before.time
    if before.code == SWITCH or gap < 4 or (before.tid == after.tid and gap < idle_after):
        return []
    if gap < idle_after:
        return [_switch(before.time + gap // 2, before.cpu, before.tid, after.tid, memory)]
    return [
        _switch(before.time + min(1_500, gap // 3), before.cpu, before.tid, 0, memory),
        _switch(after.time - min(1_200, gap // 3), before.cpu, 0, after.tid, memory),
    ]


def _switch(time: int, cpu: int, leaving: int, coming: int, memory: dict[int, tuple[int, int]]) -> Record:
    size, resident = memory.get(leaving, (0, 0))
    values = {
        "next": coming,
        "pgft_maj": 0,
        "pgft_min": resident // 64,
        "vm_size": size,
        "vm_rss": resident,
        "vm_swap": 0,
    }
    return Record(time, cpu, leaving, SWITCH, values)
