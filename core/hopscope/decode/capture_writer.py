"""Write a capture: metadata as records, events by name with Python values."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from functools import cache
from types import TracebackType
from typing import IO, Any, Literal, Self, cast

import orjson

from hopscope.capture.blocks import BlockType
from hopscope.capture.lists import DescriptorEntry, Group, Interface, MachineInfo, ProcessEntry, User
from hopscope.capture.writer import (
    Tail,
    frame,
    pack_account,
    pack_descriptor,
    pack_event,
    pack_interface,
    pack_machine,
    pack_process,
    section_header,
)
from hopscope.decode.encode import encode_param, neutral_param
from hopscope.decode.event_table import EVENTS, EventFlag, EventType, Param, read_rows
from hopscope.errors import UsageError

Layout = Literal["sysdig", "newest"]
"""``sysdig``: as sysdig 0.29.3 reads without a warning. ``newest``: latest codes with all parameters."""

SYSDIG_CODES = 336
"""sysdig 0.29.3 knows the event types below this code."""


@cache
def _sysdig_counts() -> dict[int, int]:
    rows = read_rows("reference_params.tsv")
    return {int(code): int(count) for code, count, *_ in rows if count != "-"}


def params_of(event: EventType, layout: Layout) -> tuple[Param, ...]:
    """The parameters with which an event type is written in a layout."""
    if layout == "newest":
        return event.params
    return event.params[: _sysdig_counts().get(event.code, len(event.params))]


@cache
def code_for(name: str, direction: str, layout: Layout = "sysdig") -> int:
    """The newest code of an event by name.

    Enter and exit of one call get neighbouring codes. A code that newer recorders still write is
    preferred to one that they gave up.

    Args:
        name: as in the event table, for instance ``openat``.
        direction: ``>`` for the enter, ``<`` for the exit.
        layout: which codes are known.

    Raises:
        UsageError: there is no such event.
    """
    limit = SYSDIG_CODES if layout == "sysdig" else len(EVENTS)
    fitting = [event.code for event in EVENTS[:limit] if event.name == name and name != "NA"]
    best = max((_rank(code & ~1, name) for code in fitting), default=None)
    code = best[1] + (direction == "<") if best else -1
    if code not in fitting or direction not in {"<", ">"}:
        raise UsageError(f"there is no event {direction} {name} in the {layout} layout")
    return code


def _rank(base: int, name: str) -> tuple[bool, int]:
    has_exit = base + 1 < len(EVENTS) and EVENTS[base + 1].name == name
    return EventFlag.OLD_VERSION not in EVENTS[base + has_exit].flags, base


class CaptureWriter:
    """Writes one section of a capture to a stream, in the block versions of sysdig 0.29.3.

    A context manager. Metadata comes first, in any order; the first event writes it out. Without a
    call of :meth:`machine` the capture says four CPUs and no name.

    Args:
        stream: open for writing bytes; left open.
        pack: pack with gzip. The same calls give the same bytes.
        layout: which codes and parameters events get.
    """

    def __init__(self, stream: IO[bytes], *, pack: bool = False, layout: Layout = "sysdig") -> None:
        self._packer = gzip.GzipFile("", "wb", fileobj=stream, mtime=0) if pack else None
        self._stream = cast("IO[bytes]", self._packer) if self._packer else stream
        self._layout: Layout = layout
        self._machine = MachineInfo(cpus=4)
        self._interfaces: list[Interface] = []
        self._accounts: list[User | Group] = []
        self._processes: list[ProcessEntry] = []
        self._descriptors: dict[int, list[DescriptorEntry]] = {}
        self._begun = False
        self._events = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is still held back and end the packing. The stream stays open."""
        self._begin()
        if self._packer:
            self._packer.close()

    def machine(self, machine: MachineInfo) -> None:
        """Say on which machine the capture was recorded."""
        self._still_metadata()
        self._machine = machine

    def user(self, user: User) -> None:
        """Add a user."""
        self._still_metadata()
        self._accounts.append(user)

    def group(self, group: Group) -> None:
        """Add a group."""
        self._still_metadata()
        self._accounts.append(group)

    def interface(self, interface: Interface) -> None:
        """Add a network interface."""
        self._still_metadata()
        self._interfaces.append(interface)

    def process(self, process: ProcessEntry) -> None:
        """Add a thread that is there when the capture begins, with an empty descriptor list."""
        self._still_metadata()
        self._processes.append(process)
        self._descriptors.setdefault(process.tid, [])

    def descriptors(self, tid: int, entries: Iterable[DescriptorEntry]) -> None:
        """Add open descriptors to a thread's list."""
        self._still_metadata()
        self._descriptors.setdefault(tid, []).extend(entries)

    def container(self, container: Mapping[str, Any], *, ts: int = 0) -> int:
        """Write a container's metadata: keys as in the reference's JSON (id, name, image, type, ip …).

        Readers take those before the first other event for known from the start.

        Returns:
            The number of the event.
        """
        text = orjson.dumps({"container": container}) + b"\n"
        return self.event("container", ">", ts=ts, tid=0, json=text)

    def kubernetes(
        self, kind: str, items: Iterable[Mapping[str, Any]], *, action: str = "ADDED", ts: int = 0
    ) -> int:
        """Write objects of a cluster: pods, services … with the keys that sysdig recorded in 2016.

        Args:
            kind: ``Pod``, ``Service``, ``Namespace``, ``ReplicaSet`` …
            items: the objects.
            action: ``ADDED``, ``MODIFIED`` or ``DELETED``.
            ts: time in ns since the epoch.

        Returns:
            The number of the event.
        """
        message = {"apiVersion": "v1", "items": list(items), "kind": kind, "type": action}
        return self.event("k8s", ">", ts=ts, tid=0, json=orjson.dumps(message) + b"\n")

    def event(
        self,
        name: str,
        direction: str,
        /,
        *,
        ts: int,
        tid: int,
        cpu: int = 0,
        code: int | None = None,
        dump_flags: int | None = None,
        **params: object,
    ) -> int:
        """Write an event.

        Args:
            name: of the event, for instance ``openat``.
            direction: ``>`` or ``<``.
            ts: time in ns since the epoch.
            tid: of the thread.
            cpu: on which it ran.
            code: event type where not the newest of that name is meant.
            dump_flags: written in a block with flags where given.
            params: the parameters by name, as :func:`encode_param` takes them; what is not given is
                zero or empty. Parameters that are themselves called ``tid`` or ``cpu`` are given as
                ``tid_`` and ``cpu_``, and are that of the event where they are not.

        Returns:
            The number that sysdig 0.29.3 gives the event, when it knows all codes before.

        Raises:
            UsageError: no such event or parameter, a value that does not fit, a CPU that the
                machine has not.
        """
        if code is None:
            code = code_for(name, direction, self._layout)
        elif not 0 <= code < len(EVENTS) or (EVENTS[code].name, EVENTS[code].direction) != (name, direction):
            raise UsageError(f"{code} is not the code of an event {direction} {name}")
        if not 0 <= cpu < self._machine.cpus:
            raise UsageError(f"there is no CPU {cpu} on a machine with {self._machine.cpus}")
        event = EVENTS[code]
        stored = self._encode_params(event, {"tid": tid, "cpu": cpu}, params)
        large = EventFlag.LARGE_PAYLOAD in event.flags
        self._begin()
        self._stream.write(
            pack_event(code, stored, ts=ts, tid=tid, cpu=cpu, dump_flags=dump_flags, large=large)
        )
        self._events += 1
        return self._events

    def _encode_params(
        self, event: EventType, header: Mapping[str, int], given: Mapping[str, object]
    ) -> list[bytes]:
        values = {name.removesuffix("_") if name[:-1] in header else name: v for name, v in given.items()}
        wanted = params_of(event, self._layout)
        unknown = values.keys() - {param.name for param in wanted}
        if unknown:
            known = ", ".join(param.name for param in wanted) or "none"
            raise UsageError(
                f"the event {event.direction} {event.name} has no parameter {min(unknown)} (it has {known})"
            )
        stored = []
        for param in wanted:
            if param.name in values:
                stored.append(encode_param(param, values[param.name]))
            elif param.name in header:
                stored.append(encode_param(param, header[param.name]))
            else:
                stored.append(neutral_param(param))
        return stored

    def _still_metadata(self) -> None:
        if self._begun:
            raise UsageError("metadata must come before the first event")

    def _begin(self) -> None:
        """Write the metadata, once."""
        if self._begun:
            return
        self._begun = True
        tail = Tail.LOGINUID if self._layout == "sysdig" else Tail.FULL
        write = self._stream.write
        write(section_header())
        write(frame(BlockType.MACHINE, pack_machine(self._machine)))
        write(frame(BlockType.INTERFACES_V2, b"".join(map(pack_interface, self._interfaces))))
        write(frame(BlockType.USERS_V2, b"".join(map(pack_account, self._accounts))))
        processes = b"".join(pack_process(process, 9, tail) for process in self._processes)
        write(frame(BlockType.PROCESSES_V9, processes))
        for tid, entries in self._descriptors.items():
            body = tid.to_bytes(8, "little", signed=True) + b"".join(map(pack_descriptor, entries))
            write(frame(BlockType.DESCRIPTORS_V2, body))
