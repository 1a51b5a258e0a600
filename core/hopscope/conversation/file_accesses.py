"""Who read and wrote which bytes of a file, and when: offsets followed from the open of each descriptor.

All copies of a descriptor (dup, fork) share one offset. It begins at 0 where the open is in the capture, and
is otherwise not known until the first ``lseek``; ``pread`` and ``pwrite`` carry their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import descriptors_of, exit_codes
from hopscope.decode.event_table import EVENTS
from hopscope.store.store import NO_RESULT, Store
from hopscope.store.tables import NONE

READ, WRITE, MAPPED, SEEK = "read", "write", "map", "seek"

READS = exit_codes("read", "readv")
WRITES = exit_codes("write", "writev")
READS_AT = exit_codes("pread", "preadv")
WRITES_AT = exit_codes("pwrite", "pwritev")
SEEKS = exit_codes("lseek", "llseek")
MAPS = exit_codes("mmap", "mmap2")
SENDFILE = exit_codes("sendfile")
SPLICE = exit_codes("splice")
COPY = exit_codes("copy_file_range")

PASSING: dict[int, tuple[str, str]] = {
    **dict.fromkeys(SENDFILE, ("in_fd", "out_fd")),
    **dict.fromkeys(SPLICE, ("fd_in", "fd_out")),
    **dict.fromkeys(COPY, ("fdin", "fdout")),
}
"""Calls that move bytes from one descriptor to another, and the parameters that name the two."""

DESCRIPTORS = frozenset(name for names in PASSING.values() for name in names)
OWN_OFFSETS = {"in_fd": "offset", "fdin": "offin", "fdout": "offout"}
"""Parameters with an offset that leaves that of the descriptor alone; captures show 0 for none."""

O_APPEND, O_TRUNC = 8, 256
"""Flags of opens in the capture's own numbering."""

LARGEST_OFFSET = 1 << 62

_DEVICE = re.compile(r"/dev/(?!shm/|mqueue/|hugepages)|pipe:")
"""Names of what has no contents to point into: terminals, pipes, /dev/null."""

FILE_KINDS = ("file", "memfd")
"""Kinds of descriptor that have contents."""


@dataclass(frozen=True, slots=True)
class Access:
    """One call that read or wrote bytes of a file.

    Attributes:
        row: event row of its exit.
        kind: READ or WRITE, MAPPED for a mapping into memory, whose use is not recorded.
        offset: of its first byte in the file; in the bytes moved since the open where ``placed`` is False.
        size: bytes it moved.
        data_at, recorded: where in ``store.data`` the recorded bytes begin, and how many there are.
        placed: whether the offset is known.
    """

    row: int
    kind: str
    offset: int
    size: int
    data_at: int = 0
    recorded: int = 0
    placed: bool = True


@dataclass(slots=True)
class OpenFile:
    """A file as it was opened once.

    Attributes:
        root: life of the descriptor that the open made, from which all its copies come.
        path: as the descriptor names it.
        opened: event row of the open, NONE where it was open before the capture began.
        row: event row that stands for it: the open or the first use.
        container: row of the container table of who opened it.
        dev, ino: numbers of the file, 0 where the capture does not tell.
        truncated: whether the open emptied the file.
        accesses: in order of time.
        ends_at: smallest offset at which a read met the end of the file, -1.
    """

    root: int
    path: str
    opened: int
    row: int
    container: int
    dev: int
    ino: int
    truncated: bool
    accesses: list[Access] = field(default_factory=list)
    ends_at: int = -1


def opens_of(streams: Streams, path: str, until: int | None = None) -> list[OpenFile]:
    """The opens of the file with a path, in order of time.

    Args:
        streams: of the capture.
        path: the name of its descriptors, exactly.
        until: event row; later events do not count.
    """
    table = streams.store.descriptors
    named = [i for i, name in enumerate(table.name) if name == path and table.kind[i] in FILE_KINDS]
    if not named:
        return []
    roots = np.unique(streams.endpoints.roots[table.life[named]])
    copies = _Copies(streams, roots)
    found = [_open_file(streams, copies, place, path, until) for place in range(len(roots))]
    return sorted((one for one in found if one is not None), key=lambda one: one.row)


