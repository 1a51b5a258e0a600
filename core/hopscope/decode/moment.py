"""What the numbers in an event's arguments stand for, at the moment of that event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from weakref import ref

from .dialect import Dialect
from .paths import dotted, stripped
from .store_view import StoreView
from .syslog import SOCKET
from .values import decode_fd_list

UNKNOWN_NAME = "<NA>"
"""What the reference prints for a user, group or program that nobody introduced."""

_L4_LETTERS = {"tcp": "t", "udp": "u", "icmp": "i", "raw": "r"}

_NOBODY = (0, 0, None)
_ALWAYS = 1 << 62
_NEVER = (-1, _ALWAYS, None)
_MOST_POLLED = 1 << 23
"""Bytes that are kept of lists of polled descriptors; beyond that they are forgotten and made again."""

_ENTRY = 256
"""About the bytes that one more entry of a dict takes."""

_ALL_BITS = 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF


class Moments:
    """Look-ups into one store, remembered for as long as their answer holds.

    Events are mostly rendered in order, and most neighbours ask for the same few threads and
    descriptors: an answer is kept with the event rows between which it is true.
    """

    def __init__(self, store: StoreView) -> None:
        self._store = ref(store)
        self.dialect: Dialect = store.dialect
        self._threads = store.threads
        self._heard = store.heard
        self._descriptors = self._heard.table
        self._comms: dict[tuple[int, int], tuple[int, int, str | None]] = {}
        self._rows: dict[tuple[int, int], tuple[int, int, int | None]] = {}
        self._numbers: set[tuple[int, int]] | None = None
        self._polled: dict[tuple[int, bytes], tuple[int, int, str]] = {}
        self._polled_bytes = 0
        self._names: dict[int, str] = {}

    @property
    def store(self) -> StoreView:
        """The store, which outlives every rendering of its events."""
        store = self._store()
        if store is None:
            raise ReferenceError("the store is gone")
        return store

    def comm_of(self, tid: int, row: int) -> str | None:
        """Program of a thread at an event row, None when the thread is unknown."""
        key = (tid, self.store.run_at(row))
        first, stop, comm = self._comms.get(key, _NOBODY)
        if first <= row < stop:
            return comm
        state = self.store.thread_at(tid, row)
        if state < 0:
            return None
        comm = self._threads.comm[state]
        self._comms[key] = (int(self._threads.first[state]), int(self._threads.stop[state]), comm)
        return comm

    def comm(self, state: int) -> str:
        """Program of a row of ``threads``, UNKNOWN_NAME without a row."""
        return self._threads.comm[state] if state >= 0 else UNKNOWN_NAME

    def cwd(self, state: int) -> str:
        """Folder of a row of ``threads`` with a final ``/``; empty when unknown."""
        return self._threads.cwd[state] if state >= 0 else ""

    def descriptor(self, thread: int, fd: int, row: int) -> int | None:
        """Row of ``heard.table`` for a number of a ``threads`` row at an event row, None when unknown."""
        found = self._own(thread, fd, row)[2] if thread >= 0 else None
        return None if found is None else self._heard.row(found, row)

    def _own(self, thread: int, fd: int, row: int) -> tuple[int, int, int | None]:
        """Row of ``descriptors``, and the event rows between which that is the answer."""
        key = (int(self._threads.table[thread]), fd)
        known = self._rows.get(key, _NOBODY)
        if known[0] <= row < known[1]:
            return known
        found = self.store.descriptor_at(thread, fd, row)
        held: tuple[int, int, int | None]
        if found >= 0:
            held = (int(self._descriptors.first[found]), int(self._descriptors.stop[found]), found)
        elif key not in self._known_numbers():
            held = _NEVER
        else:
            return row, row + 1, None
        self._rows[key] = held
        return held

    def _known_numbers(self) -> set[tuple[int, int]]:
        """Tables and numbers of all descriptors: lists of polled ones may name thousands that never were."""
        if self._numbers is None:
            own = self._descriptors
            self._numbers = set(zip(own.table.tolist(), own.fd.tolist(), strict=True))
        return self._numbers

    def polled_text(self, thread: int, raw: bytes, row: int) -> str:
        """A list of polled descriptors as ``3:f1 4:41``, at an event row of a ``threads`` row.

        Who polls mostly asks for the same again and again, so a text is kept while all that it names holds.
        """
        key = (int(self._threads.table[thread]) if thread >= 0 else -1, raw)
        first, stop, text = self._polled.get(key, (0, 0, ""))
        if first <= row < stop:
            return text
        first, stop, shown = -1, _ALWAYS, []
        every_number, every_flag = _ALL_BITS
        for fd, bits in decode_fd_list(raw):
            begin, end, own = self._own(thread, fd, row) if thread >= 0 else _NEVER
            letter = "?"
            if own is not None:
                letter = self._descriptors.typechar[self._heard.row(own, row)]
                if self._descriptors.listening[own]:  # messages may make another of it
                    begin, end = row, row + 1
            first, stop = max(first, begin), min(stop, end)
            shown.append(f"{fd & every_number}:{letter}{bits & every_flag:x}")
        text = " ".join(shown)
        size = _ENTRY + len(raw) + len(text)
        self._polled_bytes += size
        if self._polled_bytes > _MOST_POLLED:
            self._polled.clear()
            self._polled_bytes = size
        self._polled[key] = first, stop, text
        return text

    def descriptor_text(self, descriptor: int) -> str:
        """A row of ``heard.table`` as ``<4t>1.2.3.4:5->6.7.8.9:80``."""
        text = self._names.get(descriptor)
        if text is None:
            table = self._descriptors
            l4 = table.l4[descriptor]
            told = l4 == "raw" or table.role[descriptor] or table.listening[descriptor]
            letter = _L4_LETTERS.get(l4, "") if told and table.typechar[descriptor] in "46" else ""
            text = f"<{table.typechar[descriptor]}{letter}>{self.descriptor_name(descriptor)}"
            self._names[descriptor] = text
        return text

    def descriptor_name(self, descriptor: int) -> str:
        """Name of a row of ``heard.table`` as the dialect prints it.

        sysdig 0.29.3 and libs 0.15 put dots into paths that they resolved themselves and drop the
        same bytes from names that the process lists brought.
        """
        name = self._descriptors.name[descriptor]
        if not self.dialect.ascii_only:
            return name
        return dotted(name) if self._descriptors.opened[descriptor] >= 0 else stripped(name)

    def folder(self, thread: int, dirfd: int, row: int) -> str:
        """Base of a path relative to a descriptor, with a final ``/``; empty when it has no name."""
        found = self.descriptor(thread, dirfd, row)
        name = "" if found is None else self.descriptor_name(found)
        return name and name + "/"

    def is_syslog(self, descriptor: int) -> bool:
        """True for a row of ``descriptors`` that leads to the system log; -1 is none."""
        return descriptor >= 0 and SOCKET in self._descriptors.name[descriptor]

    @cached_property
    def syslog_descriptors(self) -> frozenset[int]:
        """Rows of ``descriptors`` that lead to the system log."""
        return frozenset(row for row, name in enumerate(self._descriptors.name) if SOCKET in name)

    def user(self, uid: int, row: int) -> str:
        """Name of a user on the machine of an event row."""
        return self.store.users_at(row).users.get(uid) or UNKNOWN_NAME

    def group(self, gid: int, row: int) -> str:
        """Name of a group on the machine of an event row."""
        return self.store.users_at(row).groups.get(gid) or UNKNOWN_NAME

    def text(self, text: str) -> str:
        """A path or the name of a user as the dialect prints it."""
        return stripped(text) if self.dialect.ascii_only else text


@dataclass(frozen=True, slots=True)
class EventMoment:
    """One event and what is known at it.

    Attributes:
        moments: look-ups into the store.
        row: event row.
        thread: row of ``threads`` that holds there, negative without.
        raws: stored bytes of its parameters.
        code: its type.
        zone: in which times are shown; None for the machine's own.
    """

    moments: Moments
    row: int
    thread: int
    raws: list[bytes]
    code: int
    zone: tzinfo | None = None
