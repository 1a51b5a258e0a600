"""Made captures for hops: a clock, processes, calls as pairs of events or as exits alone."""

from __future__ import annotations

from collections.abc import Iterable

from hopscope.capture.lists import DescriptorEntry
from hopscope.decode.capture_writer import Layout, code_for, params_of
from hopscope.decode.event_table import EVENTS
from hopscope.store.store import Store
from hopscope.trail import Candidate, causes, effects, peers
from recording import Recording, listed

PAUSE = 9_000
"""ns between two events beside the step of the recording."""

Address = tuple[bytes, int]

IPV4_ENTRY, UNIX_ENTRY, PIPE_ENTRY = 3, 8, 7
"""Numbers of descriptor types in lists of open descriptors."""

TCP_ENTRY, UDP_ENTRY = 2, 3
"""Numbers of transports in these lists."""

SHARED_FILES = 1 | 2 | 8 | 0x8000 | 0x2000
"""Flags of a thread: CLONE_FILES, FS, SIGHAND, VM, THREAD as captures store them."""


def ip(text: str, port: int) -> Address:
    """``10.0.0.1`` and a port, packed."""
    return bytes(int(part) for part in text.split(".")), port


def mapped(address: Address) -> Address:
    """An IPv4 address as IPv6 sees it."""
    return bytes(10) + b"\xff\xff" + address[0], address[1]


class Scene:
    """Writes a capture call by call and asks for hops by event number.

    Args:
        names: programs by thread number; each is a process of its own.
        layout: with ``newest`` there are only exits, which carry all parameters.
        threads: further threads, number to process.
        snap: recorded bytes of a payload.
    """

    def __init__(
        self,
        names: dict[int, str],
        layout: Layout = "sysdig",
        threads: dict[int, int] | None = None,
        snap: int = 80,
    ) -> None:
        processes = [listed(tid, name) for tid, name in names.items()]
        for tid, pid in (threads or {}).items():
            processes.append(listed(tid, names[pid], pid=pid, ptid=pid, flags=SHARED_FILES))
        self.recording = Recording(processes, layout=layout)
        self.layout = layout
        self.snap = snap
        self._store: Store | None = None

    def open_before(self, tid: int, entries: Iterable[DescriptorEntry]) -> None:
        """Descriptors that a process had open before the capture began."""
        self.recording.writer.descriptors(tid, entries)

    def event(self, name: str, direction: str, tid: int, /, **params: object) -> int:
        """One event; only those of the given parameters that the layout stores."""
        self.wait(PAUSE)
        code = code_for(name, direction, self.layout)
        known = {param.name for param in params_of(EVENTS[code], self.layout)}
        kept = {key: value for key, value in params.items() if key in known}
        return self.recording.event(name, direction, tid, **kept) + 1

    def call(self, name: str, tid: int, /, **params: object) -> int:
        """A whole call; returns the number of its exit."""
        if self.layout == "sysdig":
            self.event(name, ">", tid, **params)
        return self.event(name, "<", tid, **params)

    def wait(self, nanoseconds: int) -> None:
        """Let time pass."""
        self.recording.wait(nanoseconds)

    # --- calls with everything that belongs to them ----------------------------------------------

    def socket(self, tid: int, fd: int, domain: int = 2, kind: int = 1) -> int:
        """A new socket: domain 1 unix, 2 IPv4, 10 IPv6; kind 1 stream, 2 datagram."""
        return self.call("socket", tid, fd=fd, domain=domain, type=kind, proto=0)

    def connect(self, tid: int, fd: int, ends: object) -> int:
        return self.call("connect", tid, fd=fd, res=0, tuple=ends)

    def accept(self, tid: int, fd: int, ends: object) -> int:
        return self.call("accept", tid, fd=fd, tuple=ends)

    def send(self, tid: int, fd: int, data: bytes, ends: object = None, name: str = "sendto") -> int:
        return self.call(name, tid, fd=fd, size=len(data), res=len(data), data=data[: self.snap], tuple=ends)

    def receive(self, tid: int, fd: int, data: bytes, ends: object = None, name: str = "recvfrom") -> int:
        return self.call(name, tid, fd=fd, size=len(data), res=len(data), data=data[: self.snap], tuple=ends)

    def write(self, tid: int, fd: int, data: bytes) -> int:
        return self.send(tid, fd, data, name="write")

    def read(self, tid: int, fd: int, data: bytes) -> int:
        return self.receive(tid, fd, data, name="read")

    def pipe(self, tid: int, read_end: int, write_end: int, inode: int) -> int:
        return self.call("pipe", tid, res=0, fd1=read_end, fd2=write_end, ino=inode)

    def fork(self, tid: int, child: int, name: str) -> None:
        """A child process, as both sides see it."""
        common = {"exe": name, "comm": name, "pid": tid, "ptid": 1, "vtid": tid, "vpid": tid}
        if self.layout == "sysdig":
            self.event("clone", ">", tid)
        self.event("clone", "<", tid, res=child, **common)
        own = common | {"pid": child, "ptid": tid, "vtid": child, "vpid": child}
        self.event("clone", "<", child, res=0, **own)

    def close(self, tid: int, fd: int) -> int:
        return self.call("close", tid, fd=fd, res=0)

    def futex(self, tid: int, address: int, operation: int, direction: str, res: int = 0) -> int:
        """One half of a futex call: operation 0 waits, 1 wakes."""
        return self.event("futex", direction, tid, addr=address, op=operation, val=1, res=res)

    # --- asking ----------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = self.recording.store()
        return self._store

    def peers(self, number: int) -> list[Candidate]:
        return peers(self.store, self.store.row_of(number))

    def causes(self, number: int) -> list[Candidate]:
        return causes(self.store, self.store.row_of(number))

    def effects(self, number: int) -> list[Candidate]:
        return effects(self.store, self.store.row_of(number))

    def peer(self, number: int) -> int | None:
        """Number of the first candidate."""
        found = self.peers(number)
        return found[0].number if found else None

    def cause(self, number: int) -> int | None:
        found = self.causes(number)
        return found[0].number if found else None

    def effect(self, number: int) -> int | None:
        found = self.effects(number)
        return found[0].number if found else None
