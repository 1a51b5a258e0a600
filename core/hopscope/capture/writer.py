"""Blocks and list entries as bytes: the framing of a capture that is written.

Every layout that :mod:`hopscope.capture.lists` reads can be made here, so that readers can be tried
on captures of any age. Writing a whole capture by event names is
:class:`hopscope.decode.capture_writer.CaptureWriter`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from enum import Enum

from hopscope.capture.blocks import MAX_SMALL_EVENT, SECTION_MAGIC, BlockType
from hopscope.capture.lists import DescriptorEntry, Group, Interface, MachineInfo, ProcessEntry, User
from hopscope.errors import UsageError

UNKNOWN_LENGTH = 0xFFFFFFFFFFFFFFFF
"""Section length of a capture that is written as a stream."""


class Tail(Enum):
    """How much of the optional end a version 9 process entry gets."""

    NONE = "none"
    LOGINUID = "loginuid"
    CAPABILITIES = "capabilities"  # the longest that sysdig 0.29.3 understands
    FULL = "full"  # libraries from 0.10 on


def frame(block_type: int, body: bytes, trailer: int | None = None) -> bytes:
    """A block: type, length, body, padding to a multiple of four, and the length again.

    Args:
        block_type: any number, known or not.
        body: its content.
        trailer: the second length where it should be wrong.
    """
    padded = body + bytes(-len(body) % 4)
    length = len(padded) + 12
    return struct.pack("<II", block_type, length) + padded + struct.pack("<I", trailer or length)


def section_header(major: int = 1, minor: int = 2, options: bytes = b"") -> bytes:
    """The block that begins a section."""
    return frame(
        BlockType.SECTION, struct.pack("<IHHQ", SECTION_MAGIC, major, minor, UNKNOWN_LENGTH) + options
    )


def pack_text(text: str) -> bytes:
    """A text with its u16 length in front. Raises UsageError beyond 65535 bytes."""
    return _with_length(text.encode("utf-8", "surrogateescape"))


def _pack_texts(texts: Iterable[str]) -> bytes:
    return _with_length(b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in texts))


def _with_length(text: bytes) -> bytes:
    if len(text) > 0xFFFF:
        raise UsageError(f"a text of {len(text)} bytes is too long for a capture's lists")
    return struct.pack("<H", len(text)) + text


def pack_machine(machine: MachineInfo) -> bytes:
    """The body of a machine block."""
    return struct.pack(
        "<IQQ128sQQQQ",
        machine.cpus,
        machine.memory,
        machine.max_pid,
        machine.hostname.encode("utf-8", "surrogateescape"),
        machine.boot_time,
        machine.flags,
        0,
        0,
    )


def pack_process(entry: ProcessEntry, version: int = 9, tail: Tail = Tail.LOGINUID) -> bytes:
    """One entry of a process list in the layout of a version from 1 to 9."""
    parts = [struct.pack("<3q", entry.tid, entry.pid, entry.ptid)]
    if version >= 6:
        parts.append(struct.pack("<q", entry.sid))
    if version >= 8:
        parts.append(struct.pack("<q", entry.vpgid))
    parts += [pack_text(entry.comm), pack_text(entry.exe)]
    if version >= 7:
        parts.append(pack_text(entry.exepath))
    parts += [_pack_texts(entry.args), pack_text(entry.cwd)]
    parts.append(struct.pack("<q3I", entry.fdlimit, entry.flags, entry.uid, entry.gid))
    if version >= 2:
        sizes = (entry.vmsize_kb, entry.vmrss_kb, entry.vmswap_kb)
        parts.append(struct.pack("<3I2Q", *sizes, entry.pfmajor, entry.pfminor))
    if version >= 3:
        parts.append(_pack_texts(entry.env))
    if version >= 4:
        parts += [struct.pack("<2q", entry.vtid, entry.vpid), _pack_texts(entry.cgroups)]
    if version >= 5:
        parts.append(pack_text(entry.root))
    if version < 9:
        return b"".join(parts)
    parts.append(_pack_tail(entry, tail))
    return with_entry_length(b"".join(parts))


def _pack_tail(entry: ProcessEntry, tail: Tail) -> bytes:
    capabilities = (entry.cap_inheritable, entry.cap_permitted, entry.cap_effective)
    if tail is Tail.NONE:
        return b""
    if tail is Tail.LOGINUID:
        return struct.pack("<I", entry.loginuid)
    if tail is Tail.CAPABILITIES:
        return struct.pack("<I?3Q", entry.loginuid, entry.exe_writable, *capabilities)
    return struct.pack(
        "<QII?3Q?3Q??q",
        entry.pidns_started,
        entry.tty,
        entry.loginuid,
        entry.exe_writable,
        *capabilities,
        entry.exe_upper_layer,
        entry.exe_ino,
        entry.exe_ino_ctime,
        entry.exe_ino_mtime,
        entry.exe_from_memfd,
        entry.exe_lower_layer,
        entry.pgid,
    )


def with_entry_length(entry: bytes) -> bytes:
    """An entry with its u32 length in front, which counts itself."""
    return struct.pack("<I", len(entry) + 4) + entry


def pack_descriptor(entry: DescriptorEntry, version: int = 2) -> bytes:
    """One entry of a descriptor list, version 1 or 2, in the layout of its type."""
    head = struct.pack("<qQB", entry.fd, entry.ino, entry.type)
    if entry.type in (3, 4):
        source, destination = entry.source or (b"", 0), entry.destination or (b"", 0)
        rest = source[0] + destination[0] + struct.pack("<HHB", source[1], destination[1], entry.l4)
    elif entry.type in (5, 6):
        source = entry.source or (b"", 0)
        rest = source[0] + struct.pack("<HB", source[1], entry.l4)
    elif entry.type == 8:
        rest = struct.pack("<2Q", entry.unix_source, entry.unix_peer) + pack_text(entry.name)
    elif entry.type == 16:
        rest = struct.pack("<I", entry.open_flags) + pack_text(entry.name)
        rest += struct.pack("<I", entry.dev) if version == 2 else b""
    else:
        rest = pack_text(entry.name) if entry.type else b""
    return with_entry_length(head + rest) if version == 2 else head + rest


def pack_interface(entry: Interface, version: int = 2, linkspeed: bool = True) -> bytes:
    """One entry of an interface list, version 1 or 2, with or without the speed of the link."""
    name = entry.name.encode("utf-8", "surrogateescape")
    kind = (1 if len(entry.address) == 4 else 2) + (0 if linkspeed else 2)
    body = struct.pack("<HH", kind, len(name)) + entry.address + entry.netmask + entry.broadcast
    body += struct.pack("<Q", entry.linkspeed) if linkspeed else b""
    body += name
    # the one list whose entry length leaves itself out
    return struct.pack("<I", len(body)) + body if version == 2 else body


def pack_account(entry: User | Group, version: int = 2) -> bytes:
    """One entry of a user list, version 1 or 2."""
    if isinstance(entry, User):
        body = struct.pack("<BII", 0, entry.uid, entry.gid)
        body += pack_text(entry.name) + pack_text(entry.home) + pack_text(entry.shell)
    else:
        body = struct.pack("<BI", 1, entry.gid) + pack_text(entry.name)
    return with_entry_length(body) if version == 2 else body


def pack_event(
    code: int,
    params: Sequence[bytes],
    *,
    ts: int,
    tid: int,
    cpu: int = 0,
    dump_flags: int | None = None,
    version: int = 2,
    large: bool = False,
) -> bytes:
    """A whole event block.

    Args:
        code: the event type.
        params: the stored bytes of each parameter.
        ts: time in ns since the epoch.
        tid: of the thread.
        cpu: on which it ran.
        dump_flags: None for a block type without them.
        version: of the event header, 1 or 2.
        large: lengths of parameters as u32; version 2 only.

    Raises:
        UsageError: a parameter or the block is too long for its layout.
    """
    longest = max(map(len, params), default=0)
    if longest > (0xFFFFFFFF if large else 0xFFFF):
        raise UsageError(f"a parameter of {longest} bytes is too long for an event of type {code}")
    lengths = struct.pack(f"<{len(params)}{'I' if large else 'H'}", *map(len, params))
    data = b"".join(params)
    header = 22 if version == 1 else 26
    total = header + len(lengths) + len(data)
    body = struct.pack("<H", cpu) if dump_flags is None else struct.pack("<HI", cpu, dump_flags)
    body += struct.pack("<QqIH", ts, tid, total, code)
    body += struct.pack("<I", len(params)) if version == 2 else b""
    block = frame(_event_block(version, dump_flags is not None, large), body + lengths + data)
    if len(block) > MAX_SMALL_EVENT and not large:
        raise UsageError(f"an event of {len(block)} bytes is longer than the {MAX_SMALL_EVENT} of the format")
    return block


def _event_block(version: int, flagged: bool, large: bool) -> BlockType:
    if version == 1:
        return BlockType.EVENT_FLAGS if flagged else BlockType.EVENT
    if large:
        return BlockType.EVENT_FLAGS_V2_LARGE if flagged else BlockType.EVENT_V2_LARGE
    return BlockType.EVENT_FLAGS_V2 if flagged else BlockType.EVENT_V2
