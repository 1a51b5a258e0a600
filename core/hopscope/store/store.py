"""The indexed event store: columns, small tables, postings. Everything to the right reads from it.

Rows are event rows, 0-based, in file order. Numbers are what sysdig calls ``evt.num``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EventType
from hopscope.store.tables import Container, DescriptorTable, Kubernetes, ThreadTable, Users

Rows = NDArray[np.int64]


class Store:
    """Columns (one entry an event), small tables, and look-ups between them.

    Attributes:
        number: int64, ``evt.num``, strictly increasing.
        time: int64, ns since the epoch.
        cpu: uint16.
        tid: int64, as stored in the event.
        code: uint16, index into ``EVENTS``.
        hidden: bool, internal events that sysdig numbers but never shows.
        thread: int32, row of ``threads`` that holds at this event, NONE for container events.
        fd: int64, the reference's ``fd.num``; -1 where there is none.
        descriptor: int32, row of ``descriptors`` that holds at this event, NONE.
        result: int64, the ``res`` or created ``fd`` of exits; ``NO_RESULT`` elsewhere.
        size: int64, bytes moved by successful I/O exits on a descriptor, -1 elsewhere.
        twin: int32, row of the matching enter or exit, NONE.
        latency: int64, ns since the enter, 0 for enters and for exits without one.
        nparams: uint16, parameters stored.
        threads, descriptors, containers, kubernetes, users: the small tables.
        epoch: time in ns from which relative times count (per section: see ``relative_time``).
    """

    number: NDArray[np.int64]
    time: NDArray[np.int64]
    cpu: NDArray[np.uint16]
    tid: NDArray[np.int64]
    code: NDArray[np.uint16]
    hidden: NDArray[np.bool_]
    thread: NDArray[np.int32]
    fd: NDArray[np.int64]
    descriptor: NDArray[np.int32]
    result: NDArray[np.int64]
    size: NDArray[np.int64]
    twin: NDArray[np.int32]
    latency: NDArray[np.int64]
    nparams: NDArray[np.uint16]
    threads: ThreadTable
    descriptors: DescriptorTable
    containers: list[Container]
    kubernetes: Kubernetes
    users: Users
    epoch: int

    def __len__(self) -> int:
        return len(self.number)

    # --- one event -------------------------------------------------------------------------------

    def row_of(self, number: int) -> int:
        """Row of the event with this number. Raises UsageError when there is none."""
        raise NotImplementedError

    def event_type(self, row: int) -> EventType:
        """The event's row in the event table."""
        raise NotImplementedError

    def raw_params(self, row: int) -> list[bytes]:
        """The stored bytes of each parameter, in order."""
        raise NotImplementedError

    def raw_param(self, row: int, name: str) -> bytes | None:
        """The stored bytes of the parameter with this name, None where the event has none."""
        raise NotImplementedError

    def payload(self, row: int) -> bytes | None:
        """The recorded bytes of an I/O event (parameter ``data``), cut at the snap length; None without."""
        raise NotImplementedError

    def message_tuple(self, row: int) -> tuple[tuple[bytes, int], tuple[bytes, int]] | None:
        """``(source, destination)`` as ``(packed address, port)`` from the event's own ``tuple``; None without.

        For datagrams this is who sent and who received this very message. sendto/sendmsg carry it on
        the enter event in older captures; this looks at the twin too.
        """
        raise NotImplementedError

    # --- state at a moment -----------------------------------------------------------------------

    def thread_at(self, tid: int, row: int) -> int:
        """Row of ``threads`` for this tid as it was at an event row, NONE when unknown."""
        raise NotImplementedError

    def descriptor_at(self, thread: int, fd: int, row: int) -> int:
        """Row of ``descriptors`` for a number in the table of a ``threads`` row, at an event row; NONE."""
        raise NotImplementedError

    def descriptors_at(self, table: int, row: int) -> Rows:
        """Rows of ``descriptors`` open in a descriptor table at an event row."""
        raise NotImplementedError

    # --- many events -----------------------------------------------------------------------------

    def fixed_param(self, code: int, name: str) -> tuple[Rows, NDArray[np.int64]]:
        """Event rows of one type code and the values of a fixed-width parameter, where it is stored."""
        raise NotImplementedError

    def rows_of_codes(self, codes: tuple[int, ...]) -> Rows:
        """Event rows of these type codes, ascending."""
        raise NotImplementedError

    def rows_of_thread_life(self, life: int) -> Rows:
        """Event rows of one thread's life, ascending."""
        raise NotImplementedError

    def rows_of_process(self, process: int) -> Rows:
        """Event rows of all threads of a process (main thread's life), ascending."""
        raise NotImplementedError

    def rows_of_descriptor_life(self, life: int) -> Rows:
        """Event rows of one descriptor's life, ascending."""
        raise NotImplementedError

    def info(self) -> dict[str, Any]:
        """What ``hopscope info`` prints: machine, duration, events, drops, threads, damage, skipped."""
        raise NotImplementedError


NO_RESULT = np.iinfo(np.int64).min
"""``Store.result`` of events that have no result."""
