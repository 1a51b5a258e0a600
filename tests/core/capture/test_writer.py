"""What the writer writes is what the reader finds, and what sysdig prints."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from builders import MACHINE, START, early, event, process, small_capture, write_capture
from hopscope.capture.blocks import (
    COUNTED_BLOCKS,
    EVENT_BLOCKS,
    FLAGGED_BLOCKS,
    LARGE_BLOCKS,
    BlockType,
)
from hopscope.capture.lists import (
    DescriptorEntry,
    Group,
    Interface,
    MachineInfo,
    ProcessEntry,
    User,
    parse_descriptors,
    parse_interfaces,
    parse_machine,
    parse_processes,
    parse_users,
)
from hopscope.capture.walk import Blocks, walk
from hopscope.decode.capture_writer import CaptureWriter, code_for, params_of
from hopscope.decode.dynamic import DYNAMIC_TYPES
from hopscope.decode.encode import encode_param
from hopscope.decode.event_table import EVENTS, EventFlag, EventType, Param
from hopscope.decode.values import decode_param
from hopscope.errors import UsageError
from paths import needs_sysdig
from strategies import EventSample


@dataclass(frozen=True)
class StoredEvent:
    block: int
    cpu: int
    dump_flags: int | None
    ts: int
    tid: int
    code: int
    params: list[bytes]


def read_event(block: bytes) -> StoredEvent:
    """An event block of version 2, taken apart by the letter of the format."""
    kind, length = struct.unpack_from("<II", block)
    assert len(block) == length
    assert struct.unpack_from("<I", block, length - 4) == (length,)
    assert kind in COUNTED_BLOCKS
    (cpu,) = struct.unpack_from("<H", block, 8)
    at = 10
    dump_flags = None
    if kind in FLAGGED_BLOCKS:
        (dump_flags,) = struct.unpack_from("<I", block, at)
        at += 4
    ts, tid, total, code, count = struct.unpack_from("<QqIHI", block, at)
    width = 4 if kind in LARGE_BLOCKS else 2
    sizes = struct.unpack_from(f"<{count}{'I' if width == 4 else 'H'}", block, at + 26)
    place = at + 26 + count * width
    params = []
    for size in sizes:
        params.append(block[place : place + size])
        place += size
    assert place == at + total
    assert length - 4 - place < 4
    return StoredEvent(kind, cpu, dump_flags, ts, tid, code, params)


class Read:
    """The blocks of a capture in memory."""

    def __init__(self, capture: bytes) -> None:
        self.capture = capture
        self.data = np.frombuffer(capture, dtype=np.uint8)
        self.blocks: Blocks = walk(self.data)
        assert self.blocks.damage == []

    def bodies(self, kind: BlockType) -> list[bytes]:
        return [self.blocks.body(self.data, i) for i in np.flatnonzero(self.blocks.type == kind).tolist()]

    def events(self) -> list[StoredEvent]:
        return [
            read_event(self.capture[offset : offset + length])
            for offset, kind, length in zip(
                self.blocks.offset.tolist(),
                self.blocks.type.tolist(),
                self.blocks.length.tolist(),
                strict=True,
            )
            if kind in EVENT_BLOCKS
        ]


def test_order_of_the_blocks() -> None:
    kinds = Read(small_capture()).blocks.type.tolist()
    assert kinds[:7] == [
        BlockType.SECTION,
        BlockType.MACHINE,
        BlockType.INTERFACES_V2,
        BlockType.USERS_V2,
        BlockType.PROCESSES_V9,
        BlockType.DESCRIPTORS_V2,
        BlockType.DESCRIPTORS_V2,
    ]
    assert set(kinds[7:]) == {BlockType.EVENT_V2, BlockType.EVENT_V2_LARGE}


@dataclass(frozen=True)
class Metadata:
    """Everything that a writer takes before the first event."""

    machine: MachineInfo
    users: list[User]
    groups: list[Group]
    interfaces: list[Interface]
    processes: list[ProcessEntry]
    descriptors: list[DescriptorEntry]

    def fill(self, writer: CaptureWriter) -> None:
        writer.machine(self.machine)
        for user in self.users:
            writer.user(user)
        for group in self.groups:
            writer.group(group)
        for interface in self.interfaces:
            writer.interface(interface)
        for entry in self.processes:
            writer.process(entry)
            writer.descriptors(entry.tid, self.descriptors)


metadata = st.builds(
    Metadata,
    machine=strategies.machines,
    users=st.lists(strategies.users, max_size=2),
    groups=st.lists(strategies.groups, max_size=2),
    interfaces=st.lists(strategies.interfaces(), max_size=2),
    processes=st.lists(strategies.processes, max_size=2, unique_by=lambda entry: entry.tid),
    descriptors=st.lists(strategies.descriptors(), max_size=3),
)


@settings(max_examples=30)
@given(held=metadata)
def test_metadata_comes_back(held: Metadata) -> None:
    read = Read(write_capture(held.fill, layout="newest"))
    (body,) = read.bodies(BlockType.MACHINE)
    assert parse_machine(body, []) == held.machine
    (body,) = read.bodies(BlockType.USERS_V2)
    assert parse_users(body, BlockType.USERS_V2, []) == (held.users, held.groups)
    (body,) = read.bodies(BlockType.INTERFACES_V2)
    assert parse_interfaces(body, BlockType.INTERFACES_V2, []) == held.interfaces
    (body,) = read.bodies(BlockType.PROCESSES_V9)
    assert parse_processes(body, BlockType.PROCESSES_V9, []) == held.processes
    bodies = read.bodies(BlockType.DESCRIPTORS_V2)
    lists = [parse_descriptors(body, BlockType.DESCRIPTORS_V2, []) for body in bodies]
    assert lists == [(entry.tid, held.descriptors) for entry in held.processes]


@pytest.mark.parametrize("newest", [False, True], ids=["sysdig", "newest"])
@given(data=st.data())
def test_events_come_back(newest: bool, data: st.DataObject) -> None:
    samples: list[EventSample] = data.draw(st.lists(strategies.events(newest), max_size=5))

    def fill(writer: CaptureWriter) -> None:
        for number, sample in enumerate(samples, 1):
            kind = sample.kind
            assert number == writer.event(
                kind.name,
                kind.direction,
                ts=sample.ts,
                tid=sample.tid,
                cpu=sample.cpu,
                code=kind.code,
                dump_flags=None,
                **sample.keywords(),
            )

    read = Read(write_capture(fill, layout="newest" if newest else "sysdig")).events()
    assert len(read) == len(samples)
    for stored, sample in zip(read, samples, strict=True):
        assert (stored.ts, stored.tid, stored.cpu) == (sample.ts, sample.tid, sample.cpu)
        assert stored.code == sample.kind.code
        large = EventFlag.LARGE_PAYLOAD in sample.kind.flags
        assert (stored.block in LARGE_BLOCKS) == large
        params = sample.kind.params[: len(stored.params)]
        assert stored.params == [encode_param(param, sample.values[param.name]) for param in params]
        assert len(stored.params) == len(sample.values)
        decoded = [decode_param(param, raw) for param, raw in zip(params, stored.params, strict=True)]
        assert decoded == [sample.values[param.name] for param in params]


def test_packed_capture_is_the_same_every_time() -> None:
    packed = small_capture(pack=True)
    assert packed == small_capture(pack=True)
    assert gzip.decompress(packed) == small_capture()


def test_stream_stays_open() -> None:
    stream = io.BytesIO()
    with CaptureWriter(stream, pack=True):
        pass
    assert not stream.closed


def test_capture_without_events() -> None:
    assert len(Read(write_capture(lambda _: None)).blocks) == 5


class TestCodes:
    @pytest.mark.parametrize(
        ("name", "enter", "leave"),
        [
            ("openat", 306, 307),
            ("execve", 292, 293),
            ("clone", 222, 223),
            ("accept", 246, 247),
            ("select", 82, 83),
            ("dup", 124, 125),
            ("umount", 258, 259),
        ],
    )
    def test_newest_of_a_name_that_sysdig_knows(self, name: str, enter: int, leave: int) -> None:
        assert (code_for(name, ">"), code_for(name, "<")) == (enter, leave)

    def test_newest_of_all(self) -> None:
        assert (code_for("dup", ">", "newest"), code_for("dup", "<", "newest")) == (366, 367)
        assert code_for("asyncevent", ">", "newest") == 402

    def test_event_with_one_side(self) -> None:
        assert code_for("procexit", ">") == 186
        assert code_for("container", ">") == 324
        with pytest.raises(UsageError, match="no event < procexit"):
            code_for("procexit", "<")

    def test_enter_and_exit_are_neighbours(self) -> None:
        for kind in strategies.WRITABLE:
            other = kind.code ^ 1
            if kind.code & 1 and EVENTS[other].name == kind.name:
                leave = code_for(kind.name, "<", "newest")
                assert code_for(kind.name, ">", "newest") == leave - 1

    def test_older_code_by_number(self) -> None:
        written = write_capture(lambda w: w.event("openat", "<", ts=START, tid=1, code=103, fd=3))
        assert [e.code for e in Read(written).events()] == [103]


class TestRefusals:
    def refused(self, match: str, *names: str, **keywords: object) -> None:
        with CaptureWriter(io.BytesIO()) as writer, pytest.raises(UsageError, match=match):
            writer.event(*names, **({"ts": START, "tid": 1} | keywords))  # type: ignore[arg-type]

    def test_unknown_event(self) -> None:
        self.refused("no event < opne in the sysdig layout", "opne", "<")

    def test_unknown_direction(self) -> None:
        self.refused("no event", "open", "=")

    def test_event_that_sysdig_does_not_know(self) -> None:
        self.refused("in the sysdig layout", "asyncevent", ">")

    def test_unused_codes_have_no_name(self) -> None:
        self.refused("no event > NA", "NA", ">")

    def test_unknown_parameter_names_the_known_ones(self) -> None:
        self.refused(r"no parameter path \(it has fd, name, flags, mode, dev\)", "open", "<", path="/x")

    def test_parameter_that_came_after_sysdig(self) -> None:
        self.refused("no parameter ino", "open", "<", ino=5)

    def test_code_of_another_event(self) -> None:
        self.refused("103 is not the code of an event < open", "open", "<", code=103)
        self.refused("9999 is not the code", "open", "<", code=9999)

    def test_cpu_that_the_machine_has_not(self) -> None:
        self.refused("no CPU 4 on a machine with 4", "open", ">", cpu=4)

    def test_value_of_the_wrong_kind(self) -> None:
        self.refused("no value for the parameter fd", "open", "<", fd="three")

    def test_event_too_long_for_the_format(self) -> None:
        self.refused("is too long", "read", "<", data=bytes(70_000))
        self.refused("longer than the 65536", "read", "<", data=bytes(65_530))

    def test_metadata_after_events(self) -> None:
        with CaptureWriter(io.BytesIO()) as writer:
            writer.event("open", ">", ts=START, tid=1)
            late: list[Callable[[], None]] = [
                lambda: writer.machine(MACHINE),
                lambda: writer.process(process(1, "x")),
                lambda: writer.descriptors(1, []),
                lambda: writer.user(User(0, 0, "root")),
                lambda: writer.group(Group(0, "root")),
                lambda: writer.interface(Interface("lo", bytes(4), bytes(4), bytes(4))),
            ]
            for call in late:
                with pytest.raises(UsageError, match="must come before"):
                    call()


def test_own_thread_and_cpu_are_the_default_of_such_parameters() -> None:
    def fill(writer: CaptureWriter) -> None:
        writer.event("clone", "<", ts=START, tid=77)
        writer.event("tkill", ">", ts=START, tid=77, tid_=88)
        writer.event("cpu_hotplug", ">", ts=START, tid=77, cpu=2, cpu_=1)

    clone, tkill, hotplug = Read(write_capture(fill)).events()
    assert clone.params[3] == (77).to_bytes(8, "little")
    assert (tkill.tid, tkill.params[0]) == (77, (88).to_bytes(8, "little"))
    assert (hotplug.cpu, hotplug.params[0]) == (2, (1).to_bytes(4, "little"))


def test_dump_flags_choose_the_block() -> None:
    def fill(writer: CaptureWriter) -> None:
        writer.event("open", ">", ts=START, tid=1, dump_flags=1)
        writer.event("container", ">", ts=START, tid=1, dump_flags=0, json="{}")

    read = Read(write_capture(fill)).events()
    assert [(e.block, e.dump_flags) for e in read] == [
        (BlockType.EVENT_FLAGS_V2, 1),
        (BlockType.EVENT_FLAGS_V2_LARGE, 0),
    ]


def test_container_and_kubernetes_metadata() -> None:
    def fill(writer: CaptureWriter) -> None:
        assert writer.container({"id": "0123456789ab", "name": "web"}) == 1
        assert writer.kubernetes("Pod", [{"name": "web-1"}], action="MODIFIED", ts=5) == 2

    container, kubernetes = Read(write_capture(fill)).events()
    assert container.params == [b'{"container":{"id":"0123456789ab","name":"web"}}\n\0']
    assert (container.ts, container.tid, container.cpu) == (0, 0, 0)
    assert kubernetes.params[0].endswith(b"\n\0")
    assert orjson.loads(kubernetes.params[0].removesuffix(b"\0")) == {
        "apiVersion": "v1",
        "items": [{"name": "web-1"}],
        "kind": "Pod",
        "type": "MODIFIED",
    }


def test_builders_of_old_blocks() -> None:
    old = event("open", "<", version=1, count=4, fd=3, name="/a", code=3)
    assert old == early(old).replace(struct.pack("<I", 0x8010ABCD), struct.pack("<I", BlockType.EVENT))
    cpu, ts, tid, total, code = struct.unpack_from("<HQqIH", old, 8)
    assert (cpu, ts, tid, code) == (0, START, 100, 3)
    assert total == 22 + 2 * 4 + 8 + 3 + 4 + 4


# --- against the reference ----------------------------------------------------------------------------

SAMPLE_VALUES: dict[str, object] = {
    "FD": 3, "PID": 100, "ERRNO": 0, "CHARBUF": "text", "FSPATH": "/etc/passwd", "FSRELPATH": "/abs/path",
    "BYTEBUF": b"some data", "SOCKADDR": ("10.0.0.1", 80),
    "SOCKTUPLE": (("10.0.0.2", 4000), ("10.0.0.1", 80)), "FDLIST": [(3, 1), (4, 0)],
    "IPV4ADDR": "1.2.3.4", "IPV6ADDR": "::1", "SIGTYPE": 9, "RELTIME": 1_500_000, "ABSTIME": START,
}  # fmt: skip

JSON_VALUES = {
    "container": '{"container":{"id":"0123456789ab","name":"web","image":"nginx","type":0}}\n',
    "k8s": '{"apiVersion":"v1","items":[],"kind":"Pod","type":"ADDED"}\n',
}


def sample_value(param: Param) -> object:
    if param.type == "DYN":
        return 0, sample_value(DYNAMIC_TYPES[param.table][0])
    return SAMPLE_VALUES.get(param.type, 1)


def sample_keywords(kind: EventType) -> dict[str, object]:
    values = {param.name: sample_value(param) for param in params_of(kind, "sysdig")}
    if kind.name in JSON_VALUES and "json" in values:
        values["json"] = JSON_VALUES[kind.name]
    values |= {"ts": START + kind.code, "dump_flags": None, "code": kind.code}
    return {name + ("_" if name in {"tid", "cpu"} else ""): value for name, value in values.items()}


def fill_with_every_event(writer: CaptureWriter) -> None:
    writer.machine(MACHINE)
    writer.process(process(100, "prog", args=("-a", "b c")))
    writer.descriptors(100, [DescriptorEntry(3, 11, 16, "/var/log/x", open_flags=1, dev=5)])
    kinds = [kind for kind in strategies.SYSDIG_WRITABLE if kind.name != "procexit"]
    for kind in kinds:
        writer.event(kind.name, kind.direction, tid=100, **sample_keywords(kind))  # type: ignore[arg-type]
    for code in (16, 186):
        writer.event("procexit", ">", ts=START + 1000, tid=100, code=code)


def sysdig(capture: bytes, folder: Path, *options: str) -> list[str]:
    """The lines that the reference prints; it must not complain."""
    path = folder / "a.scap"
    path.write_bytes(capture)
    done = subprocess.run(["sysdig", "-r", str(path), *options], capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    assert done.returncode == 0
    return done.stdout.decode("utf-8", "surrogateescape").splitlines()


@pytest.mark.reference
@needs_sysdig
def test_sysdig_reads_every_event_type(tmp_path: Path) -> None:
    lines = sysdig(write_capture(fill_with_every_event), tmp_path, "-p", "%evt.num %evt.dir %evt.type")
    written = [kind for kind in strategies.SYSDIG_WRITABLE if kind.name != "procexit"]
    assert len(written) > 300
    printed = {int(number): rest for number, rest in (line.split(" ", 1) for line in lines if line)}
    renamed = {"syscall": "restart_syscall", "scapevent": "sysdigevent", "pluginevent": "pluginevent"}
    missing = {
        (kind.code, kind.name)
        for number, kind in enumerate(written, 1)
        if printed.get(number) != f"{kind.direction} {renamed.get(kind.name, kind.name)}"
    }
    hidden = {(kind.code, kind.name) for kind in written if "INTERNAL" in kind.categories}
    assert missing == hidden


@pytest.mark.reference
@needs_sysdig
def test_sysdig_prints_the_values(tmp_path: Path) -> None:
    def fill(writer: CaptureWriter) -> None:
        writer.process(process(100, "cat", args=("-u", "/etc/hosts")))
        writer.descriptors(100, [DescriptorEntry(7, 1, 1, "/tmp/log")])
        writer.event("openat", ">", ts=START, tid=100, cpu=3, dirfd=-100, name="hosts", flags=1)
        writer.event("openat", "<", ts=START, tid=100, fd=5, dirfd=-100, name="hosts", flags=1, mode=0o644)
        writer.event("read", "<", ts=START, tid=100, res=-11, data=b"")
        writer.event("connect", "<", ts=START, tid=100, res=0, tuple=(("::1", 1), ("fe80::2", 443)))
        writer.event("connect", "<", ts=START, tid=100, res=0, tuple=(1, 2, "/run/x"))
        writer.event("poll", ">", ts=START, tid=100, fds=[(7, 1)], timeout=5)
        writer.event("write", ">", ts=START, tid=100, fd=7, size=3, dump_flags=0)

    lines = sysdig(write_capture(fill), tmp_path, "-p", "%evt.num %evt.cpu %proc.cmdline %evt.info")
    assert [line.rstrip() for line in lines] == [
        "1 3 cat -u /etc/hosts dirfd=-100(AT_FDCWD) name=hosts(/hosts) flags=1(O_RDONLY) mode=0",
        "2 0 cat -u /etc/hosts fd=5(<f>/hosts) dirfd=-100(AT_FDCWD) name=hosts(/hosts) flags=1(O_RDONLY) "
        "mode=0644 dev=0",
        "3 0 cat -u /etc/hosts res=-11(EAGAIN) data=",
        "4 0 cat -u /etc/hosts res=0 tuple=::1:1->fe80::2:443",
        "5 0 cat -u /etc/hosts res=0 tuple=1->2 /run/x",
        "6 0 cat -u /etc/hosts fds=7:f1 timeout=5",
        "7 0 cat -u /etc/hosts fd=7(<f>/tmp/log) size=3",
    ]


@pytest.mark.reference
@needs_sysdig
def test_sysdig_reads_metadata(tmp_path: Path) -> None:
    def fill(writer: CaptureWriter) -> None:
        cgroup = "cpuset=/docker/" + "0123456789ab" + "c" * 52
        writer.user(User(1000, 1000, "ann", "/home/ann", "/bin/sh"))
        writer.group(Group(1000, "users"))
        parent = process(50, "bash", vtid=5, vpid=5)
        child = process(100, "cat", ptid=50, uid=1000, gid=1000, cgroups=(cgroup,), cwd="/srv", loginuid=1000)
        writer.process(parent)
        writer.process(child)
        writer.container({"id": "0123456789ab", "name": "web", "image": "nginx", "type": 0})
        pod_container = {"containerID": "docker://0123456789ab" + "c" * 52, "name": "web"}
        pod = {"uid": "u-1", "name": "web-1", "namespace": "shop", "labels": {"app": "web"}}
        writer.kubernetes("Pod", [pod | {"containerStatuses": [pod_container]}])
        writer.event("close", ">", ts=START, tid=100, fd=3)

    fields = (
        "%user.name %group.name %proc.pname %proc.cwd %container.name %container.image %k8s.pod.name "
        "%user.loginuid %proc.exepath"
    )
    lines = sysdig(write_capture(fill, pack=True), tmp_path, "-p", fields)
    assert lines == ["ann users bash /srv/ web nginx web-1 1000 /usr/bin/cat"]
