"""Of which files and hosts a store is made, where it is of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.lists import Interface, MachineInfo
from hopscope.store.tables import Users
from hopscope.text import visible

RECORDED, GIVEN, ESTIMATED, REFERENCE = "recorded", "given", "estimated", "reference"
"""Where the correction of a host's clock comes from; a reference is what the others are compared with."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of a host are corrected.

    A recorded time ``t`` counts as ``t + offset + drift * (t - since)``.

    Attributes:
        offset: ns that are added.
        drift: ns that are added for each recorded ns since ``since``, mostly 0.
        since: recorded time in ns.
        uncertainty: ns by which the offset may be wrong to either side, -1 where nobody knows.
        pairs: messages seen at both ends on which it rests.
        origin: one of RECORDED, GIVEN, ESTIMATED and REFERENCE.
        note: what else is to be said, in a clause; empty for nothing.
    """

    offset: int = 0
    drift: float = 0.0
    since: int = 0
    uncertainty: int = -1
    pairs: int = 0
    origin: str = RECORDED
    note: str = ""

    def corrected(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """Recorded times in ns as they count; a missing one (0) stays missing."""
        if not self.offset and not self.drift:
            return times
        added = np.full(len(times), self.offset, np.int64)
        if self.drift:
            added += np.rint(self.drift * (times - self.since)).astype(np.int64)
        return np.where(times > 0, times + added, times)

    def uncorrected(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """The recorded times from corrected ones, to the ns but for what rounding a drift costs."""
        passed = times - self.offset - self.since
        if self.drift:
            passed = np.rint(passed / (1 + self.drift)).astype(np.int64)
        return np.where(times > 0, passed + self.since, times)

    def recorded(self, time: int) -> int:
        """What the host's own clock said at a corrected time."""
        if time <= 0:
            return time
        passed = time - self.offset - self.since
        return self.since + (round(passed / (1 + self.drift)) if self.drift else passed)


