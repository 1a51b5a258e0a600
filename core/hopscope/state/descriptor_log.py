"""Live descriptors during the replay, and the log of the states they went through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from hopscope.decode.addresses import Endpoint

CLIENT = 1
SERVER = 2


@dataclass(frozen=True, slots=True)
class Shape:
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
    """

    life: int
    origin: int
    first: int
    opened: int
    opener: int
    shape: Shape


class Files:
    """One descriptor table: numbers to descriptors. Threads that share it hold the same object."""

    __slots__ = ("entries", "number", "process")

    def __init__(self, number: int, process: int) -> None:
        self.number = number
        self.process = process
        self.entries: dict[int, Descriptor] = {}


class DescriptorRow(NamedTuple):
    """One closed state."""

    fd: int
    table: int
    life: int
    origin: int
    process: int
    first: int
    stop: int
    opened: int
    opener: int
    shape: Shape


class DescriptorLog:
    """Closed states of descriptors, one row each, and when each life ended."""

    def __init__(self) -> None:
        self.rows: list[DescriptorRow] = []
        self.closed: dict[int, int] = {}
        self.lives = 0
        self.tables = 0

    def new_files(self, process: int) -> Files:
        """An empty table that belongs to a process."""
        self.tables += 1
        return Files(self.tables - 1, process)

    def _write(self, files: Files, fd: int, entry: Descriptor, stop: int) -> None:
        if stop > entry.first:
            self.rows.append(
                DescriptorRow(
                    fd, files.number, entry.life, entry.origin, files.process, entry.first, stop,
                    entry.opened, entry.opener, entry.shape,
                )
            )  # fmt: skip

    def open(
        self, files: Files, fd: int, shape: Shape, row: int, *, opener: int = -1, opened: int | None = None,
        origin: int = -1,
    ) -> Descriptor:  # fmt: skip
        """Put a descriptor into a table; one that has the number is taken as closed just before."""
        old = files.entries.get(fd)
        if old is not None:
            self._write(files, fd, old, row)
            self.closed.setdefault(old.life, row)
        entry = Descriptor(self.lives, origin, row, row if opened is None else opened, opener, shape)
        self.lives += 1
        files.entries[fd] = entry
        return entry

    def reshape(self, files: Files, fd: int, entry: Descriptor, row: int, **changes: object) -> None:
        """Give a descriptor another shape from an event row on."""
        self._write(files, fd, entry, row)
        entry.shape = replace(entry.shape, **changes)  # type: ignore[arg-type]
        entry.first = row

    def close(self, files: Files, fd: int, row: int) -> None:
        """Close a number; the closing event itself still sees the descriptor."""
        entry = files.entries.pop(fd, None)
        if entry is not None:
            self._write(files, fd, entry, row + 1)
            self.closed[entry.life] = row

    def copy_all(self, source: Files, target: Files, row: int) -> None:
        """Fork: every descriptor of one table into another, as a new life each."""
        life = self.lives
        for fd, entry in source.entries.items():
            target.entries[fd] = Descriptor(life, entry.life, row, entry.opened, entry.opener, entry.shape)
            life += 1
        self.lives = life

    def end(self, files: Files, stop: int) -> None:
        """Write down everything still open in a table as true up to ``stop``."""
        for fd, entry in files.entries.items():
            self._write(files, fd, entry, stop)
        files.entries = {}
