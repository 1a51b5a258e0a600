"""Captures in memory, of any age and with any fault, for tests."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable, Iterable

from hopscope.capture.blocks import EARLY_NUMBERS, BlockType
from hopscope.capture.lists import DescriptorEntry, Group, Interface, MachineInfo, ProcessEntry, User
from hopscope.capture.writer import (
    Tail,
    frame,
    pack_account,
    pack_descriptor,
    pack_event,
    pack_interface,
    pack_machine,
    pack_process,
    section_header,
)
from hopscope.decode.capture_writer import CaptureWriter, Layout, code_for
from hopscope.decode.encode import encode_param, neutral_param
from hopscope.decode.event_table import EVENTS, EventFlag

START = 1_480_000_000_000_000_000
"""Time of the first event of built captures, ns since the epoch."""

PROCESS_BLOCK = {
    1: BlockType.PROCESSES_V1,
    2: BlockType.PROCESSES_V2,
    3: BlockType.PROCESSES_V3,
    4: BlockType.PROCESSES_V4,
    5: BlockType.PROCESSES_V5,
    6: BlockType.PROCESSES_V6,
    7: BlockType.PROCESSES_V7,
    8: BlockType.PROCESSES_V8,
    9: BlockType.PROCESSES_V9,
}

DESCRIPTOR_BLOCK = {1: BlockType.DESCRIPTORS, 2: BlockType.DESCRIPTORS_V2}
INTERFACE_BLOCK = {1: BlockType.INTERFACES, 2: BlockType.INTERFACES_V2}
USER_BLOCK = {1: BlockType.USERS, 2: BlockType.USERS_V2}

MACHINE = MachineInfo(cpus=4, memory=1 << 30, max_pid=32768, hostname="box")


def process(tid: int, comm: str, *, pid: int | None = None, ptid: int = 1, **more: object) -> ProcessEntry:
    """A thread of the process list with plausible values for what is not given."""
    values: dict[str, object] = {
        "exe": comm,
        "exepath": f"/usr/bin/{comm}",
        "cwd": "/",
        "root": "/",
        "fdlimit": 1024,
        "vtid": tid,
        "vpid": tid if pid is None else pid,
        "sid": ptid,
        "vpgid": tid,
    }
    return ProcessEntry(tid, tid if pid is None else pid, ptid, comm=comm, **(values | more))  # type: ignore[arg-type]


def section(*blocks: bytes, major: int = 1, minor: int = 2, machine: MachineInfo = MACHINE) -> bytes:
    """A section: its header, the machine, and the given blocks."""
    head = section_header(major, minor) + frame(BlockType.MACHINE, pack_machine(machine))
    return head + b"".join(blocks)


def process_list(
    entries: Iterable[ProcessEntry], version: int = 9, tail: Tail = Tail.LOGINUID, padding: bytes = b""
) -> bytes:
    """A process list block of a version from 1 to 9."""
    body = b"".join(pack_process(entry, version, tail) for entry in entries)
    return frame(PROCESS_BLOCK[version], body + padding)


def descriptor_list(tid: int, entries: Iterable[DescriptorEntry], version: int = 2) -> bytes:
    """The descriptor list block of a thread, version 1 or 2."""
    body = b"".join(pack_descriptor(entry, version) for entry in entries)
    return frame(DESCRIPTOR_BLOCK[version], struct.pack("<q", tid) + body)


def interface_list(entries: Iterable[Interface], version: int = 2, linkspeed: bool = True) -> bytes:
    """An interface list block, version 1 or 2."""
    body = b"".join(pack_interface(entry, version, linkspeed) for entry in entries)
    return frame(INTERFACE_BLOCK[version], body)


def user_list(entries: Iterable[User | Group], version: int = 2) -> bytes:
    """A user list block, version 1 or 2."""
    return frame(USER_BLOCK[version], b"".join(pack_account(entry, version) for entry in entries))


def event(
    name: str,
    direction: str,
    /,
    *,
    ts: int = START,
    tid: int = 100,
    cpu: int = 0,
    code: int | None = None,
    version: int = 2,
    dump_flags: int | None = None,
    count: int | None = None,
    **params: object,
) -> bytes:
    """An event block of any version; the first ``count`` parameters, unnamed ones zero or empty."""
    kind = EVENTS[code_for(name, direction, "newest") if code is None else code]
    assert (kind.name, kind.direction) == (name, direction)
    assert params.keys() <= kind.param_index.keys()
    stored = [
        encode_param(param, params[param.name]) if param.name in params else neutral_param(param)
        for param in kind.params[:count]
    ]
    large = version == 2 and EventFlag.LARGE_PAYLOAD in kind.flags
    return pack_event(
        kind.code, stored, ts=ts, tid=tid, cpu=cpu, dump_flags=dump_flags, version=version, large=large
    )


def early(block: bytes) -> bytes:
    """The block under the number that its type had before the first release."""
    number = {kind: number for number, kind in EARLY_NUMBERS.items()}
    return struct.pack("<I", number[BlockType(int.from_bytes(block[:4], "little"))]) + block[4:]


def gzipped(data: bytes) -> bytes:
    """The data as one gzip member."""
    return gzip.compress(data, mtime=0)


def write_capture(
    fill: Callable[[CaptureWriter], object], *, pack: bool = False, layout: Layout = "sysdig"
) -> bytes:
    """The capture that a function writes."""
    stream = io.BytesIO()
    with CaptureWriter(stream, pack=pack, layout=layout) as writer:
        fill(writer)
    return stream.getvalue()


def small_capture(*, pack: bool = False) -> bytes:
    """A capture with something of everything: lists, a container, and a few system calls."""
    return write_capture(_fill_small, pack=pack)


def _fill_small(writer: CaptureWriter) -> None:
    writer.machine(MACHINE)
    writer.user(User(0, 0, "root", "/root", "/bin/sh"))
    writer.group(Group(0, "root"))
    writer.interface(Interface("lo", b"\x7f\0\0\1", b"\xff\0\0\0", b"\x7f\xff\xff\xff"))
    writer.process(process(1, "init", ptid=0))
    writer.process(process(100, "cat", args=("/etc/hosts",), cgroups=("cpu=/",)))
    writer.descriptors(100, [DescriptorEntry(1, 7, 7, "pipe:[7]")])
    writer.container({"id": "0123456789ab", "name": "web", "image": "nginx", "type": 0})
    writer.event("open", ">", ts=START, tid=100)
    writer.event("open", "<", ts=START + 1000, tid=100, fd=3, name="/etc/hosts", flags=1)
    writer.event("read", ">", ts=START + 2000, tid=100, fd=3, size=4096)
    writer.event("read", "<", ts=START + 3000, tid=100, res=5, data=b"hosts")
    writer.event("write", ">", ts=START + 4000, tid=100, fd=1, size=5)
    writer.event("write", "<", ts=START + 5000, tid=100, res=5, data=b"hosts")
    writer.event("close", ">", ts=START + 6000, tid=100, fd=3)
    writer.event("close", "<", ts=START + 7000, tid=100)
    writer.event("procexit", ">", ts=START + 8000, tid=100)
