"""Of which files and hosts a store is made, where it is of several."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.lists import Interface, MachineInfo
from hopscope.store.tables import Users

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

    def recorded(self, time: int) -> int:
        """What the host's own clock said at a corrected time."""
        if time <= 0:
            return time
        return round((time - self.offset - self.since) / (1 + self.drift)) + self.since


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

    def host_at(self, row: int) -> Host:
        """The host of an event row."""
        return self.hosts[self.file_at(row).host]
