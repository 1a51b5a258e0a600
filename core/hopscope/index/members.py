"""Files and hosts of a store of several captures as sections of an index, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.limits import unpack_limit
from hopscope.capture.lists import MachineInfo
from hopscope.index.faults import IndexFaultError
from hopscope.index.file import IndexFile
from hopscope.index.objects import interface, interface_row, users, users_rows
from hopscope.index.texts import Sections
from hopscope.index.typed import made
from hopscope.store.members import Clock, Host, Member, Members

_TOLD = "members"
_ARRAYS: dict[str, type[np.generic]] = {
    "file_of": np.uint16, "own_number": np.int64, "thread_run": np.int16, "container_host": np.int16,
}  # fmt: skip


def member_sections(members: Members) -> Sections:
    """All that there is to know about the members. Raises ValueError where JSON cannot hold it."""
    plain = {
        "hosts": [_host_row(host) for host in members.hosts],
        "files": [asdict(one) for one in members.files],
        "notes": members.notes,
    }
    raw = json.dumps(plain, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
    sections: Sections = {f"{_TOLD}.{name}": getattr(members, name) for name in _ARRAYS}
    sections[_TOLD] = np.frombuffer(raw, np.uint8)
    return sections


def read_members(file: IndexFile, events: int, threads: int, containers: int) -> Members | None:
    """What :func:`member_sections` was given; None for the index of a single capture.

    Args:
        file: the index.
        events, threads, containers: how many rows there are.

    Raises:
        IndexFaultError: it makes no sense, or points outside.
    """
    if _TOLD not in file.names:
        return None
    try:
        plain = json.loads(file.checked_bytes(_TOLD).decode("utf-8", "surrogatepass"))
        arrays: dict[str, NDArray[Any]] = {
            name: file.array(f"{_TOLD}.{name}", dtype) for name, dtype in _ARRAYS.items()
        }
        members = Members(
            hosts=[_host(row) for row in plain["hosts"]],
            files=[made(Member, one) for one in plain["files"]],
            notes=[str(one) for one in plain["notes"]],
            **arrays,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexFaultError("its files and hosts are damaged") from error
    hosts, files = len(members.hosts), len(members.files)
    _within(members.file_of, events, files)
    _within(members.thread_run, threads, members.runs)
    _within(members.container_host, containers, hosts)
    _within(members.host_of_file, files, hosts)
    _within(members.run_of_file, files, files)
    _within(members.own_number, events, np.iinfo(np.int64).max)
    return members


def is_limited(members: Members, *, at_limit: bool = False) -> bool:
    """True where a packed file is larger than may be unpacked, or, with ``at_limit``, perhaps cut there."""
    for one in members.files:
        limit = unpack_limit(one.packed_size) if one.size != one.packed_size else None
        if limit is not None and (one.size > limit or (at_limit and one.size == limit)):
            return True
    return False


def _within(numbers: NDArray[Any], count: int, high: int) -> None:
    if len(numbers) != count or (count and not 0 <= int(numbers.min()) <= int(numbers.max()) < high):
        raise IndexFaultError("its files and hosts point outside")


def _host_row(host: Host) -> dict[str, Any]:
    return {
        "name": host.name,
        "machine": None if host.machine is None else host.machine._asdict(),
        "interfaces": [interface_row(one) for one in host.interfaces],
        "users": users_rows(host.users),
        "clock": asdict(host.clock),
    }


def _host(row: dict[str, Any]) -> Host:
    machine = row["machine"]
    return Host(
        name=str(row["name"]),
        machine=None if machine is None else made(MachineInfo, machine),
        interfaces=[interface(one) for one in row["interfaces"]],
        users=users(row["users"]),
        clock=made(Clock, row["clock"]),
    )
