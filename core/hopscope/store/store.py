"""The indexed event store: columns, small tables, postings. Everything to the right reads from it.

Rows are event rows, 0-based, in file order. Numbers are what sysdig calls ``evt.num``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.lists import Interface, MachineInfo
from hopscope.capture.source import Source
from hopscope.decode.addresses import SocketTuple
from hopscope.decode.columns import EventColumns
from hopscope.decode.dialect import Dialect, dialect_for
from hopscope.decode.event_table import EVENTS, EventType
from hopscope.errors import UsageError
from hopscope.heap import release
from hopscope.lookup import look_up, look_up_or
from hopscope.state.addresses import decode_inet_tuple
from hopscope.store.heard import Heard, HeardState, heard, heard_states
from hopscope.store.intervals import IntervalIndex, Postings, descriptor_key, one_descriptor_key
from hopscope.store.members import Host, Members
from hopscope.store.spans import Spans, find_spans
from hopscope.store.tables import NONE, Container, DescriptorTable, Kubernetes, ThreadTable, Users

Rows = NDArray[np.int64]

NO_RESULT = np.iinfo(np.int64).min
"""``Store.result`` of events that have no result."""

RUN_BITS = 40
"""Bits of a thread's number in a key; above them is the run of its machine."""


@dataclass(slots=True)
class Loss:
    """What could not be read.

    Attributes:
        damage: sentences with the offset and the bytes lost, in order.
        lost_bytes: bytes of the unpacked stream that were not read, -1 when that is unknown.
        unknown_blocks: how many blocks of types the format does not have.
        unknown_events: how many event blocks of codes the event table does not have, by code.
        broken_events: events whose parameters make no sense; they are kept without any.
    """

    damage: list[str] = field(default_factory=list)
    lost_bytes: int = 0
    unknown_blocks: int = 0
    unknown_events: dict[int, int] = field(default_factory=dict)
    broken_events: int = 0

    def __bool__(self) -> bool:
        return bool(self.damage or self.unknown_blocks or self.unknown_events or self.broken_events)