class _Copies:
    """All that leads to some opens: states of their descriptors, and the events that use them.

    Attributes:
        roots: the opens, by the life of the descriptor that each began with, ascending.
    """

    def __init__(self, streams: Streams, roots: Indexes) -> None:
        store, root_of = streams.store, streams.endpoints.roots
        self._store = store
        self.roots: list[int] = roots.tolist()
        self._lives = _Groups(root_of, roots)
        self._states = _Groups(root_of[store.descriptors.life], roots)
        self._rows, states = _also_used(store)
        self._also = _Groups(root_of[store.descriptors.life[states]], roots)

    def states(self, place: int) -> Indexes:
        """Rows of the descriptor table."""
        return self._states.of(place)

    def rows(self, place: int) -> Indexes:
        """Event rows, ascending."""
        used = [self._store.rows_of_descriptor_life(life) for life in self._lives.of(place).tolist()]
        used.append(self._rows[self._also.of(place)])
        used = [rows for rows in used if len(rows)]
        found: Indexes = np.unique(np.concatenate(used)) if used else np.zeros(0, np.int64)
        return found


class _Groups:
    """Indexes of an array by its values, for some of these in ascending order."""

    def __init__(self, values: Indexes, wanted: Indexes) -> None:
        self._order = np.argsort(values, kind="stable")
        ordered = values[self._order]
        self._first: list[int] = ordered.searchsorted(wanted).tolist()
        self._stop: list[int] = ordered.searchsorted(wanted, side="right").tolist()

    def of(self, place: int) -> Indexes:
        """The indexes of one of the values, ascending."""
        return self._order[self._first[place] : self._stop[place]]


def _open_file(
    streams: Streams, copies: _Copies, place: int, path: str, until: int | None
) -> OpenFile | None:
    store, table = streams.store, streams.store.descriptors
    states, rows = copies.states(place), copies.rows(place)
    opened = int(table.opened[states[0]])
    if until is not None:
        rows = rows[rows <= until]
        if opened > until or (opened == NONE and not len(rows)):
            return None
    row = opened if opened != NONE else int(rows[0]) if len(rows) else NONE
    thread = int(store.thread[row]) if row >= 0 else NONE
    flags = int(table.open_flags[states[0]])
    device = _DEVICE.match(path) is not None
    out = OpenFile(
        root=copies.roots[place],
        path=path,
        opened=opened,
        row=row,
        container=int(store.threads.container[thread]) if thread >= 0 else 0,
        dev=int(table.dev[states].max()),
        ino=int(table.ino[states].max()),
        truncated=opened != NONE and bool(flags & O_TRUNC) and not device,
    )
    now = _Place(out, None if device or opened == NONE else 0, bool(flags & O_APPEND) or device)
    for access in _uses(store, rows, states):
        now.follow(access)
    return out


class _Place:
    """The offset of a descriptor while its calls are followed.

    Args:
        file: whose accesses are filled in.
        offset: None where it is not known.
        appends: whether writes go to the end of the file, wherever that is.
    """

    def __init__(self, file: OpenFile, offset: int | None, appends: bool) -> None:
        self.file = file
        self.offset = offset
        self.appends = appends
        self.moved = 0
        self.end = 0 if file.truncated else None

    def follow(self, use: _Use) -> None:
        """One call."""
        if use.kind == SEEK:
            self.offset = use.position
            return
        if use.kind == MAPPED:
            self.file.accesses.append(Access(use.row, MAPPED, max(0, use.position), use.size))
            return
        at = self._where(use)
        placed = at is not None
        offset = self.moved if at is None else at
        if use.kind == READ and use.size == 0:
            if placed and (self.file.ends_at < 0 or offset < self.file.ends_at):
                self.file.ends_at = offset
            return
        self.file.accesses.append(
            Access(use.row, use.kind, offset, use.size, use.data_at, min(use.recorded, use.size), placed)
        )
        if use.position < 0:
            self.moved += use.size
            if at is not None:
                self.offset = at + use.size
        if placed and self.end is not None:
            self.end = max(self.end, offset + use.size)

    def _where(self, use: _Use) -> int | None:
        if 0 <= use.position < LARGEST_OFFSET:
            return use.position
        if use.kind == WRITE and self.appends:
            return self.end
        return self.offset if self.offset is None or self.offset < LARGEST_OFFSET else None


