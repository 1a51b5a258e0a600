"""The captures that others recorded, against what their reference says about them."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    DESCRIPTOR_BLOCKS,
    EVENT_BLOCKS,
    FLAGGED_BLOCKS,
    INTERFACE_BLOCKS,
    PROCESS_BLOCKS,
    USER_BLOCKS,
    BlockType,
)
from hopscope.capture.damage import UNKNOWN, Damage
from hopscope.capture.lists import (
    parse_descriptors,
    parse_interfaces,
    parse_machine,
    parse_processes,
    parse_users,
)
from hopscope.capture.source import Source, open_source
from hopscope.capture.walk import Blocks, walk
from hopscope.decode.capture_writer import SYSDIG_CODES
from paths import SHARED, needs_shared, needs_sysdig

pytestmark = [pytest.mark.shared, needs_shared]

OLD = ["cat_write", "empty", "kubernetes-dns", "run_as_user_0_container", "single_ipv6_conn"]
LAB = ["lab-calls-2024", "lab-calls-2026", "lab-http-2024"]


def read(name: str) -> tuple[Source, Blocks]:
    source = open_source(SHARED / f"{name}.scap")
    return source, walk(source.data)


def event_codes(source: Source, blocks: Blocks) -> NDArray[np.uint16]:
    """The type of every event, by the letter of the format."""
    events = np.isin(blocks.type, sorted(EVENT_BLOCKS))
    flagged = np.isin(blocks.type[events], sorted(FLAGGED_BLOCKS))
    at = blocks.offset[events] + 8 + 2 + 4 * flagged + 20
    low, high = source.data[at].astype(np.uint16), source.data[at + 1].astype(np.uint16)
    codes: NDArray[np.uint16] = low | high << 8
    return codes


@pytest.mark.parametrize("name", OLD)
@pytest.mark.reference
@needs_sysdig
def test_number_of_events_is_that_of_sysdig(name: str) -> None:
    source, blocks = read(name)
    known = int((event_codes(source, blocks) < SYSDIG_CODES).sum())
    command = ["sysdig", "-r", str(SHARED / f"{name}.scap"), "-D", "-p", "%evt.num"]
    printed = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.split()
    assert known == int(printed[-1])
    assert blocks.damage == source.damage == []


@pytest.mark.parametrize("name", LAB)
def test_number_of_events_is_that_of_the_recorder(name: str) -> None:
    source, blocks = read(name)
    lines = gzip.decompress((SHARED / f"{name}.print.gz").read_bytes()).splitlines()
    assert len(event_codes(source, blocks)) == int(lines[-1].split()[0])
    assert blocks.damage == source.damage == []


@pytest.mark.parametrize("name", OLD + LAB)
def test_all_lists_are_read_without_a_fault(name: str) -> None:
    source, blocks = read(name)
    damages: list[Damage] = []
    tids: set[int] = set()
    listed: list[int] = []
    seen: set[str] = set()
    for i, kind in enumerate(blocks.type.tolist()):
        if kind in EVENT_BLOCKS:
            continue
        body = blocks.body(source.data, i)
        if kind in PROCESS_BLOCKS:
            tids |= {entry.tid for entry in parse_processes(body, kind, damages)}
        elif kind in DESCRIPTOR_BLOCKS:
            listed.append(parse_descriptors(body, kind, damages)[0])
        elif kind in INTERFACE_BLOCKS:
            assert "lo" in {entry.name for entry in parse_interfaces(body, kind, damages)}
            seen.add("interfaces")
        elif kind in USER_BLOCKS:
            users, groups = parse_users(body, kind, damages)
            assert {"root"} <= {user.name for user in users} & {group.name for group in groups}
            seen.add("users")
        elif kind == BlockType.MACHINE:
            machine = parse_machine(body, damages)
            assert machine is not None
            assert machine.cpus >= 1
            seen.add("machine")
    assert damages == []
    assert seen == {"interfaces", "users", "machine"}
    assert sorted(tids) == sorted(listed)


def test_cut_download_keeps_what_came(tmp_path: Path) -> None:
    whole, blocks = read("kubernetes-dns")
    packed = (SHARED / "kubernetes-dns.scap").read_bytes()
    path = tmp_path / "cut.scap"
    path.write_bytes(packed[: len(packed) // 2])
    source = open_source(path)
    assert 0.3 * whole.size < source.size < 0.7 * whole.size
    assert source.data.tobytes() == whole.data[: source.size].tobytes()
    assert [damage.lost for damage in source.damage] == [UNKNOWN]
    kept = walk(source.data)
    fitting = int((blocks.offset + blocks.length <= source.size).sum())
    assert len(kept) == fitting
    assert np.array_equal(kept.offset, blocks.offset[:fitting])