@dataclass(eq=False, repr=False)
class Store:
    """Columns (one entry an event), small tables, and look-ups between them.

    Attributes:
        source: where the bytes came from; knows the name and the content key.
        machine: on which the capture was recorded.
        interfaces: of that machine.
        loss: what could not be read.
        columns: headers and places of all parameters.
        sections: event row at which each section begins.
        epochs: time in ns from which relative times of each section count.
        number: int64, ``evt.num``, increasing.
        hidden: bool, internal events that sysdig numbers but never shows.
        thread: int32, row of ``threads`` that holds at this event, NONE for container events.
        fd: int64, the reference's ``fd.num``; -1 where there is none.
        descriptor: int32, row of ``descriptors`` that holds at this event, NONE.
        result: int64, the ``res`` or created ``fd`` of exits; ``NO_RESULT`` elsewhere.
        size: int64, bytes moved by successful I/O exits on a descriptor, -1 elsewhere.
        twin: int32, row of the matching enter or exit, NONE.
        latency: int64, ns since the enter, 0 for enters and for exits without one.
        threads, descriptors, containers, kubernetes, users: the small tables.
        members: the files and hosts of a store of several captures, None for a single one.
    """

    source: Source
    machine: MachineInfo | None
    interfaces: list[Interface]
    loss: Loss
    columns: EventColumns
    sections: list[int]
    epochs: list[int]
    number: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    thread: NDArray[np.int32]
    fd: NDArray[np.int64]
    descriptor: NDArray[np.int32]
    result: NDArray[np.int64]
    size: NDArray[np.int64]
    twin: NDArray[np.int32]
    latency: NDArray[np.int64]
    threads: ThreadTable
    descriptors: DescriptorTable
    containers: list[Container]
    kubernetes: Kubernetes
    users: Users
    thread_index: IntervalIndex
    descriptor_index: IntervalIndex
    members: Members | None = field(default=None, init=False)

    def __len__(self) -> int:
        return len(self.number)

    def __repr__(self) -> str:
        # Frameworks write down what they are given; all the tables would take seconds.
        return f"<Store of {len(self)} events>"

    # --- columns that come as they are stored ----------------------------------------------------

    @property
    def time(self) -> NDArray[np.int64]:
        """int64, ns since the epoch."""
        return self.columns.time

    @property
    def cpu(self) -> NDArray[np.uint16]:
        """uint16, number of the CPU."""
        return self.columns.cpu

    @property
    def tid(self) -> NDArray[np.int64]:
        """int64, as stored in the event."""
        return self.columns.tid

    @property
    def code(self) -> NDArray[np.uint16]:
        """uint16, index into ``EVENTS``."""
        return self.columns.code

    @property
    def nparams(self) -> NDArray[np.uint8]:
        """uint8, parameters stored."""
        return self.columns.nparams

    @property
    def data(self) -> NDArray[np.uint8]:
        """uint8, the unpacked stream."""
        return self.columns.data

    @property
    def epoch(self) -> int:
        """Time in ns from which relative times of the first section count."""
        return self.epochs[0] if self.epochs else 0

    @cached_property
    def thread_life(self) -> NDArray[np.int32]:
        """int32, life of each event's thread, NONE."""
        return look_up_or(self.threads.life, self.thread, NONE)

    @cached_property
    def process(self) -> NDArray[np.int32]:
        """int32, process of each event (life of the main thread), NONE."""
        return look_up_or(self.threads.process, self.thread, NONE)

    @cached_property
    def descriptor_life(self) -> NDArray[np.int32]:
        """int32, life of each event's descriptor, NONE."""
        return look_up_or(self.descriptors.life, self.descriptor, NONE)

    @cached_property
    def heard(self) -> Heard:
        """What the reference calls bound datagram sockets: after the last message on them."""
        return heard(self)

    @cached_property
    def heard_states(self) -> tuple[Rows, list[HeardState]]:
        """Descriptors' lives and states that they went through, for :attr:`heard`; an index keeps them."""
        return heard_states(self)

    @cached_property
    def dialect(self) -> Dialect:
        """The release of the reference whose names the events have."""
        return dialect_for(self.code, self.nparams)

    @cached_property
    def spans(self) -> Spans:
        """Stretches of time that programs marked with tracers."""
        return find_spans(self)

    @cached_property
    def relative_time(self) -> NDArray[np.int64]:
        """int64, ns since the epoch of the event's section."""
        origin = np.zeros(len(self), np.int64)
        for start, epoch in zip(self.sections, self.epochs, strict=True):
            origin[start:] = epoch
        return self.time - origin

    # --- several hosts ---------------------------------------------------------------------------

    @cached_property
    def tid_key(self) -> NDArray[np.int64]:
        """int64, a number for each event's thread that no other run of a machine has: ``tid`` for one run."""
        if self.members is None or self.members.runs < 2:
            return self.tid
        return self.tid + (self.members.run_of_event().astype(np.int64) << RUN_BITS)

    @cached_property
    def cpu_key(self) -> NDArray[Any]:
        """A number for each event's CPU that no other run of a machine has: ``cpu`` for one run."""
        if self.members is None or self.members.runs < 2:
            return self.cpu
        return self.cpu.astype(np.int64) + (self.members.run_of_event().astype(np.int64) << 16)

    @cached_property
    def hosts(self) -> list[Host]:
        """The machines of which this was recorded; the one machine of a single capture."""
        if self.members is not None:
            return self.members.hosts
        name = self.machine.hostname if self.machine else ""
        return [Host(name, self.machine, self.interfaces, self.users)]

    @cached_property
    def host(self) -> NDArray[np.int16]:
        """int16, place in ``hosts`` of each event's machine."""
        return np.zeros(len(self), np.int16) if self.members is None else self.members.host_of_event()

    @cached_property
    def thread_host(self) -> NDArray[np.int16]:
        """int16, place in ``hosts`` of the machine of each row of ``threads``."""
        if self.members is None:
            return np.zeros(len(self.threads), np.int16)
        return self.members.host_of_thread()

    @property
    def container_host(self) -> NDArray[np.int16]:
        """int16, place in ``hosts`` of the machine of each row of ``containers``."""
        if self.members is None:
            return np.zeros(len(self.containers), np.int16)
        return self.members.container_host

    @cached_property
    def run(self) -> NDArray[np.int16]:
        """int16, the run of a machine that each event belongs to; 0 for a single capture."""
        return np.zeros(len(self), np.int16) if self.members is None else self.members.run_of_event()

    @cached_property
    def process_run(self) -> NDArray[np.int16]:
        """int16, the run of a machine of each life of a thread."""
        found = np.zeros(int(self.threads.life.max(initial=-1)) + 1, np.int16)
        if self.members is not None:
            found[self.threads.life] = self.members.thread_run
        return found

    @cached_property
    def process_host(self) -> NDArray[np.int16]:
        """int16, place in ``hosts`` of the machine of each life of a thread."""
        found = np.zeros(int(self.threads.life.max(initial=-1)) + 1, np.int16)
        found[self.threads.life] = self.thread_host
        return found

    def run_at(self, row: int) -> int:
        """The run of a machine that an event row belongs to, 0 for a single capture."""
        return 0 if self.members is None else self.members.file_at(row).run

    def users_at(self, row: int) -> Users:
        """Users and groups of the machine of an event row."""
        return self.users if self.members is None else self.members.host_at(row).users

    # --- one event -------------------------------------------------------------------------------

    def row_of(self, number: int) -> int:
        """Row of the event with this number. Raises UsageError when there is none."""
        row = int(np.searchsorted(self.number, number))
        if row >= len(self) or self.number[row] != number:
            if not len(self):
                raise UsageError(f"there is no event {number}: the capture holds no events")
            raise UsageError(f"there is no event {number}; they are numbered 1 to {int(self.number[-1])}")
        return row

    def event_type(self, row: int) -> EventType:
        """The event's row in the event table."""
        return EVENTS[int(self.columns.code[row])]

    def raw_params(self, row: int) -> list[bytes]:
        """The stored bytes of each parameter, in order."""
        return self.columns.params_of(row)

    def raw_param(self, row: int, name: str) -> bytes | None:
        """The stored bytes of the parameter with this name, None where the event has none."""
        index = self.event_type(row).param_index.get(name)
        if index is None or index >= self.columns.nparams[row]:
            return None
        start, stop = self.columns.param_bounds(row)[index]
        return self.columns.data[start:stop].tobytes()

    def payload(self, row: int) -> bytes | None:
        """The recorded bytes of an I/O event (parameter ``data``), cut at the snap length; None without."""
        return self.raw_param(row, "data")

    def payload_spans(self) -> tuple[Rows, Rows, Rows]:
        """Every recorded payload: event rows, ascending, and where in ``data`` it starts and stops."""
        parts = []
        for code in self.columns.codes:
            index = EVENTS[code].param_index.get("data")
            if index is not None:
                rows, start, length = self.columns.spans(code, index)
                parts.append(np.stack([rows, start, start + length]))
        if not parts:
            none = np.zeros(0, np.int64)
            return none, none, none
        spans = np.concatenate(parts, axis=1)
        spans = spans[:, np.argsort(spans[0], kind="stable")]
        return spans[0], spans[1], spans[2]

    def message_tuple(self, row: int) -> SocketTuple | None:
        """``(source, destination)`` as ``(packed address, port)`` from the event's own ``tuple``, or None.

        For datagrams this is who sent and who received this very message. sendto and sendmsg carry
        it on the enter event in older captures, so the twin is looked at too.
        """
        for place in (row, int(self.twin[row])):
            if place != NONE:
                raw = self.raw_param(place, "tuple")
                found = decode_inet_tuple(raw) if raw else None
                if found is not None:
                    return found
        return None

    # --- state at a moment -----------------------------------------------------------------------

    def thread_at(self, tid: int, row: int) -> int:
        """Row of ``threads`` for this tid as it was at an event row, NONE when unknown."""
        if self.members is not None and self.members.runs > 1:
            tid += self.members.file_at(row).run << RUN_BITS
        return self.thread_index.find_one(tid, row)

    def descriptor_at(self, thread: int, fd: int, row: int) -> int:
        """Row of ``descriptors`` for a number in the table of a ``threads`` row, at an event row; NONE."""
        if thread == NONE:
            return NONE
        key = one_descriptor_key(int(self.threads.table[thread]), fd)
        return self.descriptor_index.find_one(key, row)

    def descriptors_at(self, table: int, row: int) -> Rows:
        """Rows of ``descriptors`` open in a descriptor table at an event row."""
        known = self.descriptors
        return np.flatnonzero((known.table == table) & (known.first <= row) & (known.stop > row))

    # --- many events -----------------------------------------------------------------------------

    def threads_of(self, tids: NDArray[np.int64], rows: Rows) -> Rows:
        """Rows of ``threads`` for tids at event rows, NONE where unknown; all int64 of the same length."""
        return self.thread_index.find(tids, rows)

    def descriptors_of(
        self, threads: NDArray[np.int32], numbers: NDArray[np.int64], rows: Rows
    ) -> NDArray[np.int64]:
        """Rows of ``descriptors`` for numbers in the tables of ``threads`` rows, at event rows; NONE.

        Args:
            threads: int32, rows of ``threads``, NONE for unknown ones.
            numbers: int64, descriptor numbers, one a thread.
            rows: int64, event rows, one a thread.
        """
        if not len(self.threads.table):
            return np.full(len(rows), NONE, np.int64)
        tables = self.threads.table[np.maximum(threads, 0)]
        found = self.descriptor_index.find(descriptor_key(tables, numbers), rows)
        return np.where(threads >= 0, found, NONE)

    def fixed_param(self, code: int, name: str) -> tuple[Rows, NDArray[np.int64]]:
        """Event rows of one type code and the values of a fixed-width parameter, where it is stored."""
        return self.columns.fixed(code, name)

    def rows_of_codes(self, codes: tuple[int, ...]) -> Rows:
        """Event rows of these type codes, ascending."""
        wanted = np.zeros(len(EVENTS), np.bool_)
        wanted[list(codes)] = True
        return np.flatnonzero(look_up(wanted, self.code)) if len(self) else np.zeros(0, np.int64)

    @cached_property
    def _by_thread(self) -> Postings:
        return Postings(self.thread_life, int(self.threads.life.max(initial=-1)) + 1)

    @cached_property
    def _by_process(self) -> Postings:
        return Postings(self.process, int(self.threads.life.max(initial=-1)) + 1)

    @cached_property
    def _by_descriptor(self) -> Postings:
        return Postings(self.descriptor_life, int(self.descriptors.life.max(initial=-1)) + 1)

    def rows_of_thread_life(self, life: int) -> Rows:
        """Event rows of one thread's life, ascending."""
        return self._by_thread.rows(life)

    def rows_of_process(self, process: int) -> Rows:
        """Event rows of all threads of a process (main thread's life), ascending."""
        return self._by_process.rows(process)

    def rows_of_descriptor_life(self, life: int) -> Rows:
        """Event rows of one descriptor's life, ascending."""
        return self._by_descriptor.rows(life)

    def release(self) -> None:
        """Let the system take back the memory of columns and stream where they lie in files."""
        self.source.release()
        for array in (*vars(self).values(), *self.columns.sections().values()):
            if isinstance(array, np.ndarray):
                release(array)

    # --- the whole -------------------------------------------------------------------------------

    def info(self) -> dict[str, Any]:
        """What ``hopscope info`` prints: machine, duration, events, drops, threads, damage, skipped."""
        machine = self.machine
        drops = self.rows_of_codes((148, 149))
        return {
            "capture": self.source.name,
            "bytes": self.source.size,
            "packed_bytes": self.source.packed_size if self.source.packed else None,
            "content_key": self.source.content_key(),
            "host": ", ".join(host.name for host in self.hosts),
            "cpus": machine.cpus if machine else 0,
            "memory_bytes": machine.memory if machine else 0,
            "sections": len(self.sections),
            "events": len(self),
            "shown_events": int((~self.hidden).sum()),
            "first_event": int(self.number[0]) if len(self) else None,
            "last_event": int(self.number[-1]) if len(self) else None,
            "start_ns": self._first_time(),
            "end_ns": int(self.time[-1]) if len(self) else None,
            "duration_ns": int(self.time[-1]) - (self._first_time() or 0) if len(self) else 0,
            "drop_events": len(drops),
            "threads": int(self.threads.life.max(initial=-1)) + 1,
            "processes": len(np.unique(self.threads.process)),
            "descriptors": int(self.descriptors.life.max(initial=-1)) + 1,
            "containers": len(self.containers) - 1,
            "pods": len(self.kubernetes.pods),
            "damage": list(self.loss.damage),
            "lost_bytes": self.loss.lost_bytes,
            "skipped_blocks": self.loss.unknown_blocks,
            "skipped_events": {str(code): count for code, count in self.loss.unknown_events.items()},
            "broken_events": self.loss.broken_events,
            **(self.members.facts() if self.members is not None else {}),
        }

    def _first_time(self) -> int | None:
        """The earliest one: ``sysdig -w`` begins with events that bear the time of the writing."""
        if self.members is not None and self.epoch:
            return self.epoch
        real = self.time[self.time > 0]
        return int(real.min()) if len(real) else None
