"""The metadata lists before the events: machine, processes, descriptors, interfaces, users.

Every version since the first release is read. Entries are named tuples: a capture holds tens of
thousands of them and they are made twice as fast as frozen data classes. Text is decoded as UTF-8
with ``surrogateescape``, so that ``text.encode("utf-8", "surrogateescape")`` gives the stored bytes.

No length is trusted. A fault inside an entry of known length costs that entry, any other fault the
rest of its block; what was read before is returned and the fault is added to ``damages``.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import Any, NamedTuple

from hopscope.capture.blocks import (
    DESCRIPTOR_BLOCKS,
    INTERFACE_BLOCKS,
    PROCESS_VERSION,
    USER_BLOCKS,
    BlockType,
)
from hopscope.capture.damage import Damage
from hopscope.capture.entries import FLAG, I64, U8, U32, U64, Cursor, EntryError, Lengths, read_entries

NOBODY = 0xFFFFFFFF
"""User or group number that stands for none."""

_MACHINE = struct.Struct("<IQQ128sQQQQ")
_TWO = struct.Struct("<2q")
_THREE = struct.Struct("<3q")
_TWO_POINTERS = struct.Struct("<2Q")
_TWO_WORDS = struct.Struct("<2I")
_TWO_SHORTS = struct.Struct("<2H")
_LIMITS = struct.Struct("<q3I")
_MEMORY = struct.Struct("<3I2Q")
_INTERFACE = {kind: struct.Struct(layout) for kind, layout in {
    1: "<4s4s4s", 2: "<16s16s16s", 3: "<4s4s4s", 4: "<16s16s16s",
}.items()}  # fmt: skip

_DESCRIPTOR = struct.Struct("<qQB")
_UNIX = 8
_FILE = 16
_CONNECTED = {3: struct.Struct("<4s4sHHB"), 4: struct.Struct("<16s16sHHB")}
_LISTENING = {5: struct.Struct("<4sHB"), 6: struct.Struct("<16sHB")}
_NAMED = frozenset({1, 2, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21})

_OLD_TAIL = (
    ("loginuid", U32), ("exe_writable", FLAG),
    ("cap_inheritable", U64), ("cap_permitted", U64), ("cap_effective", U64),
)  # fmt: skip
_OLD_TAIL_SIZE = 29
_NEW_TAIL = (
    ("pidns_started", U64), ("tty", U32), ("loginuid", U32), ("exe_writable", FLAG),
    ("cap_inheritable", U64), ("cap_permitted", U64), ("cap_effective", U64),
    ("exe_upper_layer", FLAG), ("exe_ino", U64), ("exe_ino_ctime", U64), ("exe_ino_mtime", U64),
    ("exe_from_memfd", FLAG), ("exe_lower_layer", FLAG), ("pgid", I64),
)  # fmt: skip


class MachineInfo(NamedTuple):
    """The machine on which the capture was recorded.

    Attributes:
        cpus: number of CPUs.
        memory: bytes of memory.
        max_pid: highest process number the kernel gives.
        hostname: name of the host.
        boot_time: ns since the epoch, 0 where the capture does not tell.
        flags: as stored by newer libraries, else 0.
    """

    cpus: int
    memory: int = 0
    max_pid: int = 0
    hostname: str = ""
    boot_time: int = 0
    flags: int = 0


class ProcessEntry(NamedTuple):
    """One thread of the process list; a thread with ``tid == pid`` is its process's main thread.

    Attributes:
        tid, pid, ptid: numbers on the host; ``ptid`` is the parent's tid.
        sid, vpgid, vtid, vpid, pgid: -1 where the version does not tell.
        comm, exe, exepath, cwd, root: text, empty where the version does not tell.
        args, env, cgroups: one string for each element; cgroups are ``subsystem=path``.
        fdlimit: highest allowed number of descriptors.
        flags: PPM_CL_* flags.
        uid, gid: numbers of user and group.
        vmsize_kb, vmrss_kb, vmswap_kb, pfmajor, pfminor: memory in KiB and page faults.
        loginuid: NOBODY where the version does not tell.
        tty: number of the terminal, 0 for none.
        pidns_started: start of the pid namespace in ns since the epoch, 0 unknown.
        exe_writable, exe_upper_layer, exe_from_memfd, exe_lower_layer: facts about the executable.
        cap_inheritable, cap_permitted, cap_effective: capability sets.
        exe_ino, exe_ino_ctime, exe_ino_mtime: of the executable, 0 unknown.
    """

    tid: int
    pid: int
    ptid: int
    sid: int = -1
    vpgid: int = -1
    comm: str = ""
    exe: str = ""
    exepath: str = ""
    args: tuple[str, ...] = ()
    cwd: str = ""
    fdlimit: int = -1
    flags: int = 0
    uid: int = 0
    gid: int = 0
    vmsize_kb: int = 0
    vmrss_kb: int = 0
    vmswap_kb: int = 0
    pfmajor: int = 0
    pfminor: int = 0
    env: tuple[str, ...] = ()
    vtid: int = -1
    vpid: int = -1
    cgroups: tuple[str, ...] = ()
    root: str = ""
    loginuid: int = NOBODY
    exe_writable: bool = False
    cap_inheritable: int = 0
    cap_permitted: int = 0
    cap_effective: int = 0
    pidns_started: int = 0
    tty: int = 0
    exe_upper_layer: bool = False
    exe_ino: int = 0
    exe_ino_ctime: int = 0
    exe_ino_mtime: int = 0
    exe_from_memfd: bool = False
    exe_lower_layer: bool = False
    pgid: int = -1


class DescriptorEntry(NamedTuple):
    """One open descriptor of a thread.

    Attributes:
        fd: its number.
        ino: inode, 0 unknown.
        type: number in the table ``fd_types``.
        name: path or name; empty for internet sockets.
        source, destination: ``(packed address, port)`` of an internet socket in the stored order,
            None for other types; a listening socket has only ``source``.
        l4: number in the table of transport protocols.
        open_flags: PPM_O_* flags of files.
        dev: device number of files, 0 unknown.
        unix_source, unix_peer: kernel addresses of a unix socket, 0 for other types.
    """

    fd: int
    ino: int
    type: int
    name: str = ""
    source: tuple[bytes, int] | None = None
    destination: tuple[bytes, int] | None = None
    l4: int = 0
    open_flags: int = 0
    dev: int = 0
    unix_source: int = 0
    unix_peer: int = 0


class Interface(NamedTuple):
    """A network interface with one of its addresses, packed to 4 or 16 bytes."""

    name: str
    address: bytes
    netmask: bytes
    broadcast: bytes
    linkspeed: int = 0


class User(NamedTuple):
    """A user account."""

    uid: int
    gid: int
    name: str
    home: str = ""
    shell: str = ""


class Group(NamedTuple):
    """A group of users."""

    gid: int
    name: str


def parse_machine(body: bytes, damages: list[Damage], offset: int = 0) -> MachineInfo | None:
    """Read a machine block.

    Args:
        body: of the block, padding included.
        damages: where faults are added.
        offset: of the body in the unpacked stream, for the faults.

    Returns:
        The machine, or None when the block is too short.
    """
    if len(body) < _MACHINE.size:
        said = f"the machine block has {len(body)} of {_MACHINE.size} bytes"
        damages.append(Damage(offset, len(body), said))
        return None
    cpus, memory, max_pid, hostname, boot_time, flags, _, _ = _MACHINE.unpack_from(body)
    name = hostname.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    return MachineInfo(cpus, memory, max_pid, name, boot_time, flags)


def parse_processes(
    body: bytes, block_type: int, damages: list[Damage], offset: int = 0
) -> list[ProcessEntry]:
    """Read a process list of any version.

    Args:
        body: of the block, padding included.
        block_type: one of ``PROCESS_BLOCKS``.
        damages: where faults are added.
        offset: of the body in the unpacked stream, for the faults.
    """
    version = PROCESS_VERSION[block_type]
    lengths = Lengths.WHOLE if version == 9 else Lengths.ABSENT
    cursor = Cursor(body)
    return read_entries(
        cursor,
        lengths,
        partial(_read_process, cursor, version),
        noun="process",
        damages=damages,
        offset=offset,
    )


def parse_descriptors(
    body: bytes, block_type: int, damages: list[Damage], offset: int = 0
) -> tuple[int, list[DescriptorEntry]]:
    """Read the descriptor list of one thread.

    Args:
        body: of the block, padding included.
        block_type: one of ``DESCRIPTOR_BLOCKS``.
        damages: where faults are added.
        offset: of the body in the unpacked stream, for the faults.

    Returns:
        The thread's tid (-1 when the block is too short to tell) and its descriptors.
    """
    assert block_type in DESCRIPTOR_BLOCKS
    if len(body) < I64.size:
        damages.append(Damage(offset, len(body), "a descriptor list is too short to name its thread"))
        return -1, []
    (tid,) = I64.unpack_from(body)
    cursor = Cursor(body, I64.size)
    if block_type == BlockType.DESCRIPTORS_V2:
        read, lengths = partial(_read_descriptor, cursor, True), Lengths.WHOLE
    else:
        read, lengths = partial(_read_descriptor, cursor, False), Lengths.ABSENT
    return tid, read_entries(cursor, lengths, read, noun="descriptor", damages=damages, offset=offset)


def parse_interfaces(body: bytes, block_type: int, damages: list[Damage], offset: int = 0) -> list[Interface]:
    """Read a list of network interfaces; arguments as in :func:`parse_processes`."""
    assert block_type in INTERFACE_BLOCKS
    lengths = Lengths.REST if block_type == BlockType.INTERFACES_V2 else Lengths.ABSENT
    cursor = Cursor(body)
    return read_entries(
        cursor, lengths, partial(_read_interface, cursor), noun="interface", damages=damages, offset=offset
    )


def parse_users(
    body: bytes, block_type: int, damages: list[Damage], offset: int = 0
) -> tuple[list[User], list[Group]]:
    """Read a list of users and groups; arguments as in :func:`parse_processes`."""
    assert block_type in USER_BLOCKS
    lengths = Lengths.WHOLE if block_type == BlockType.USERS_V2 else Lengths.ABSENT
    cursor = Cursor(body)
    entries = read_entries(
        cursor, lengths, partial(_read_account, cursor), noun="user", damages=damages, offset=offset
    )
    users = [entry for entry in entries if isinstance(entry, User)]
    groups = [entry for entry in entries if isinstance(entry, Group)]
    return users, groups


def _read_process(cursor: Cursor, version: int) -> ProcessEntry:
    take, text = cursor.take, cursor.text
    tid, pid, ptid = take(_THREE)
    sid = take(I64)[0] if version >= 6 else -1
    vpgid = take(I64)[0] if version >= 8 else -1
    comm, exe = text(), text()
    exepath = text() if version >= 7 else ""
    args, cwd = cursor.texts(), text()
    fdlimit, flags, uid, gid = take(_LIMITS)
    vmsize, vmrss, vmswap, pfmajor, pfminor = take(_MEMORY) if version >= 2 else (0, 0, 0, 0, 0)
    env = cursor.texts() if version >= 3 else ()
    vtid, vpid = take(_TWO) if version >= 4 else (-1, -1)
    cgroups = cursor.texts() if version >= 4 else ()
    root = text() if version >= 5 else ""
    tail = _read_tail(cursor) if version == 9 else {}
    return ProcessEntry(
        tid, pid, ptid, sid, vpgid, comm, exe, exepath, args, cwd, fdlimit, flags, uid, gid,
        vmsize, vmrss, vmswap, pfmajor, pfminor, env, vtid, vpid, cgroups, root, **tail,
    )  # fmt: skip


def _read_tail(cursor: Cursor) -> dict[str, Any]:
    """The optional end of a version 9 entry; each field is there only while it fits.

    Two layouts were released under one number. A tail of up to 29 bytes is that of the libraries
    before 0.10, a longer one that of the later ones.
    """
    fields = _OLD_TAIL if cursor.end - cursor.position <= _OLD_TAIL_SIZE else _NEW_TAIL
    tail: dict[str, Any] = {}
    for name, layout in fields:
        if not cursor.fits(layout):
            break
        (tail[name],) = cursor.take(layout)
    return tail


def _read_descriptor(cursor: Cursor, dev_may_follow: bool) -> DescriptorEntry:
    fd, ino, kind = cursor.take(_DESCRIPTOR)
    if kind == _FILE:
        (open_flags,) = cursor.take(U32)
        name = cursor.text()
        dev = cursor.take(U32)[0] if dev_may_follow and cursor.fits(U32) else 0
        return DescriptorEntry(fd, ino, kind, name, None, None, 0, open_flags, dev)
    if kind in _NAMED:
        return DescriptorEntry(fd, ino, kind, cursor.text())
    if kind in _CONNECTED:
        source, destination, sport, dport, l4 = cursor.take(_CONNECTED[kind])
        return DescriptorEntry(fd, ino, kind, "", (source, sport), (destination, dport), l4)
    if kind in _LISTENING:
        address, port, l4 = cursor.take(_LISTENING[kind])
        return DescriptorEntry(fd, ino, kind, "", (address, port), None, l4)
    if kind == _UNIX:
        own, peer = cursor.take(_TWO_POINTERS)
        return DescriptorEntry(fd, ino, kind, cursor.text(), unix_source=own, unix_peer=peer)
    if kind and not dev_may_follow:
        raise EntryError(f"it has the unknown type {kind}")
    return DescriptorEntry(fd, ino, kind)


def _read_interface(cursor: Cursor) -> Interface:
    kind, length = cursor.take(_TWO_SHORTS)
    if kind not in _INTERFACE:
        raise EntryError(f"it has the unknown kind {kind}")
    address, netmask, broadcast = cursor.take(_INTERFACE[kind])
    (linkspeed,) = cursor.take(U64) if kind <= 2 else (0,)
    name = cursor.take_bytes(length).decode("utf-8", "surrogateescape")
    return Interface(name, address, netmask, broadcast, linkspeed)


def _read_account(cursor: Cursor) -> User | Group:
    (kind,) = cursor.take(U8)
    if kind == 0:
        uid, gid = cursor.take(_TWO_WORDS)
        return User(uid, gid, cursor.text(), cursor.text(), cursor.text())
    if kind == 1:
        (gid,) = cursor.take(U32)
        return Group(gid, cursor.text())
    raise EntryError(f"it has the unknown kind {kind}")
