"""Short made captures, opened: for tests that need a few events and what follows from them."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np

from hopscope.capture.lists import DescriptorEntry, Interface, MachineInfo, ProcessEntry
from hopscope.capture.source import Source
from hopscope.decode.capture_writer import CaptureWriter, Layout
from hopscope.store.build import build_store
from hopscope.store.store import Store

START = 1_700_000_000_000_000_000
STEP = 1_000
"""Nanoseconds from one event to the next."""


class Recording:
    """A capture that is written event by event and then opened.

    Args:
        processes: the process list; without one there is a shell 100 and its child 200.
        descriptors: pairs of tid and the descriptors that are open at the start.
        interfaces: of the machine.
        layout: which age of event layouts is written.
    """

    def __init__(
        self,
        processes: Iterable[ProcessEntry] | None = None,
        descriptors: Iterable[tuple[int, list[DescriptorEntry]]] = (),
        interfaces: Iterable[Interface] = (),
        layout: Layout = "sysdig",
    ) -> None:
        self._stream = io.BytesIO()
        self.writer = CaptureWriter(self._stream, layout=layout)
        self.writer.machine(MachineInfo(cpus=2, hostname="box"))
        for interface in interfaces:
            self.writer.interface(interface)
        for entry in (
            processes if processes is not None else (listed(100, "sh"), listed(200, "srv", ptid=100))
        ):
            self.writer.process(entry)
        for tid, entries in descriptors:
            self.writer.descriptors(tid, entries)
        self._time = START

    def event(self, name: str, direction: str, tid: int, /, **params: object) -> int:
        """Write one event, a step after the one before; its row is returned."""
        self._time += STEP
        return self.writer.event(name, direction, ts=self._time, tid=tid, **params) - 1  # type: ignore[arg-type]

    def call(self, name: str, tid: int, enter: dict[str, object] | None = None, /, **exit_: object) -> int:
        """Write the enter and the exit of a call; the exit's row is returned."""
        self.event(name, ">", tid, **(enter or {}))
        return self.event(name, "<", tid, **exit_)

    def wait(self, nanoseconds: int) -> None:
        """Let time pass before the next event."""
        self._time += nanoseconds

    def data(self) -> bytes:
        """Close the capture; its bytes."""
        self.writer.close()
        return self._stream.getvalue()

    def store(self) -> Store:
        """Close the capture and open it."""
        return build_store(Source("made", np.frombuffer(self.data(), np.uint8)))


def listed(tid: int, comm: str, *, pid: int | None = None, ptid: int = 1, **more: object) -> ProcessEntry:
    """An entry of the process list."""
    values: dict[str, object] = {
        "exe": comm, "cwd": "/home/", "uid": 0, "gid": 0, "vtid": tid, "vpid": tid if pid is None else pid,
        "fdlimit": 1024, **more,
    }  # fmt: skip
    return ProcessEntry(tid=tid, pid=tid if pid is None else pid, ptid=ptid, comm=comm, **values)  # type: ignore[arg-type]


def name_at(store: Store, row: int) -> str | None:
    """Name of the descriptor that an event is about, None without one."""
    descriptor = int(store.descriptor[row])
    return store.descriptors.name[descriptor] if descriptor >= 0 else None


def comm_at(store: Store, row: int) -> str | None:
    """Program of the thread of an event, None without one."""
    thread = int(store.thread[row])
    return store.threads.comm[thread] if thread >= 0 else None
