"""Live descriptors during the replay, and the log of the states they went through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.addresses import Endpoint

Ints = NDArray[np.int64]

FOREVER = (1 << 63) - 1
"""``stop`` of a state that still holds."""

CLIENT = 1
SERVER = 2


class Shape(NamedTuple):
    """What a descriptor is. Copies made by dup and fork share it.

    Attributes named as in :class:`hopscope.store.tables.DescriptorTable`.
    """

    kind: str
    typechar: str
    name: str = ""
    l4: str = ""
    role: int = 0
    listening: bool = False
    connected: bool = False
    local_is_client: int = -1
    client: Endpoint | None = None
    server: Endpoint | None = None
    source: int = 0
    peer: int = 0
    ino: int = 0
    dev: int = 0
    open_flags: int = 0


@dataclass(slots=True)
class Descriptor:
    """An open descriptor as it is at the moment the replay has come to.

    Attributes:
        life: number of this life.
        origin: life it was copied from, -1 none.
        first: event row from which the current shape holds.
        opened: event row that opened it, -1 before the capture.
        opener: life of the thread that opened it, -1 unknown.
        shape: what it is.
        row: place of the current state in the log where it was written down while it still held, else -1.
    """

    life: int
    origin: int
    first: int
    opened: int
    opener: int
    shape: Shape
    row: int = -1


class Files:
    """One descriptor table: numbers to descriptors. Threads that share it hold the same object."""

    __slots__ = ("entries", "number", "process")

    def __init__(self, number: int, process: int) -> None:
        self.number = number
        self.process = process
        self.entries: dict[int, Descriptor] = {}


DESCRIPTOR_FIELDS = (
    "fd", "table", "life", "origin", "process", "first", "stop", "opened", "opener", "shape",
)  # fmt: skip
"""What each row of the log holds, in this order."""

DescriptorRow = tuple[int, int, int, int, int, int, int, int, int, Shape]


@dataclass(slots=True)
class DescriptorBlock:
    """States that were written down together, as columns named as in :data:`DESCRIPTOR_FIELDS`.

    Attributes:
        shape: columns named as in :class:`Shape`.
        closed_life, closed_at: lives that ended, and the event row of the close.
    """

    fd: Ints
    table: Ints
    life: Ints
    origin: Ints
    process: Ints
    first: Ints
    stop: Ints
    opened: Ints
    opener: Ints
    shape: dict[str, NDArray[Any]]
    closed_life: Ints
    closed_at: Ints


@dataclass(slots=True)
class WrittenDescriptors:
    """What was written down since the log was last emptied.

    Attributes:
        blocks: states that were written down before ``rows``, in order.
        rows: states; ``stop`` is FOREVER for those that still hold.
        ended: ``(place in the log, stop)`` of states that were written down earlier, while they held.
        closed: event row of the close by life.
        numbered: lives from ``fresh`` on in the order in which they began; all that is written down here
            knows them by another number, by which this gives the right one. None where there is no other.
        fresh: the first life of the stretch.
    """

    blocks: list[DescriptorBlock | list[DescriptorRow]] = field(default_factory=list)
    rows: list[DescriptorRow] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)
    closed: dict[int, int] = field(default_factory=dict)
    numbered: Ints | None = None
    fresh: int = 0

    def number(self, lives: Any) -> Ints:
        """The right numbers of lives, -1 for none."""
        known = np.array(lives, np.int64)
        if self.numbered is None:
            return known
        fresh = known >= self.fresh
        known[fresh] = self.numbered[known[fresh] - self.fresh]
        return known


class DescriptorLog:
    """States of descriptors, one row each, and when each life ended.

    A state is written down when it ends, or by :meth:`settle` while it still holds. Lives are numbered in the
    order in which they begin, also where some are written down before others that began earlier.
    """

    def __init__(self) -> None:
        self.lives = 0
        self.tables = 0
        self._written = WrittenDescriptors()
        self._count = 0
        self._fresh: dict[int, Files] = {}
        self._now = -1
        self._begun: list[int] = []  # event row of each life of the stretch

    def new_files(self, process: int) -> Files:
        """An empty table that belongs to a process."""
        self.tables += 1
        return Files(self.tables - 1, process)

    def _write(self, files: Files, fd: int, entry: Descriptor, stop: int) -> None:
        if stop <= entry.first:
            return
        if entry.row >= 0:
            self._written.ended.append((entry.row, stop))
            entry.row = -1
            return
        self._written.rows.append((
            fd, files.number, entry.life, entry.origin, files.process, entry.first, stop, entry.opened,
            entry.opener, entry.shape,
        ))  # fmt: skip
        self._count += 1

    def open(
        self, files: Files, fd: int, shape: Shape, row: int, *, opener: int = -1, opened: int | None = None,
        origin: int = -1,
    ) -> Descriptor:  # fmt: skip
        """Put a descriptor into a table; one that has the number is taken as closed just before."""
        self.displace(files, fd, row)
        entry = Descriptor(self.lives, origin, row, row if opened is None else opened, opener, shape)
        self._begin(row, 1)
        self.put(files, fd, entry)
        return entry

    def displace(self, files: Files, fd: int, row: int) -> None:
        """A number is opened: whatever had it was closed just before. It stays in the table until then."""
        old = files.entries.get(fd)
        if old is not None:
            self._write(files, fd, old, row)
            self._written.closed.setdefault(old.life, row)

    def _begin(self, row: int, count: int) -> None:
        """So many lives begin at an event; what is listed with an earlier row begins where it is met."""
        self._now = max(self._now, row)
        self._begun.extend([self._now] * count)
        self.lives += count

    def new_lives(self, rows: list[int]) -> int:
        """Numbers for lives that begin at event rows that are still to be replayed; the first of them."""
        self._begun.extend(rows)
        self.lives += len(rows)
        return self.lives - len(rows)

    def add(self, block: DescriptorBlock) -> None:
        """Write down states that have ended, of lives from :meth:`new_lives`."""
        written = self._written
        if written.rows:
            written.blocks.append(written.rows)
            written.rows = []
        written.blocks.append(block)
        self._count += len(block.fd)

    def put(self, files: Files, fd: int, entry: Descriptor) -> None:
        """A descriptor of a new life has a number that nothing has, or that was displaced."""
        files.entries[fd] = entry
        self._fresh[files.number] = files

    def reshape(self, files: Files, fd: int, entry: Descriptor, row: int, **changes: Any) -> None:
        """Give a descriptor another shape from an event row on."""
        self._write(files, fd, entry, row)
        entry.shape = entry.shape._replace(**changes)
        entry.first = row
        self._fresh[files.number] = files

    def close(self, files: Files, fd: int, row: int) -> None:
        """Close a number; the closing event itself still sees the descriptor."""
        entry = files.entries.pop(fd, None)
        if entry is not None:
            self._write(files, fd, entry, row + 1)
            self._written.closed[entry.life] = row

    def drop(self, files: Files, fd: int, row: int) -> None:
        """A number is not open any more at an event row, and nobody saw it being closed."""
        entry = files.entries.pop(fd, None)
        if entry is not None:
            self._write(files, fd, entry, row)

    def copy_all(self, source: Files, target: Files, row: int) -> None:
        """Fork: every descriptor of one table into another, as a new life each."""
        life = self.lives
        for fd, entry in source.entries.items():
            target.entries[fd] = Descriptor(life, entry.life, row, entry.opened, entry.opener, entry.shape)
            life += 1
        self._begin(row, life - self.lives)
        self._fresh[target.number] = target

    def settle(self) -> None:
        """Write down all states that still hold."""
        for files in self._fresh.values():
            for fd, entry in files.entries.items():
                if entry.row < 0:
                    row = self._count
                    self._write(files, fd, entry, FOREVER)
                    entry.row = row
        self._number()
        self._fresh = {}

    def _number(self) -> None:
        """Number the lives of the stretch in the order in which they began."""
        begun = np.array(self._begun, np.int64)
        self._begun = []
        if (begun[1:] >= begun[:-1]).all():
            return
        written = self._written
        written.fresh = fresh = self.lives - len(begun)
        written.numbered = np.empty(len(begun), np.int64)
        written.numbered[np.argsort(begun, kind="stable")] = np.arange(fresh, self.lives)
        numbered = written.numbered.tolist()
        for files in self._fresh.values():
            for entry in files.entries.values():
                if entry.life >= fresh:
                    entry.life = numbered[entry.life - fresh]
                    if entry.origin >= fresh:
                        entry.origin = numbered[entry.origin - fresh]

    def take(self) -> WrittenDescriptors:
        """What was written down since the last time."""
        written, self._written = self._written, WrittenDescriptors()
        return written

    def end(self, files: Files, stop: int) -> None:
        """Write down everything still open in a table as true up to ``stop``."""
        for fd, entry in files.entries.items():
            self._write(files, fd, entry, stop)
        files.entries = {}
