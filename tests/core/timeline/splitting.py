"""Cutting a capture into the files of a ring, each with lists of what lives where it begins."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from hopscope.capture.blocks import DESCRIPTOR_BLOCKS, EVENT_BLOCKS, PROCESS_BLOCKS, BlockType
from hopscope.capture.lists import DescriptorEntry, ProcessEntry
from hopscope.capture.walk import walk
from hopscope.capture.writer import frame, pack_descriptor, pack_process
from hopscope.state.shapes import LISTED_KINDS, TRANSPORTS
from hopscope.store.store import Store

_TYPES = {kind: number for number, (kind, _) in sorted(LISTED_KINDS.items(), reverse=True)} | {"file": 16}
_TEXTS = ("comm", "exe", "exepath", "cwd", "args", "env", "cgroups")
_L4 = {name: number for number, name in TRANSPORTS.items()}


def split(store: Store, rows: Sequence[int], skip: Sequence[int] = ()) -> list[bytes]:
    """The files that begin at these event rows, the first of them at row 0.

    Args:
        store: the whole capture; each of its event blocks is a row.
        rows: first event row of each further file, ascending.
        skip: event rows that are in no file.
    """
    data = store.source.data
    blocks = walk(data)
    is_event = np.isin(blocks.type, np.array(sorted(EVENT_BLOCKS), np.uint32))
    events = np.flatnonzero(is_event)
    assert len(events) == len(store)
    lists = PROCESS_BLOCKS | DESCRIPTOR_BLOCKS
    head = [at for at in range(int(events[0])) if int(blocks.type[at]) not in lists]
    left_out = set(skip)

    def block(at: int) -> bytes:
        start = int(blocks.offset[at])
        return data[start : start + int(blocks.length[at])].tobytes()

    files = [b"".join(block(at) for at in range(int(events[0])))]
    bounds = [0, *rows, len(store)]
    for place, (first, stop) in enumerate(pairwise(bounds)):
        if place:
            files.append(b"".join(block(at) for at in head) + lists_at(store, first))
        files[-1] += b"".join(block(int(events[row])) for row in range(first, stop) if row not in left_out)
    return files


def save(folder: Path, files: Sequence[bytes], name: str = "ring.scap") -> list[str]:
    """Write files as a ring names them; their paths."""
    paths = [folder / f"{name}{number}" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return [str(path) for path in paths]


def lists_at(store: Store, row: int) -> bytes:
    """Process and descriptor lists of what lives just before an event row."""
    threads, table = store.threads, store.descriptors
    before = row - 1
    live = np.flatnonzero((threads.first <= before) & (threads.stop > before))
    live = live[~((threads.died[live] == before) & (threads.stop[live] == row))]
    entries = [_process(store, at) for at in live.tolist() if threads.comm[at] != "<NA>"]
    out = frame(BlockType.PROCESSES_V9, b"".join(pack_process(entry) for entry in entries))
    held = np.flatnonzero((table.first <= before) & (table.stop > before) & (table.closed != before))
    by_table: dict[int, list[DescriptorEntry]] = {}
    for at in held.tolist():
        entry = _descriptor(store, at)
        if entry is not None:
            by_table.setdefault(int(table.table[at]), []).append(entry)
    for at in live.tolist():
        if threads.tid[at] == threads.pid[at]:
            body = struct.pack("<q", int(threads.tid[at]))
            body += b"".join(pack_descriptor(one) for one in by_table.get(int(threads.table[at]), []))
            out += frame(BlockType.DESCRIPTORS_V2, body)
    return out


def _process(store: Store, at: int) -> ProcessEntry:
    table = store.threads
    numbers = ("tid", "pid", "ptid", "sid", "vpgid", "fdlimit", "flags", "vtid", "vpid", "pfmajor", "pfminor")
    values: dict[str, Any] = {
        **{name: int(getattr(table, name)[at]) for name in numbers},
        **{name: int(getattr(table, name)[at]) & 0xFFFFFFFF for name in ("uid", "gid", "loginuid")},
        **{f"{name}_kb": int(getattr(table, name)[at]) for name in ("vmsize", "vmrss", "vmswap")},
        **{name: getattr(table, name)[at] for name in _TEXTS},
    }
    return ProcessEntry(**values)


def _descriptor(store: Store, at: int) -> DescriptorEntry | None:
    table = store.descriptors
    kind, fd, ino = table.kind[at], int(table.fd[at]), int(table.ino[at])
    client, server = table.client[at], table.server[at]
    if kind in ("ipv4", "ipv6"):
        l4 = _L4.get(table.l4[at], 0)
        if client is None or server is None:
            if server is None or len(server[0]) != (4 if kind == "ipv4" else 16):
                return None
            return DescriptorEntry(fd, ino, 5 if kind == "ipv4" else 6, source=server, l4=l4)
        ends = (server, client) if table.local_is_client[at] == 0 else (client, server)
        number = 3 if len(client[0]) == 4 else 4
        return DescriptorEntry(fd, ino, number, source=ends[0], destination=ends[1], l4=l4)
    return DescriptorEntry(
        fd, ino, _TYPES[kind], table.name[at] if kind != "unix" else "", open_flags=int(table.open_flags[at]),
        dev=int(table.dev[at]), unix_source=int(table.source[at]), unix_peer=int(table.peer[at]),
    )  # fmt: skip