@dataclass(frozen=True, slots=True)
class _Use:
    """A call on a file: ``position`` is its own offset or, of a seek, the new one; NONE without."""

    row: int
    kind: str
    size: int
    position: int = NONE
    data_at: int = 0
    recorded: int = 0


def _uses(store: Store, rows: Indexes, states: Indexes) -> Iterator[_Use]:
    """The successful calls among these event rows that move bytes, map them, or set the offset."""
    own_states = set(states.tolist())
    for row in rows.tolist():
        code, result = int(store.code[row]), int(store.result[row])
        if code in MAPS:
            if result == NO_RESULT or result < -4095 or result >= 0:
                yield _Use(row, MAPPED, _number(store, row, "length"), _number(store, row, "offset"))
        elif result == NO_RESULT or result < 0:
            continue
        elif code in SEEKS:
            yield _Use(row, SEEK, 0, result)
        elif code in PASSING:
            yield from _passed_on(store, row, code, result, own_states)
        else:
            kind = READ if code in READS or code in READS_AT else WRITE
            if code in READS + READS_AT + WRITES + WRITES_AT:
                own = _number(store, row, "pos") if code in READS_AT + WRITES_AT else NONE
                data_at, recorded = _recorded(store, row)
                yield _Use(row, kind, result, own, data_at, recorded)


def _passed_on(store: Store, row: int, code: int, size: int, states: set[int]) -> Iterator[_Use]:
    """What was moved from the file to another descriptor, or to it; that is never recorded."""
    thread = int(store.thread[row])
    for name, kind in zip(PASSING[code], (READ, WRITE), strict=True):
        if store.descriptor_at(thread, _number(store, row, name), row) in states:
            own = _number(store, row, OWN_OFFSETS[name]) if name in OWN_OFFSETS else NONE
            yield _Use(row, kind, size, own if own > 0 else NONE)


def _also_used(store: Store) -> tuple[Indexes, Indexes]:
    """Event rows that name a descriptor in a parameter beside the usual one, and its row of the table."""
    rows, states = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    named = [(code, name) for code, names in PASSING.items() for name in names]
    for codes, name in (*(((code,), name) for code, name in named), (MAPS, "fd")):
        found = store.rows_of_codes(codes)
        if len(found):
            state = descriptors_of(store, found, name)
            rows.append(found[state >= 0])
            states.append(state[state >= 0].astype(np.int64))
    return np.concatenate(rows), np.concatenate(states)


def _number(store: Store, row: int, name: str) -> int:
    """An integer parameter of an exit or its enter, NONE without it."""
    for place in (row, int(store.twin[row])):
        raw = store.raw_param(place, name) if place >= 0 else None
        if raw:
            signed = name in DESCRIPTORS
            return int.from_bytes(raw, "little", signed=signed)
    return NONE


def _recorded(store: Store, row: int) -> tuple[int, int]:
    """Where the recorded bytes of an event begin, and how many there are."""
    index = EVENTS[int(store.code[row])].param_index.get("data")
    if index is None or index >= store.nparams[row]:
        return 0, 0
    start, stop = store.columns.param_bounds(row)[index]
    return start, stop - start
