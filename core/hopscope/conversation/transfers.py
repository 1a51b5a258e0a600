"""Which events move bytes or open connections, as columns.

A *transfer* is what one event sent or received on one descriptor. ``splice`` and ``sendfile`` between two
sockets or pipes are two transfers of one event. Failed calls are none, reads that met the end of a
stream are transfers of size 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.store.intervals import descriptor_key
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE, DescriptorTable

RECEIVE, SEND, CONNECT, ACCEPT = 0, 1, 2, 3

EINPROGRESS = -115
UNKNOWN_SIZE = -1

READS = ("read", "recv", "recvfrom", "recvmsg", "readv", "pread", "preadv")
WRITES = ("write", "send", "sendto", "sendmsg", "writev", "pwrite", "pwritev")
ACCEPTS = ("accept", "accept4")
CLOSINGS = ("close", "shutdown")

NO_FAMILY, TCP, UDP, UNIX, PIPE, EVENTFD, FILE = 0, 1, 2, 3, 4, 5, 6

STREAMS = (TCP, UNIX, PIPE, EVENTFD)
"""Families whose bytes keep their order; a unix socket may be a datagram socket all the same."""

_FAMILY = {"unix": UNIX, "pipe": PIPE, "event": EVENTFD, "file": FILE, "memfd": FILE}
_FAMILY_L4 = {"tcp": TCP, "udp": UDP, "icmp": UDP, "raw": UDP}


@dataclass(slots=True)
class Transfers:
    """Columns, one entry a transfer, ascending by ``row``.

    Attributes:
        row: int64, event row (of the exit).
        begin: int64, event row before which nothing of it can have happened: the enter, or where none is
            recorded the row after the thread's previous event.
        start: int64, event row at which it most likely began: the enter, or else the exit itself.
        direction: int8, RECEIVE, SEND, CONNECT or ACCEPT.
        size: int64, bytes moved, UNKNOWN_SIZE where the capture does not tell.
        descriptor: int32, row of the descriptor table, NONE.
        family: int8, TCP, UDP, UNIX, PIPE, EVENTFD, FILE or NO_FAMILY.
        thread: int32, life of the thread, NONE.
        process: int32, life of the main thread, NONE.
        inferred: bool, the descriptor is a guess from the thread's other calls.
    """

    row: Rows
    begin: Rows
    start: Rows
    direction: NDArray[np.int8]
    size: NDArray[np.int64]
    descriptor: NDArray[np.int32]
    family: NDArray[np.int8]
    thread: NDArray[np.int32]
    process: NDArray[np.int32]
    inferred: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.row)

    def of_row(self, row: int) -> list[int]:
        """Indexes of the transfers of an event row."""
        first, stop = np.searchsorted(self.row, (row, row + 1))
        return list(range(int(first), int(stop)))


def exit_codes(*names: str) -> tuple[int, ...]:
    """Exit codes of all versions of these calls."""
    return tuple(code for code in codes_named(*names) if EVENTS[code].is_exit)


def families(store: Store) -> NDArray[np.int8]:
    """The family of each row of the descriptor table."""
    table = store.descriptors
    codes: dict[tuple[str, str], int] = {}
    out = np.zeros(len(table), np.int8)
    for i, key in enumerate(zip(table.kind, table.l4, strict=True)):
        code = codes.get(key)
        if code is None:
            kind, l4 = key
            code = _FAMILY_L4.get(l4, TCP) if kind in ("ipv4", "ipv6") else _FAMILY.get(kind, NO_FAMILY)
            codes[key] = code
        out[i] = code
    _find_opened_pipes(table, out)
    return out


def _find_opened_pipes(table: DescriptorTable, family: NDArray[np.int8]) -> None:
    """Mark files that are pipes: opened by name, or by a path like /dev/stderr that leads to one."""
    names: dict[int, set[str]] = {}
    for i in np.flatnonzero((family == PIPE) & (table.ino > 0)).tolist():
        names.setdefault(int(table.ino[i]), set()).add(table.name[i])
    files = np.flatnonzero((family == FILE) & (table.ino > 0)) if names else np.zeros(0, np.int64)
    for i in files.tolist():
        same = names.get(int(table.ino[i]), ())
        if table.name[i] in same or (same and table.name[i].startswith(("/dev/std", "/dev/fd/", "/proc/"))):
            family[i] = PIPE


def gather(store: Store, family_of: NDArray[np.int8]) -> Transfers:
    """All transfers of the capture."""
    parts = [
        _moved(store, READS, RECEIVE),
        _moved(store, WRITES, SEND),
        _many(store, "recvmmsg", RECEIVE),
        _many(store, "sendmmsg", SEND),
        _opened(store),
        _sendfile(store),
        *_splice(store),
    ]
    row, direction, size, descriptor = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(row, kind="stable")
    row, direction, size, descriptor = row[order], direction[order], size[order], descriptor[order]
    family = _family_of_transfers(store, family_of, direction, descriptor)
    # The inner end of a sendfile is a message only where somebody else can have sent it.
    kept = ~((family == FILE) & (direction == RECEIVE) & np.isin(store.code[row], exit_codes("sendfile")))
    thread = store.thread[row]
    known_thread = thread >= 0
    table = store.threads
    life = np.where(known_thread, table.life[thread] if len(table) else NONE, NONE).astype(np.int32)
    process = np.where(known_thread, table.process[thread] if len(table) else NONE, NONE).astype(np.int32)
    transfers = Transfers(
        row=row,
        begin=_begins(store, row),
        start=_starts(store, row),
        direction=direction,
        size=size,
        descriptor=descriptor,
        family=family,
        thread=life,
        process=process,
        inferred=np.zeros(len(row), np.bool_),
    )
    for column in fields(transfers):
        setattr(transfers, column.name, getattr(transfers, column.name)[kept])
    return transfers


def _family_of_transfers(
    store: Store, family_of: NDArray[np.int8], direction: NDArray[np.int8], descriptor: NDArray[np.int32]
) -> NDArray[np.int8]:
    """The family of each transfer.

    Lists of descriptors call some datagram sockets TCP (``<6t>:::53``). What moves bytes without having a
    peer is one.
    """
    family = np.zeros(len(descriptor), np.int8)
    if not len(family_of):
        return family
    known = descriptor >= 0
    family[known] = family_of[descriptor[known]]
    moves = known & (direction <= SEND) & (family == TCP)
    family[moves & without_peer(store)[descriptor]] = UDP
    return family


def without_peer(store: Store) -> NDArray[np.bool_]:
    """For each row of the descriptor table, whether no other end is known."""
    return np.array([client is None for client in store.descriptors.client], np.bool_)


Part = tuple[Rows, NDArray[np.int8], NDArray[np.int64], NDArray[np.int32]]


def _part(rows: Rows, direction: int, size: NDArray[np.int64], descriptor: NDArray[np.int32]) -> Part:
    return (
        rows.astype(np.int64),
        np.full(len(rows), direction, np.int8),
        size.astype(np.int64),
        descriptor.astype(np.int32),
    )


def _moved(store: Store, names: tuple[str, ...], direction: int) -> Part:
    rows = store.rows_of_codes(exit_codes(*names))
    rows = rows[store.result[rows] >= 0]
    return _part(rows, direction, store.result[rows], store.descriptor[rows])


def _many(store: Store, name: str, direction: int) -> Part:
    """recvmmsg and sendmmsg: their result counts messages, the bytes are in ``size`` where it is stored."""
    codes = exit_codes(name)
    rows = store.rows_of_codes(codes)
    size = np.full(len(rows), UNKNOWN_SIZE, np.int64)
    for code in codes:
        found, values = store.fixed_param(code, "size")
        size[np.searchsorted(rows, found)] = values
    usable = (store.nparams[rows] == 0) | (store.result[rows] >= 0)
    return _part(rows[usable], direction, size[usable], store.descriptor[rows[usable]])


def _opened(store: Store) -> Part:
    connects = store.rows_of_codes(exit_codes("connect"))
    result = store.result[connects]
    connects = connects[(result == 0) | (result == EINPROGRESS)]
    accepts = store.rows_of_codes(exit_codes(*ACCEPTS))
    accepts = accepts[store.result[accepts] >= 0]
    rows = np.concatenate([connects, accepts])
    direction = np.repeat([CONNECT, ACCEPT], [len(connects), len(accepts)]).astype(np.int8)
    part = _part(rows, CONNECT, np.zeros(len(rows), np.int64), store.descriptor[rows])
    return part[0], direction, part[2], part[3]


def _sendfile(store: Store) -> Part:
    """What sendfile read, where that is a socket or pipe; what it wrote is the event's own descriptor."""
    codes = exit_codes("sendfile")
    rows = store.rows_of_codes(codes)
    rows = rows[store.result[rows] >= 0]
    out = descriptors_of(store, rows, "out_fd")
    inner = descriptors_of(store, rows, "in_fd")
    known = inner >= 0
    both = np.concatenate([rows, rows[known]])
    part = _part(both, SEND, store.result[both], np.concatenate([out, inner[known]]))
    part[1][len(rows) :] = RECEIVE
    return part


