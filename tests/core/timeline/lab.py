"""Machines with clocks of their own that talk to each other, each recorded in a capture of its own."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from hopscope.capture.lists import Interface, MachineInfo, ProcessEntry
from hopscope.decode.capture_writer import CaptureWriter
from recording import listed

START = 1_700_000_000_000_000_000
MICROSECOND, MILLISECOND, SECOND = 1_000, 1_000_000, 1_000_000_000

Address = tuple[bytes, int]


def ip(text: str, port: int) -> Address:
    """``10.0.0.1`` and a port, packed."""
    return bytes(int(part) for part in text.split(".")), port


class Lab:
    """The true time, in ns."""

    def __init__(self) -> None:
        self.now = START

    def wait(self, nanoseconds: int) -> None:
        """Let time pass."""
        self.now += nanoseconds


class Machine:
    """One machine, recorded.

    Args:
        lab: the true time.
        name: of the machine.
        address: of its interface.
        programs: by thread number.
        offset: ns that its clock is ahead.
        drift: ns that its clock gains in each ns.
        snap: recorded bytes of a payload.
    """

    def __init__(
        self, lab: Lab, name: str, address: str, programs: dict[int, str], offset: int = 0,
        drift: float = 0.0, snap: int = 80, processes: Iterable[ProcessEntry] = (), boot_time: int = 0,
    ) -> None:  # fmt: skip
        self.lab, self.name, self.offset, self.drift, self.snap = lab, name, offset, drift, snap
        self.address = address
        self._stream = io.BytesIO()
        self.writer = CaptureWriter(self._stream)
        self.writer.machine(MachineInfo(cpus=2, hostname=name, memory=1 << 30, boot_time=boot_time))
        packed = ip(address, 0)[0]
        self.writer.interface(Interface("eth0", packed, b"\xff\xff\xff\0", packed[:3] + b"\xff"))
        for tid, program in programs.items():
            self.writer.process(listed(tid, program))
        for entry in processes:
            self.writer.process(entry)

    @property
    def clock(self) -> int:
        """What the machine takes the time for."""
        passed = self.lab.now - START
        return self.lab.now + self.offset + round(self.drift * passed)

    def event(self, name: str, direction: str, tid: int, **params: object) -> int:
        """One event now; its number in the machine's capture."""
        return self.writer.event(name, direction, ts=self.clock, tid=tid, **params)  # type: ignore[arg-type]

    def call(
        self, name: str, tid: int, enter: dict[str, object], takes: int = MICROSECOND, **exit_: object
    ) -> int:
        """A whole call; the number of its exit."""
        self.event(name, ">", tid, **enter)
        self.lab.wait(takes)
        return self.event(name, "<", tid, **exit_)

    def send(self, tid: int, fd: int, data: bytes) -> int:
        """Write to a connection."""
        return self.call("write", tid, {"fd": fd, "size": len(data)}, res=len(data), data=data[: self.snap])

    def receive(self, tid: int, fd: int, data: bytes) -> int:
        """Read from a connection."""
        return self.call("read", tid, {"fd": fd, "size": 4096}, res=len(data), data=data[: self.snap])

    def capture(self) -> bytes:
        """The whole capture."""
        self.writer.close()
        return self._stream.getvalue()

    def save(self, folder: Path) -> str:
        """Write the capture into a folder; its path."""
        path = folder / f"{self.name}.scap"
        path.write_bytes(self.capture())
        return str(path)


def connect(
    client: Machine, tid: int, server: Machine, server_tid: int, port: int, ports: int, delay: int
) -> None:
    """Open a TCP connection: descriptor 3 at the client, 7 at the server, so many ns on the way."""
    lab = client.lab
    ends = (ip(client.address, ports), ip(server.address, port))
    client.call("socket", tid, {"domain": 2, "type": 1, "proto": 0}, fd=3)
    client.event("connect", ">", tid, fd=3)
    lab.wait(delay)
    accepted = server.call("accept", server_tid, {}, fd=7, tuple=ends)
    assert accepted
    lab.wait(delay)
    client.event("connect", "<", tid, res=0, tuple=ends)


def exchange(
    one: Machine, tid: int, fd: int, other: Machine, other_tid: int, other_fd: int, data: bytes, delay: int
) -> tuple[int, int]:
    """Send bytes from one machine to another; the numbers of the two exits."""
    lab = one.lab
    sent = one.send(tid, fd, data)
    lab.wait(delay)
    received = other.receive(other_tid, other_fd, data)
    lab.wait(20 * MICROSECOND)
    return sent, received
