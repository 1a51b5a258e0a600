"""Every version of every list is read back as it was written, and a broken entry costs only itself."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from builders import (
    DESCRIPTOR_BLOCK,
    INTERFACE_BLOCK,
    PROCESS_BLOCK,
    USER_BLOCK,
    process,
)
from hopscope.capture.blocks import BlockType
from hopscope.capture.damage import Damage
from hopscope.capture.lists import (
    NOBODY,
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
from hopscope.capture.writer import (
    Tail,
    pack_account,
    pack_descriptor,
    pack_interface,
    pack_machine,
    pack_process,
    with_entry_length,
)

PADDINGS = st.integers(0, 3).map(bytes)

SINCE = {
    2: ("vmsize_kb", "vmrss_kb", "vmswap_kb", "pfmajor", "pfminor"),
    3: ("env",),
    4: ("vtid", "vpid", "cgroups"),
    5: ("root",),
    6: ("sid",),
    7: ("exepath",),
    8: ("vpgid",),
}
"""Fields by the version of the process list that brought them."""

BLANK = ProcessEntry(0, 0, 0)._asdict()

TAIL_FIELDS = {
    Tail.NONE: (),
    Tail.LOGINUID: ("loginuid",),
    Tail.CAPABILITIES: (
        "loginuid",
        "exe_writable",
        "cap_inheritable",
        "cap_permitted",
        "cap_effective",
    ),
    Tail.FULL: ProcessEntry._fields[ProcessEntry._fields.index("loginuid") :],
}


def known_to(entry: ProcessEntry, version: int, tail: Tail) -> ProcessEntry:
    """The entry without what a version cannot tell."""
    lost = [name for since, names in SINCE.items() if since > version for name in names]
    kept = TAIL_FIELDS[tail] if version == 9 else ()
    lost += [name for name in TAIL_FIELDS[Tail.FULL] if name not in kept]
    return entry._replace(**{name: BLANK[name] for name in lost})


@given(machine=strategies.machines)
def test_machine(machine: MachineInfo) -> None:
    damages: list[Damage] = []
    assert parse_machine(pack_machine(machine), damages) == machine
    assert damages == []


def test_short_machine() -> None:
    damages: list[Damage] = []
    assert parse_machine(bytes(100), damages, offset=36) is None
    assert (damages[0].offset, damages[0].lost) == (36, 100)


@pytest.mark.parametrize("version", range(1, 9))
@settings(max_examples=20)
@given(entries=st.lists(strategies.processes, max_size=3), padding=PADDINGS)
def test_processes(version: int, entries: list[ProcessEntry], padding: bytes) -> None:
    damages: list[Damage] = []
    body = b"".join(pack_process(entry, version) for entry in entries) + padding
    read = parse_processes(body, PROCESS_BLOCK[version], damages)
    assert read == [known_to(entry, version, Tail.NONE) for entry in entries]
    assert damages == []


@pytest.mark.parametrize("tail", Tail)
@settings(max_examples=20)
@given(entries=st.lists(strategies.processes, max_size=3), padding=PADDINGS)
def test_processes_of_version_9(tail: Tail, entries: list[ProcessEntry], padding: bytes) -> None:
    damages: list[Damage] = []
    body = b"".join(pack_process(entry, 9, tail) for entry in entries) + padding
    read = parse_processes(body, BlockType.PROCESSES_V9, damages)
    assert read == [known_to(entry, 9, tail) for entry in entries]
    assert damages == []


def test_what_old_versions_cannot_tell() -> None:
    (entry,) = parse_processes(pack_process(process(7, "cat"), 1), BlockType.PROCESSES_V1, [])
    assert (entry.sid, entry.vpgid, entry.vtid, entry.vpid) == (-1, -1, -1, -1)
    assert (entry.loginuid, entry.tty, entry.exe_writable) == (NOBODY, 0, False)
    assert (entry.exepath, entry.env, entry.cgroups, entry.root, entry.vmsize_kb) == ("", (), (), "", 0)


def test_tail_between_the_two_layouts() -> None:
    whole = process(7, "cat")._replace(pidns_started=5, tty=6, loginuid=7, exe_writable=True)
    longest = pack_process(whole, 9, Tail.FULL)[4:]
    bare = pack_process(whole, 9, Tail.NONE)[4:]
    for size in range(len(longest) - len(bare) + 1):
        body = with_entry_length(longest[: len(bare) + size])
        damages: list[Damage] = []
        (entry,) = parse_processes(body, BlockType.PROCESSES_V9, damages)
        assert damages == []
        if size > 29:
            assert (entry.pidns_started, entry.tty, entry.loginuid) == (5, 6, 7)
        else:
            assert (entry.pidns_started, entry.tty) == (0, 0)


def test_fields_behind_the_known_tail_are_skipped() -> None:
    first, second = process(7, "cat"), process(8, "dog")
    longer = with_entry_length(pack_process(first, 9, Tail.FULL)[4:] + b"later fields")
    read = parse_processes(longer + pack_process(second, 9, Tail.FULL), BlockType.PROCESSES_V9, [])
    assert [entry.comm for entry in read] == ["cat", "dog"]


@pytest.mark.parametrize("version", [1, 2])
@given(data=st.data(), tid=strategies.i64, padding=PADDINGS)
def test_descriptors(version: int, data: st.DataObject, tid: int, padding: bytes) -> None:
    entries = data.draw(st.lists(strategies.descriptors(version), max_size=4))
    damages: list[Damage] = []
    body = struct.pack("<q", tid) + b"".join(pack_descriptor(entry, version) for entry in entries) + padding
    assert parse_descriptors(body, DESCRIPTOR_BLOCK[version], damages) == (tid, entries)
    assert damages == []


@pytest.mark.parametrize("kind", range(22))
def test_every_descriptor_type_is_written_in_its_layout(kind: int) -> None:
    texts = {16: 4 + 2 + 1 + 4, 8: 16 + 2 + 1, 0: 0, 3: 13, 4: 37, 5: 7, 6: 19}
    four, sixteen = (b"abcd", 1), (b"abcdefghijklmnop", 1)
    end = four if kind in (3, 5) else sixteen
    entry = DescriptorEntry(1, 2, kind, "x", end, end)
    assert len(pack_descriptor(entry)) == 4 + 17 + texts.get(kind, 2 + 1)


def test_file_without_device() -> None:
    entry = struct.pack("<qQBIH", 3, 4, 16, 1, 2) + b"/a"
    body = struct.pack("<q", 9) + with_entry_length(entry)
    assert parse_descriptors(body, BlockType.DESCRIPTORS_V2, []) == (
        9,
        [DescriptorEntry(3, 4, 16, "/a", open_flags=1)],
    )


def test_unknown_descriptor_type_is_kept_by_its_number_in_version_2() -> None:
    odd = with_entry_length(struct.pack("<qQB", 3, 4, 99) + b"whatever")
    file = DescriptorEntry(5, 6, 1, "/b")
    body = struct.pack("<q", 9) + odd + pack_descriptor(file)
    damages: list[Damage] = []
    assert parse_descriptors(body, BlockType.DESCRIPTORS_V2, damages) == (
        9,
        [DescriptorEntry(3, 4, 99), file],
    )
    assert damages == []


def test_unknown_descriptor_type_ends_a_list_of_version_1() -> None:
    file = DescriptorEntry(5, 6, 1, "/b")
    odd = struct.pack("<qQB", 3, 4, 99) + b"whatever"
    body = struct.pack("<q", 9) + pack_descriptor(file, 1) + odd + pack_descriptor(file, 1)
    damages: list[Damage] = []
    assert parse_descriptors(body, BlockType.DESCRIPTORS, damages, offset=1000) == (9, [file])
    (damage,) = damages
    begin = 8 + len(pack_descriptor(file, 1))
    assert (damage.offset, damage.lost) == (1000 + begin, len(body) - begin)
    assert damage.what == "entry 2 of a descriptor list is broken: it has the unknown type 99"


def test_descriptor_list_without_thread() -> None:
    damages: list[Damage] = []
    assert parse_descriptors(b"\1\2\3", BlockType.DESCRIPTORS_V2, damages) == (-1, [])
    assert len(damages) == 1


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("linkspeed", [True, False])
@given(data=st.data(), padding=PADDINGS)
def test_interfaces(version: int, linkspeed: bool, data: st.DataObject, padding: bytes) -> None:
    entries: list[Interface] = data.draw(st.lists(strategies.interfaces(linkspeed), max_size=4))
    body = b"".join(pack_interface(entry, version, linkspeed) for entry in entries) + padding
    damages: list[Damage] = []
    assert parse_interfaces(body, INTERFACE_BLOCK[version], damages) == entries
    assert damages == []


def test_length_of_an_interface_leaves_itself_out() -> None:
    entry = Interface("lo", b"\x7f\0\0\1", b"\xff\0\0\0", b"\0\0\0\0", 10)
    assert pack_interface(entry) == (b"\x1a\0\0\0\1\0\2\0\x7f\0\0\1\xff\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0lo")


@pytest.mark.parametrize("version", [1, 2])
@given(
    users=st.lists(strategies.users, max_size=3),
    groups=st.lists(strategies.groups, max_size=3),
    padding=PADDINGS,
)
def test_users(version: int, users: list[User], groups: list[Group], padding: bytes) -> None:
    accounts: list[User | Group] = [*groups, *users]
    body = b"".join(pack_account(entry, version) for entry in accounts) + padding
    damages: list[Damage] = []
    assert parse_users(body, USER_BLOCK[version], damages) == (users, groups)
    assert damages == []


def test_broken_entry_of_known_length_costs_only_itself() -> None:
    cat, dog = pack_process(process(1, "cat")), pack_process(process(3, "dog"))
    broken = bytearray(pack_process(process(2, "cow")))
    at = broken.index(b"cow") - 2
    broken[at : at + 2] = b"\xff\xff"
    damages: list[Damage] = []
    body = cat + bytes(broken) + dog
    read = parse_processes(body, BlockType.PROCESSES_V9, damages, offset=500)
    assert [entry.comm for entry in read] == ["cat", "dog"]
    (damage,) = damages
    assert (damage.offset, damage.lost) == (500 + len(cat), len(broken))
    assert "a text of 65535 bytes" in damage.what


def test_broken_entry_without_length_costs_the_rest_of_its_block() -> None:
    cat, dog = (pack_process(process(tid, name), 8) for tid, name in ((1, "cat"), (3, "dog")))
    damages: list[Damage] = []
    read = parse_processes(cat + dog[:40], BlockType.PROCESSES_V8, damages)
    assert [entry.comm for entry in read] == ["cat"]
    assert (damages[0].offset, damages[0].lost) == (len(cat), 40)


@pytest.mark.parametrize("length", [0, 3, 100_000])
def test_impossible_entry_length(length: int) -> None:
    cat = pack_process(process(1, "cat"))
    damages: list[Damage] = []
    body = cat + struct.pack("<I", length) + bytes(50)
    assert len(parse_processes(body, BlockType.PROCESSES_V9, damages)) == 1
    assert (damages[0].offset, damages[0].lost) == (len(cat), 54)
    assert f"impossible length {length}" in damages[0].what


@given(body=st.binary(max_size=300), data=st.data())
def test_any_bytes_are_survived(body: bytes, data: st.DataObject) -> None:
    damages: list[Damage] = []
    kind = data.draw(st.sampled_from(sorted(PROCESS_BLOCK.values())))
    parse_processes(body, kind, damages)
    for version in (1, 2):
        parse_descriptors(body, DESCRIPTOR_BLOCK[version], damages)
        parse_interfaces(body, INTERFACE_BLOCK[version], damages)
        parse_users(body, USER_BLOCK[version], damages)
    parse_machine(body, damages)
    assert all(damage.lost >= 0 and damage.what for damage in damages)


def test_bytes_that_are_no_text_can_be_had_back() -> None:
    entry = process(1, b"\xff\xfe/caf\xc3\xa9".decode("utf-8", "surrogateescape"))
    (read,) = parse_processes(pack_process(entry), BlockType.PROCESSES_V9, [])
    assert read.comm.encode("utf-8", "surrogateescape") == b"\xff\xfe/caf\xc3\xa9"
    assert read.comm.endswith("café")


def test_empty_arguments_are_arguments() -> None:
    for args in ((), ("",), ("", ""), ("a", ""), ("", "a")):
        (read,) = parse_processes(pack_process(process(1, "x", args=args)), BlockType.PROCESSES_V9, [])
        assert read.args == args


def test_eight_thousand_descriptors() -> None:
    entries = [DescriptorEntry(n, n, 16, f"/usr/lib/file{n}.so", open_flags=1) for n in range(8000)]
    body = struct.pack("<q", 1) + b"".join(map(pack_descriptor, entries))
    assert parse_descriptors(body, BlockType.DESCRIPTORS_V2, [])[1] == entries
