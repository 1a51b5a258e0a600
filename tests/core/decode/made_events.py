"""Events of every type that sysdig 0.29.3 knows and that changes no state, with odd values."""

from __future__ import annotations

import random

from builders import process, write_capture
from hopscope.capture.lists import DescriptorEntry, Group, MachineInfo, User
from hopscope.decode.capture_writer import CaptureWriter, params_of
from hopscope.decode.dynamic import DYNAMIC_TYPES
from hopscope.decode.event_table import FIXED_WIDTH, SIGNED_TYPES, EventFlag, EventType, Param
from hopscope.decode.flags import flag_tables
from strategies import SYSDIG_WRITABLE

HIDDEN_OR_SPECIAL = {
    "k8s", "mesos", "container", "tracer", "notification", "infra", "pluginevent", "cpu_hotplug",
    "scapevent", "getcwd",
}  # fmt: skip
"""Event types that print nothing, or change what later events print."""

PLAIN = [
    kind
    for kind in SYSDIG_WRITABLE
    if kind.name not in HIDDEN_OR_SPECIAL and EventFlag.MODIFIES_STATE not in kind.flags
]

IPV4 = ["1.2.3.4", "0.0.0.0", "255.255.255.255"]
IPV6 = ["::1", "::", "::ffff:1.2.3.4", "fe80::1", "2001:db8::1:0:0:2", "::1.2.3.4", "0:0:1::"]

VALUES: dict[str, list[object]] = {
    "FD": [-100, -1, -2, -11, 0, 3, 99, 12345678901],
    "PID": [0, 1, 100, -22, 99999],
    "ERRNO": [0, -1, -11, -115, 5, -4095, -512, 1 << 40],
    "UID": [0, 1000, 0xFFFFFFFF, 77, 0x80000000],
    "GID": [0, 1000, 0xFFFFFFFF, 77, 0x80000000],
    "RELTIME": [0, 1, 1000, 500_000_000, 1_234_567_890_123, (1 << 64) - 1, 1 << 63, 99_999_999],
    "SIGTYPE": [0, 1, 9, 17, 31, 32, 34, 64, 255],
    "SYSCALLID": [0, 1, 283, 298, 305, 313, 328],
    "CHARBUF": ["abc", "", "a\x07b", "ünï", b"x\xffy", "(NULL)", None, "a b"],
    "FSPATH": ["/etc/x", "rel", "a/../b", "./x", "", "/a//b/", "ünï", b"x\xffy", None, "<NA>", ".", "../.."],
    "FDLIST": [[], [(3, 1)], [(3, 1), (-1, -1), (99, 0x41)], [(0, 1024), (1, 4)]],
    "SOCKADDR": [None, ("1.2.3.4", 80), ("::", 65535), ("::1", 0), "/run/x", "ün\x01", b"\x10", b"\x02"],
    "SOCKTUPLE": [
        None, ((IPV4[0], 80), (IPV4[1], 1)), (1, 2, "/x"), ((1 << 64) - 1, 0, ""), b"\x10", b"\x02",
        b"\x0a\0",
        *(((one, 80), (other, 1)) for one in IPV6 for other in IPV6),
    ],
}  # fmt: skip


def made_capture(seed: int, rounds: int) -> bytes:
    """A capture of one process with events of every plain type in each round."""
    chance = random.Random(seed)

    def fill(writer: CaptureWriter) -> None:
        writer.machine(MachineInfo(cpus=2))
        writer.process(process(100, "bob", cwd="/home/bob"))
        writer.user(User(0, 0, "root", "/", "/bin/sh"))
        writer.group(Group(0, "root"))
        folder = DescriptorEntry(3, 1, 16, "/etc/p\xe4sswd")
        writer.descriptors(100, [DescriptorEntry(0, 1, 16, "/dev/null"), folder])
        for number, kind in enumerate(kind for _ in range(rounds) for kind in PLAIN):
            _write(writer, kind, 1_480_000_000_000_000_000 + number, chance)

    return write_capture(fill)


def _write(writer: CaptureWriter, kind: EventType, time: int, chance: random.Random) -> None:
    values = {
        param.name + "_" * (param.name in {"tid", "cpu"}): _value(param, chance)
        for param in params_of(kind, "sysdig")
    }
    writer.event(kind.name, kind.direction, code=kind.code, ts=time, tid=100, **values)  # type: ignore[arg-type]


def _value(param: Param, chance: random.Random) -> object:
    if param.type == "DYN":
        types = DYNAMIC_TYPES[param.table]
        index = chance.randrange(len(types))
        return index, _value(types[index], chance)
    if param.type == "BYTEBUF":
        if param.name in {"args", "env", "cgroups"}:
            return chance.choice([("a", "b"), (), ("cpuset=/x",)])
        return chance.choice([b"", b"abc", bytes(range(100)), b"x" * 80, b"x" * 81, b"a\nb\0c"])
    kind = "FSPATH" if param.type == "FSRELPATH" else param.type
    return chance.choice(VALUES[kind] if kind in VALUES else _numbers(param, chance))


def _numbers(param: Param, chance: random.Random) -> list[object]:
    bits = 8 * FIXED_WIDTH[param.type]
    most = (1 << bits) - 1
    if param.type in SIGNED_TYPES:
        return [0, 1, -1, -(1 << (bits - 1)), most >> 1, chance.getrandbits(bits - 1)]
    table = flag_tables().get(param.table, ())
    known = [chance.choice(table)[1] | chance.choice(table)[1] * chance.getrandbits(1) for _ in table]
    return [0, 1, most, 1 << (bits - 1), chance.getrandbits(bits), *(value & most for value in known)]