@dataclass(slots=True)
class Host:
    """A machine of which captures were recorded.

    Attributes:
        name: as it calls itself, with a number behind where two do so; ``host`` without a name.
        machine: what the first of its captures says of it.
        interfaces: all that its captures name.
        users: its own users and groups.
        clock: the correction of its times.
    """

    name: str
    machine: MachineInfo | None = None
    interfaces: list[Interface] = field(default_factory=list)
    users: Users = field(default_factory=Users)
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a store.

    Attributes:
        name: as given, with control characters escaped.
        path: for opening it alone; empty for standard input.
        host: its place in :attr:`Members.hosts`.
        run: files of one run of a machine that go on one after the other share it; numbers of threads and
            CPUs mean something within a run only.
        content_key: by which its bookmarks are kept.
        events: how many it holds.
        start, end: recorded times in ns of its first and last event, 0 without any.
        size, packed_size: bytes unpacked and as it came.
    """

    name: str
    path: str
    host: int
    run: int
    content_key: str
    events: int
    start: int
    end: int
    size: int
    packed_size: int


@dataclass(slots=True)
class Members:
    """The files and hosts of a store, and which event comes from where.

    Attributes:
        hosts: by name.
        files: in order of host and time.
        file_of: uint16, file of each event.
        own_number: int64, the number of each event in its own file, as ``evt.num`` there.
        thread_run: int16, run of each row of the table of threads.
        container_host: int16, host of each row of the table of containers; that of each machine itself has
            the id ``host``.
        notes: sentences on what was found: parts that are missing, files that overlap, clocks.
    """

    hosts: list[Host]
    files: list[Member]
    file_of: NDArray[np.uint16]
    own_number: NDArray[np.int64]
    thread_run: NDArray[np.int16]
    container_host: NDArray[np.int16]
    notes: list[str] = field(default_factory=list)

    @property
    def host_of_file(self) -> NDArray[np.int16]:
        """int16, host of each file."""
        return np.array([one.host for one in self.files], np.int16)

    @property
    def run_of_file(self) -> NDArray[np.int16]:
        """int16, run of each file."""
        return np.array([one.run for one in self.files], np.int16)

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.run_of_file.max(initial=-1)) + 1

    @property
    def host_of_run(self) -> NDArray[np.int16]:
        """int16, host of each run."""
        found = np.zeros(self.runs, np.int16)
        found[self.run_of_file] = self.host_of_file
        return found

    def host_of_event(self) -> NDArray[np.int16]:
        """int16, host of each event."""
        found: NDArray[np.int16] = self.host_of_file[self.file_of]
        return found

    def run_of_event(self) -> NDArray[np.int16]:
        """int16, run of each event."""
        found: NDArray[np.int16] = self.run_of_file[self.file_of]
        return found

    def host_of_thread(self) -> NDArray[np.int16]:
        """int16, host of each row of the table of threads."""
        found: NDArray[np.int16] = self.host_of_run[self.thread_run]
        return found

    def file_at(self, row: int) -> Member:
        """The file of an event row."""
        return self.files[int(self.file_of[row])]

    def summary(self) -> str:
        """How many hosts there are and how sure their clocks, in brackets; empty for one."""
        if len(self.hosts) < 2:
            return ""
        hosts = f"{len(self.hosts)} hosts"
        if any(host.clock.origin == RECORDED for host in self.hosts):
            return f" ({hosts}, clocks as recorded)"
        unsure = [host.clock.uncertainty for host in self.hosts if host.clock.origin == ESTIMATED]
        known = bool(unsure) and min(unsure) >= 0
        return f" ({hosts}, clocks ± {span(max(unsure))})" if known else f" ({hosts})"

    def clock_texts(self) -> list[str]:
        """A sentence on the clock of each host; none where nothing was to be compared."""
        if len(self.hosts) == 1 and self.hosts[0].clock.origin == RECORDED:
            return []
        return [clock_text(host) for host in self.hosts]

    def facts(self) -> dict[str, Any]:
        """What ``hopscope info`` prints of them beside what it prints of any capture."""
        return {
            "hosts": [
                {
                    "name": host.name,
                    "cpus": host.machine.cpus if host.machine else 0,
                    "clock_offset_ns": host.clock.offset,
                    "clock_drift": host.clock.drift,
                    "clock_uncertainty_ns": host.clock.uncertainty if host.clock.uncertainty >= 0 else None,
                    "clock_pairs": host.clock.pairs,
                    "clock_origin": host.clock.origin,
                }
                for host in self.hosts
            ],
            "clocks": self.clock_texts(),
            "files": [
                {
                    "name": file.name,
                    "host": self.hosts[file.host].name,
                    "events": file.events,
                    "start_ns": file.start or None,
                    "end_ns": file.end or None,
                    "bytes": file.size,
                    "content_key": file.content_key,
                }
                for file in self.files
            ],
            "notes": list(self.notes),
        }

    def host_at(self, row: int) -> Host:
        """The host of an event row."""
        return self.hosts[self.file_at(row).host]


def clock_text(host: Host) -> str:
    """A host's clock in words."""
    clock = host.clock
    name = visible(host.name)
    if clock.origin == REFERENCE:
        return f"{name}: reference, its times count as recorded"
    if clock.origin == RECORDED:
        return f"{name}: times as recorded, no message to compare it by"
    amount = f"{clock.offset / 1e9:+.6f} s"
    if clock.origin == GIVEN:
        return f"{name}: {amount}, as given"
    drift = f", {clock.drift * 1e6:+.1f} µs a second" if clock.drift else ""
    pairs = f"{clock.pairs:,} message{'s' if clock.pairs != 1 else ''} recorded at both ends"
    unsure = f"± {span(clock.uncertainty)}, " if clock.uncertainty >= 0 else ""
    note = f"; {clock.note}" if clock.note else ""
    return f"{name}: {amount}{drift} ({unsure}from {pairs}{note})"


def span(nanoseconds: int) -> str:
    """A stretch of time for a person."""
    for unit, name in ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")):
        if nanoseconds >= unit:
            return f"{nanoseconds / unit:.3g} {name}"
    return f"{nanoseconds} ns"


def readable_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """What :meth:`Members.facts` added to the facts of a store, in sentences; other facts as they are."""
    if "files" not in facts:
        return facts
    added = {
        "clocks": facts["clocks"],
        "files": [_file_text(file) for file in facts["files"]],
        "notes": facts["notes"],
    }
    first, *others = (pair for pair in facts.items() if pair[0] not in ("hosts", *added))
    return dict([first, *(pair for pair in added.items() if pair[1]), *others])


def _file_text(file: dict[str, Any]) -> str:
    times = " to ".join(_moment(file[name]) for name in ("start_ns", "end_ns") if file[name])
    return f"{file['name']}: {visible(file['host'])}, {file['events']:,} events{', ' if times else ''}{times}"


def _moment(time: int) -> str:
    """A recorded time to the millisecond."""
    try:
        return f"{datetime.fromtimestamp(time // 1_000_000_000):%H:%M:%S}.{time // 1_000_000 % 1000:03}"
    except (OverflowError, OSError, ValueError):
        return f"{time} ns"
