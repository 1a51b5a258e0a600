"""Going on with the next file of a rotated capture: what lives goes on living.

Each file of a ring begins with lists of what the recorder knew at that moment. Where no event is missing in
between, the replay knows it as well and from better evidence, so the lists only tell of threads that no
event introduced. Where events are missing the lists decide: what is not in them any more has ended, what
is there as before goes on, and everything else began in between.
"""

from __future__ import annotations

from collections.abc import Iterable

from hopscope.capture.lists import DescriptorEntry, Interface, ProcessEntry
from hopscope.state.addresses import LocalAddresses
from hopscope.state.descriptor_log import Descriptor, Files, Shape
from hopscope.state.shapes import listed_shapes
from hopscope.state.thread_log import Thread
from hopscope.state.world import World

_FACTS = (
    "ptid", "vtid", "vpid", "sid", "vpgid", "uid", "gid", "loginuid", "tty", "comm", "exe", "exepath", "cwd",
    "args", "cgroups",
)  # fmt: skip
"""What makes another state of a thread where a list tells it differently; sizes of memory alone do not."""


def go_on(
    world: World,
    row: int,
    processes: Iterable[ProcessEntry],
    descriptors: Iterable[tuple[int, list[DescriptorEntry]]],
    interfaces: list[Interface],
    lost: bool,
) -> None:
    """Take in the lists of the next file, whose first event is ``row``.

    Args:
        world: as it was after the last event of the file before.
        row: of the first event.
        processes, descriptors, interfaces: the lists of the file.
        lost: True where events are missing before it.
    """
    world.row = row
    if interfaces:
        world.local = LocalAddresses(interfaces)
    entries = {entry.tid: entry for entry in processes}
    for tid in entries.keys() & world.nameless.keys():
        world.thread(tid)
    if entries:
        _end_threads(world, entries, lost)
    fresh = [entry for entry in entries.values() if entry.tid not in world.threads]
    if lost:
        _refresh(world, entries)
    world.list_threads(fresh, since_first_seen=not lost)
    world.link_parents(entry.tid for entry in fresh)
    new = {entry.tid for entry in fresh}
    tables: dict[int, tuple[Files, list[DescriptorEntry], int]] = {}
    for tid, listed in descriptors:
        thread = world.threads.get(tid)
        if thread is not None and (lost or tid in new):
            first = thread.first if tid in new else row
            tables.setdefault(thread.files.number, (thread.files, [], first))[1].extend(listed)
    _list_descriptors(world, list(tables.values()))


def _end_threads(world: World, entries: dict[int, ProcessEntry], lost: bool) -> None:
    """End threads that the list does not have any more; introduce those of which only a number was known."""
    ended = []
    for thread in world.threads.values():
        entry = entries.get(thread.tid)
        if entry is None:
            is_over = lost
        elif thread.placeholder and not lost and thread.pid == entry.pid:
            world.change(thread)
            thread.placeholder, thread.ptid, is_over = False, entry.ptid, False
            world.describe(thread, entry)
        else:
            is_over = thread.placeholder or (lost and not _is_same(thread, entry))
        if is_over:
            ended.append(thread)
    ended.sort(key=lambda thread: thread.main is thread)
    for thread in ended:
        if world.threads.get(thread.tid) is thread:
            thread.inverted = False
            world.remove_thread(thread, world.row)


def _is_same(thread: Thread, entry: ProcessEntry) -> bool:
    """Whether a listed thread can be the one that was known; a number may be used again."""
    return thread.pid == entry.pid and (thread.comm == entry.comm or thread.exe == entry.exe)


def _refresh(world: World, entries: dict[int, ProcessEntry]) -> None:
    """Give threads that live on what the list tells differently."""
    for thread in list(world.threads.values()):
        entry = entries.get(thread.tid)
        if entry is None:
            continue
        cwd = entry.cwd if entry.cwd.endswith("/") else entry.cwd + "/"
        told = {name: getattr(entry, name) for name in _FACTS} | {
            "cwd": cwd if entry.tid == entry.pid else thread.cwd
        }
        if any(getattr(thread, name) != value for name, value in told.items()):
            world.change(thread)
            thread.ptid = entry.ptid
            world.describe(thread, entry)


def _list_descriptors(world: World, tables: list[tuple[Files, list[DescriptorEntry], int]]) -> None:
    owned: list[tuple[object, DescriptorEntry]] = [
        (place, entry) for place, (_, listed, _) in enumerate(tables) for entry in listed
    ]
    shapes: list[dict[int, Shape]] = [{} for _ in tables]
    for place, fd, shape in listed_shapes(owned, world.local):
        if isinstance(place, int):
            shapes[place][fd] = shape
    log = world.descriptor_log
    for (files, _, first), told in zip(tables, shapes, strict=True):
        for fd, entry in list(files.entries.items()):
            if fd not in told or not _leads_to_same(entry, told[fd]):
                log.drop(files, fd, world.row)
        for fd, shape in told.items():
            if fd not in files.entries:
                log.open(files, fd, shape, first, opened=-1)


def _leads_to_same(entry: Descriptor, told: Shape) -> bool:
    known = entry.shape
    if known.kind != told.kind:
        return False
    if known.client is not None or told.client is not None:
        return {known.client, known.server} == {told.client, told.server}
    if known.source and told.source:
        return known.source == told.source
    if known.ino and told.ino:
        return known.ino == told.ino
    return known.name == told.name
