"""Several captures as one time line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.source import Source, open_source
from hopscope.errors import CaptureError
from hopscope.store.build import Report, build_store
from hopscope.store.members import Host, Member, Members
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.timeline.clocks import estimate, given_clocks
from hopscope.timeline.merging import Input, merge, whole
from hopscope.timeline.parts import Part, read_part
from hopscope.timeline.runs import Machines, arrange
from hopscope.timeline.said import Clocks
from hopscope.timeline.stream import Stream

MOST_FILES = 4096
"""So many captures can be opened together."""


def open_timeline(
    paths: Sequence[str],
    report: Report | None = None,
    clocks: Clocks | None = None,
    take_files: Callable[[Sequence[int]], None] | None = None,
    enough: Callable[[], bool] | None = None,
) -> Store:
    """Open captures together, in the order of time whatever the order given.

    Args:
        paths: files, one of them may be ``-`` for standard input.
        report: hears what is being done and how much of the whole is done.
        clocks: what is known about the clocks of the hosts.
        take_files: given the open files that hold the bytes of all, before they are closed; none where those
            lie in the memory of this process only.
        enough: asked behind each file whether the others are to be left out.

    Raises:
        CaptureError: one of them is no capture, or two of them are the same, in one sentence.
        UsageError: an offset is given for a host that is not there.
    """
    say = report or (lambda what, part: None)
    clocks = clocks or Clocks()
    if len(paths) > MOST_FILES:
        raise CaptureError(f"{len(paths):,} captures are more than can be opened together ({MOST_FILES:,})")
    parts = _read(paths, say, enough or (lambda: False))
    machines = arrange(parts)
    stream = Stream(sum(part.size for part in parts))
    try:
        for run in machines.runs:
            stream.add(run)
        if take_files:
            take_files(stream.files)
    finally:
        stream.data()
    stores = _stores(machines, stream, say)
    say("comparing clocks", 0.9)
    members = _members(machines, stores)
    _set_clocks(members, machines, stores, clocks)
    members.notes = list(machines.notes)
    say("putting them together", 0.95)
    inputs = [
        Input(store, members.hosts[run.host].clock.corrected(store.time), stream.start(number), run.host)
        for number, (store, run) in enumerate(zip(stores, machines.runs, strict=True))
    ]
    source = Source(
        together(paths),
        stream.data(),
        packed_size=sum(part.packed_size for part in parts),
        known_key=_key(parts),
    )
    if len(inputs) == 1:
        store = whole(inputs[0], members)
        store.source = source
    else:
        store = merge(inputs, source, members)
    _add_losses(store, parts, machines)
    say("ready", 1.0)
    return store


def _set_clocks(members: Members, machines: Machines, stores: Sequence[Store], clocks: Clocks) -> None:
    """Give each host its clock: what was said of it, or what the messages between hosts tell."""
    several = len(members.hosts) > 1
    if not several and not clocks.offsets:
        return
    found = given_clocks(members.hosts, clocks.offsets)
    if clocks.correct and several:
        found = estimate(stores, [run.host for run in machines.runs], found)
    for host, clock in zip(members.hosts, found, strict=True):
        host.clock = clock


def _stores(machines: Machines, stream: Stream, say: Report) -> list[Store]:
    """One store for each run."""
    stores = []
    for number, run in enumerate(machines.runs):
        share = number / len(machines.runs)
        name = run.parts[0].name

        def within(what: str, part: float, share: float = share, name: str = name) -> None:
            say(f"{name}: {what}", 0.4 + 0.5 * (share + part / len(machines.runs)))

        stores.append(build_store(stream.source(number, name), within))
    return stores


def together(names: Sequence[str]) -> str:
    """A name for several captures."""
    first = visible(names[0])
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"


def _read(paths: Sequence[str], say: Report, enough: Callable[[], bool]) -> list[Part]:
    parts: list[Part] = []
    names: dict[str, str] = {}
    for number, path in enumerate(paths):

        def unpacking(done: int, total: int, number: int = number, path: str = path) -> None:
            share = done / total if total else 0.0
            say(
                f"reading {visible(path)} ({number + 1} of {len(paths)})", 0.4 * (number + share) / len(paths)
            )

        unpacking(0, 0)
        part = read_part(open_source(path, progress=unpacking), path)
        same = names.setdefault(part.content_key, part.name)
        if same != part.name or any(one.content_key == part.content_key for one in parts):
            raise CaptureError(f"{part.name} holds the same as {same}; name each capture once")
        parts.append(part)
        if enough():
            break
    return parts


def _key(parts: Sequence[Part]) -> str:
    """A content key for captures that are opened together, whatever their order."""
    text = "\n".join(sorted(part.content_key for part in parts))
    return hashlib.sha256(text.encode()).hexdigest()


def _members(machines: Machines, stores: Sequence[Store]) -> Members:
    """Files and hosts; columns for events in the order of the runs."""
    hosts = [Host(name) for name in machines.names]
    files: list[Member] = []
    file_of, own = [], []
    for number, (run, store) in enumerate(zip(machines.runs, stores, strict=True)):
        host = hosts[run.host]
        host.machine = host.machine or store.machine
        host.interfaces = list(dict.fromkeys([*host.interfaces, *store.interfaces]))
        for name in ("users", "homes", "shells", "groups"):
            getattr(host.users, name).update(getattr(store.users, name))
        starts = np.searchsorted(store.columns.params_at, [join.offset for join in store.source.joins])
        bounds = [*starts.tolist(), len(store)]
        for place, part in enumerate(run.parts):
            first, stop = bounds[place], bounds[place + 1]
            file_of.append(np.full(stop - first, len(files), np.uint16))
            own.append(part.skipped + _own_numbers(store, first, stop))
            files.append(_member(part, run.host, number, stop - first))
    nothing: NDArray[np.int16] = np.zeros(0, np.int16)
    return Members(hosts, files, np.concatenate(file_of), np.concatenate(own), nothing, nothing)


def _own_numbers(store: Store, first: int, stop: int) -> NDArray[np.int64]:
    """The numbers that the events of one file have when it is opened alone.

    Containers at the start of a section share a number, but not those at the start of a file.
    """
    counted = np.diff(store.number[first:stop], prepend=0) > 0
    uncounted = np.flatnonzero(counted[1:])
    counted[: int(uncounted[0]) + 1 if len(uncounted) else len(counted)] = True
    return np.cumsum(counted).astype(np.int64)


def _member(part: Part, host: int, run: int, events: int) -> Member:
    return Member(
        name=part.name,
        path=part.path,
        host=host,
        run=run,
        content_key=part.content_key,
        events=events,
        start=part.first,
        end=part.last,
        size=part.size,
        packed_size=part.packed_size,
    )


def _add_losses(store: Store, parts: Sequence[Part], machines: Machines) -> None:
    """Put what the files lack themselves, and what lacks between them, to what was lost."""
    damage = [sentence for part in parts for sentence in part.damage]
    store.loss.damage[:] = [*damage, *store.loss.damage, *machines.losses]
    unknown = machines.losses or store.loss.lost_bytes < 0 or any(part.lost < 0 for part in parts)
    store.loss.lost_bytes = -1 if unknown else store.loss.lost_bytes + sum(part.lost for part in parts)
