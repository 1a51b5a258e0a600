"""The contents of a file, put together from all that was read and written of it, with the gaps left."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from hopscope.conversation.file_accesses import FILE_KINDS, MAPPED, Access, OpenFile, opens_of
from hopscope.conversation.places import container_at
from hopscope.conversation.streams import Streams, streams_of
from hopscope.errors import UsageError
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE, Container

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a file that lie together.

    Attributes:
        start, stop: offsets.
        data: None where the capture does not hold them.
    """

    start: int
    stop: int
    data: bytes | None


@dataclass(frozen=True)
class FileContents:
    """One file, as everybody who had it open together shows it.

    Attributes:
        store: the events.
        path: of the file.
        container: row of the container table, which has one for each machine itself too.
        dev, ino: numbers of the file, 0 unknown.
        opens: how it was opened, in order of time.
        placed: whether the offsets are known; else they count the bytes moved since the open was first seen.
    """

    store: Store
    path: str
    container: int
    dev: int
    ino: int
    opens: tuple[OpenFile, ...]
    placed: bool = True

    @property
    def in_container(self) -> Container | None:
        """The container, None for a machine itself."""
        return container_at(self.store, self.container)

    @cached_property
    def accesses(self) -> list[tuple[OpenFile, Access]]:
        """All that moved or mapped bytes, in order of time."""
        found = [
            (one, access)
            for one in self.opens
            for access in one.accesses
            if access.placed == self.placed or (access.kind == MAPPED and self.placed)
        ]
        return sorted(found, key=lambda pair: pair[1].row)

    @cached_property
    def size(self) -> int:
        """Offset behind the last byte that anybody moved."""
        return max((access.offset + access.size for _, access in self._moved), default=0)

    @property
    def ends(self) -> bool:
        """Whether a read met the end there, so that there is nothing behind it."""
        return any(one.ends_at >= 0 and one.ends_at == self.size for one in self.opens)

    @cached_property
    def known(self) -> int:
        """Bytes that the capture holds."""
        return sum(stop - start for start, stop, _ in self._cover())

    @cached_property
    def _moved(self) -> list[tuple[OpenFile, Access]]:
        """What moved bytes since the file was last emptied."""
        emptied = max((one.opened for one in self.opens if one.truncated), default=NONE)
        return [pair for pair in self.accesses if pair[1].kind != MAPPED and pair[1].row > emptied]

    def stretches(self) -> Iterator[Stretch]:
        """The contents in order of offsets, gaps included; what was moved last counts."""
        at = 0
        for start, stop, data_at in self._cover():
            if start > at:
                yield Stretch(at, start, None)
            yield Stretch(start, stop, self.store.data[data_at : data_at + stop - start].tobytes())
            at = stop
        if at < self.size:
            yield Stretch(at, self.size, None)

    def _cover(self) -> list[tuple[int, int, int]]:
        """Recorded bytes as ``(start, stop, place in store.data)``, ascending and apart from each other."""
        starts: list[int] = []
        stops: list[int] = []
        places: list[int] = []
        for _, access in reversed(self._moved):
            start, stop = access.offset, access.offset + access.recorded
            # What was moved later is there already; only what it left open is filled in.
            i = bisect_right(stops, start)
            j = bisect_left(starts, stop)
            holes: list[tuple[int, int]] = []
            at = start
            for k in range(i, j):
                if starts[k] > at:
                    holes.append((at, starts[k]))
                at = max(at, stops[k])
            if at < stop:
                holes.append((at, stop))
            for low, high in holes:
                place = bisect_left(starts, low)
                starts.insert(place, low)
                stops.insert(place, high)
                places.insert(place, access.data_at + low - start)
        return list(zip(starts, stops, places, strict=True))

    def read(self, most: int) -> tuple[bytes, bool]:
        """The first bytes up to the first gap, and whether these are all of the contents."""
        out = bytearray()
        for one in self.stretches():
            if one.data is None or len(out) >= most:
                return bytes(out[:most]), False
            out += one.data
        return bytes(out[:most]), len(out) <= most


def file_contents(store: Store, path: str, until: int | None = None) -> list[FileContents]:
    """The files with a path, one for each container and inode, those that were used first coming first.

    Bytes at offsets that are not known come as contents of their own, by open.

    Args:
        store: the events.
        path: full path, or its last parts where that leads to one file.
        until: event row; what comes later does not count. Where it is an event on this file, or of a
            container that uses it, only that file counts.

    Raises:
        UsageError: no file of that name, nothing of it is known, or the name is short for several.
    """
    streams = streams_of(store)
    path = resolve(store, path)
    opens = opens_of(streams, path, until)
    groups: dict[tuple[int, int, int], list[OpenFile]] = {}
    for one in opens:
        groups.setdefault((one.container, one.dev, one.ino), []).append(one)
    if until is not None:
        groups = _chosen(streams, groups, until)
    found: list[FileContents] = []
    for (container, dev, ino), members in groups.items():
        if any(access.placed for one in members for access in one.accesses) or not _unplaced(members):
            found.append(FileContents(store, path, container, dev, ino, tuple(members)))
        found.extend(
            FileContents(store, path, container, dev, ino, (one,), False) for one in _unplaced(members)
        )
    if not found:
        number = int(store.number[until]) if until is not None else 0
        raise UsageError(f"{path} was not open yet at event {number}")
    return found


def file_used(store: Store, rows: Rows) -> FileContents | None:
    """The file that the first of these events to use one is about; None where none does."""
    table = store.descriptors
    files = np.array([kind in FILE_KINDS for kind in table.kind] + [False], np.bool_)
    used = rows[files[store.descriptor[rows]]]
    if not len(used):
        return None
    row = int(used[0])
    descriptor = int(store.descriptor[row])
    root = int(streams_of(store).endpoints.roots[table.life[descriptor]])
    found = file_contents(store, table.name[descriptor])
    return next((one for one in found if any(opened.root == root for opened in one.opens)), None)


def _unplaced(members: list[OpenFile]) -> list[OpenFile]:
    return [one for one in members if any(not access.placed for access in one.accesses)]


def _chosen(
    streams: Streams, groups: dict[tuple[int, int, int], list[OpenFile]], row: int
) -> dict[tuple[int, int, int], list[OpenFile]]:
    """The file that an event uses; else those of its container; else all."""
    for key, members in groups.items():
        if any(one.opened == row or any(access.row == row for access in one.accesses) for one in members):
            return {key: members}
    thread = int(streams.store.thread[row])
    container = int(streams.store.threads.container[thread]) if thread != NONE else 0
    own = {key: members for key, members in groups.items() if key[0] == container}
    return own or groups


def resolve(store: Store, path: str) -> str:
    """The full path that a name stands for. Raises UsageError where there is none, or more than one."""
    table = store.descriptors
    names = {name for name, kind in zip(table.name, table.kind, strict=True) if kind in FILE_KINDS and name}
    if path in names:
        return path
    longer = sorted(name for name in names if path and name.endswith("/" + path.lstrip("/")))
    if len(longer) == 1:
        return longer[0]
    if longer:
        shown = ", ".join(longer[:MOST_NAMED]) + (" …" if len(longer) > MOST_NAMED else "")
        raise UsageError(f"{path} is short for {len(longer)} files: {shown}")
    close = get_close_matches(path, sorted(names)[:100_000], MOST_NAMED, 0.7)
    meant = f"; is it {' or '.join(close)}?" if close else ""
    raise UsageError(f"nobody had a file {path} open in this capture{meant}")