def _splice(store: Store) -> tuple[Part, Part]:
    rows = store.rows_of_codes(exit_codes("splice"))
    rows = rows[store.result[rows] > 0]
    moved = store.result[rows]
    return (
        _part(rows, RECEIVE, moved, descriptors_of(store, rows, "fd_in")),
        _part(rows, SEND, moved, descriptors_of(store, rows, "fd_out")),
    )


def descriptors_of(store: Store, rows: Rows, name: str) -> NDArray[np.int32]:
    """The descriptor that a parameter of the exit, or of its enter, names."""
    fd = parameter_of(store, rows, name)
    thread = store.thread[rows]
    usable = (thread >= 0) & (fd >= 0)
    out = np.full(len(rows), NONE, np.int32)
    key = descriptor_key(store.threads.table[thread[usable]], fd[usable])
    out[usable] = store.descriptor_index.find(key, rows[usable])
    return out


def parameter_of(store: Store, rows: Rows, name: str) -> NDArray[np.int64]:
    """A parameter of fixed width of the exit, or else of its enter; NONE where neither stores it."""
    told = np.full(len(rows), NONE, np.int64)
    for places in (store.twin[rows].astype(np.int64), rows):
        for code in np.unique(store.code[places[places >= 0]]).tolist():
            found, values = store.fixed_param(code, name)
            if len(found):
                at = np.minimum(np.searchsorted(found, places), len(found) - 1)
                told = np.where(found[at] == places, values[at], told)
    return told


def _starts(store: Store, rows: Rows) -> Rows:
    twin = store.twin[rows].astype(np.int64)
    return np.where((twin >= 0) & (twin < rows), twin, rows)


def _begins(store: Store, rows: Rows) -> Rows:
    begin = _starts(store, rows)
    alone = np.flatnonzero(begin == rows)
    if len(alone):
        order = np.argsort(store.tid_key, kind="stable")
        tids = store.tid_key[order]
        previous = np.full(len(store), NONE, np.int64)
        same = tids[1:] == tids[:-1]
        previous[order[1:][same]] = order[:-1][same]
        begin[alone] = previous[rows[alone]] + 1
    return begin
