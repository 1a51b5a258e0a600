"""Build a store from a capture: walk, columns, pairing, replay, tables, look-ups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import (
    DESCRIPTOR_BLOCKS,
    EVENT_BLOCKS,
    INTERFACE_BLOCKS,
    PROCESS_BLOCKS,
    USER_BLOCKS,
    BlockType,
)
from hopscope.capture.damage import Damage
from hopscope.capture.lists import (
    Group,
    MachineInfo,
    User,
    parse_descriptors,
    parse_interfaces,
    parse_machine,
    parse_processes,
    parse_users,
)
from hopscope.capture.source import Source, open_source
from hopscope.capture.walk import Blocks, walk
from hopscope.decode.columns import EventColumns, read_columns
from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.state.replay import SectionLists, replay
from hopscope.store.assembly import add_placeholders, descriptor_table, thread_table
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.pairing import of_threads, pair
from hopscope.store.store import NO_RESULT, Loss, Store
from hopscope.store.surroundings import link_pods, read_containers, read_kubernetes, read_users
from hopscope.store.tables import FOREVER, NONE

Ints = NDArray[np.int64]
Report = Callable[[str, float], None]
"""``(what, part)``: what is being done, in words, and how much of the whole is done, 0 to 1."""

_CONTAINER_CODES = (228, 272, 324)
_NO_EPOCH_CODES = (272, 324)
_STATE_ONLY = 1
_NEVER_SHOWN = frozenset({"useradded", "userdeleted", "groupadded", "groupdeleted"})


@dataclass(slots=True)
class _Metadata:
    """All that the blocks before and between the events tell."""

    machine: MachineInfo | None = None
    sections: list[SectionLists] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    unknown_blocks: int = 0


def open_store(path: str | Path, report: Report | None = None) -> Store:
    """Open a capture and index it.

    Args:
        path: a file, or ``-`` for standard input.
        report: called from time to time with what is being done and how much is done.

    Raises:
        CaptureError: when it is no capture, in one sentence.
    """
    say = report or (lambda what, part: None)
    say("reading", 0.0)
    source = open_source(
        path, progress=lambda done, total: say("reading", 0.5 * done / total if total else 0.0)
    )
    return build_store(source, report)


def build_store(source: Source, report: Report | None = None) -> Store:
    """Index the unpacked bytes of a capture; arguments as in :func:`open_store`."""
    say = report or (lambda what, part: None)
    say("finding events", 0.5)
    blocks = walk(source.data)
    columns = read_columns(source.data, blocks)
    metadata = _read_metadata(source.data, blocks, columns)
    say("pairing calls", 0.6)
    twin, latency = pair(columns)
    threaded = of_threads(columns)
    say("replaying processes and descriptors", 0.65)
    world = replay(columns, metadata.sections, twin.astype(np.int64), threaded)
    world.end(FOREVER)
    say("building tables", 0.85)
    add_placeholders(world.thread_log, world.descriptor_log, columns, threaded)
    kubernetes = read_kubernetes(columns)
    containers = link_pods(read_containers(columns, world.engines), kubernetes)
    threads = thread_table(world.thread_log, {one.id: row for row, one in enumerate(containers)})
    descriptors = descriptor_table(world.descriptor_log)
    thread_index = IntervalIndex(threads.tid, threads.first, threads.stop, len(columns))
    descriptor_index = IntervalIndex(
        descriptor_key(descriptors.table, descriptors.fd), descriptors.first, descriptors.stop, len(columns)
    )
    say("looking up", 0.9)
    every = np.arange(len(columns), dtype=np.int64)
    thread = thread_index.find(columns.tid, every)
    thread[~threaded & np.isin(columns.code, _CONTAINER_CODES)] = NONE
    result = _results(columns)
    fd = _descriptor_numbers(columns, twin, result)
    descriptor = np.full(len(columns), NONE, np.int64)
    on_fd = np.flatnonzero((fd >= 0) & (thread != NONE))
    if len(on_fd):
        key = descriptor_key(threads.table[thread[on_fd]], fd[on_fd])
        descriptor[on_fd] = descriptor_index.find(key, on_fd)
    starts = [lists.first for lists in metadata.sections] or [0]
    number, hidden = _numbers(columns, starts)
    store = Store(
        source=source,
        machine=metadata.machine,
        interfaces=[one for lists in metadata.sections for one in lists.interfaces],
        loss=_loss(source, blocks, columns, metadata),
        columns=columns,
        sections=starts,
        epochs=_epochs(columns, starts),
        number=number,
        hidden=hidden,
        thread=thread.astype(np.int32),
        fd=fd,
        descriptor=descriptor.astype(np.int32),
        result=result,
        size=_sizes(columns, result, descriptor),
        twin=twin,
        latency=latency,
        threads=threads,
        descriptors=descriptors,
        containers=containers,
        kubernetes=kubernetes,
        users=read_users(columns, metadata.users, metadata.groups),
        thread_index=thread_index,
        descriptor_index=descriptor_index,
    )
    say("ready", 1.0)
    return store


def _read_metadata(data: NDArray[np.uint8], blocks: Blocks, columns: EventColumns) -> _Metadata:
    """Read every block that is no event. A list that comes late counts for its section all the same."""
    found = _Metadata()
    event_kinds = np.array(sorted(EVENT_BLOCKS), np.uint32)
    known = {int(kind) for kind in BlockType}
    for at in np.flatnonzero(~np.isin(blocks.type, event_kinds)).tolist():
        kind = int(blocks.type[at])
        offset = int(blocks.offset[at]) + 8
        if kind == BlockType.SECTION or not found.sections:
            found.sections.append(SectionLists(int(np.searchsorted(columns.block, at))))
        section = found.sections[-1]
        if kind not in known:
            found.unknown_blocks += 1
            continue
        body = blocks.body(data, at)
        if kind == BlockType.MACHINE:
            found.machine = found.machine or parse_machine(body, found.damages, offset)
        elif kind in PROCESS_BLOCKS:
            section.processes.extend(parse_processes(body, kind, found.damages, offset))
        elif kind in DESCRIPTOR_BLOCKS:
            section.descriptors.append(parse_descriptors(body, kind, found.damages, offset))
        elif kind in INTERFACE_BLOCKS:
            section.interfaces.extend(parse_interfaces(body, kind, found.damages, offset))
        elif kind in USER_BLOCKS:
            users, groups = parse_users(body, kind, found.damages, offset)
            found.users.extend(users)
            found.groups.extend(groups)
    return found


def _results(columns: EventColumns) -> Ints:
    """``res`` or the created ``fd`` of every exit, whichever comes first."""
    result = np.full(len(columns), NO_RESULT, np.int64)
    for code in columns.codes:
        event = EVENTS[code]
        if event.is_exit and event.params and event.params[0].name in ("res", "fd"):
            rows, values = columns.fixed(code, event.params[0].name)
            result[rows] = values
    return result


def _descriptor_numbers(columns: EventColumns, twin: NDArray[np.int32], result: Ints) -> Ints:
    """``fd.num``: of creators what they made, of others what they were called on.

    mmap is left out although newer tables give it a descriptor: nothing moves on it, and sysdig
    0.29.3 has none there.
    """
    fd = np.full(len(columns), -1, np.int64)
    for code in columns.codes:
        event = EVENTS[code]
        if EventFlag.USES_FD not in event.flags or event.name in ("mmap", "mmap2"):
            continue
        rows = columns.rows_of_code(code)
        if event.is_exit:
            paired = rows[twin[rows] >= 0]
            fd[paired] = fd[twin[paired]]
        named = (one.name for one in event.params if one.type in ("FD", "FD32") and one.name != "res")
        name = next(named, None)
        if name is not None:
            rows, values = columns.fixed(code, name)
            fd[rows] = values
    for code in columns.codes:
        event = EVENTS[code]
        if EventFlag.CREATES_FD not in event.flags or not event.is_exit:
            continue
        rows = columns.rows_of_code(code)
        fd[rows] = np.where(result[rows] >= 0, result[rows], -1)
        if "fd2" in event.param_index:
            made, values = columns.fixed(code, "fd2")
            fd[made] = np.where(result[made] >= 0, values, -1)
    return fd


def _sizes(columns: EventColumns, result: Ints, descriptor: Ints) -> Ints:
    moves = np.zeros(len(EVENTS), np.bool_)
    for event in EVENTS:
        if event.is_exit and event.category in ("IO_READ", "IO_WRITE"):
            moves[event.code] = True
    counted = moves[columns.code] & (result >= 0) & (descriptor != NONE)
    return np.where(counted, result, -1)


def _numbers(columns: EventColumns, starts: list[int]) -> tuple[Ints, NDArray[np.bool_]]:
    """``evt.num`` and which events are never shown.

    Container events at the very start of the events are numbered in the first section only; in a
    later one they share the number of the event before them (format notes, section 9).
    """
    internal = np.array(
        ["INTERNAL" in event.categories or event.name in _NEVER_SHOWN for event in EVENTS], np.bool_
    )
    hidden = internal[columns.code] | ((columns.dump_flags & _STATE_ONLY) != 0)
    counted = np.ones(len(columns), np.bool_)
    container = np.isin(columns.code, _CONTAINER_CODES)
    others = np.flatnonzero(~container)
    for place, start in enumerate(starts):
        after = int(np.searchsorted(others, start))
        stop = int(others[after]) if after < len(others) else len(columns)
        hidden[start:stop] = True
        if place:
            counted[start:stop] = False
    return np.cumsum(counted).astype(np.int64), hidden


def _epochs(columns: EventColumns, starts: list[int]) -> list[int]:
    """Time zero of each section: its first event that is no container event, hidden ones included."""
    real = np.flatnonzero(~np.isin(columns.code, _NO_EPOCH_CODES))
    epochs = []
    for start in starts:
        at = int(np.searchsorted(real, start))
        epochs.append(int(columns.time[real[at]]) if at < len(real) else 0)
    return epochs


def _loss(source: Source, blocks: Blocks, columns: EventColumns, metadata: _Metadata) -> Loss:
    damages = [*source.damage, *blocks.damage, *metadata.damages]
    lost = [damage.lost for damage in damages]
    return Loss(
        damage=[f"at byte {damage.offset:,}: {damage.what}" for damage in damages],
        lost_bytes=-1 if any(one < 0 for one in lost) else sum(lost),
        unknown_blocks=metadata.unknown_blocks,
        unknown_events=columns.unknown,
        broken_events=len(columns.broken),
    )
