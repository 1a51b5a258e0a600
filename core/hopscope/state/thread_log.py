"""Live threads during the replay, and the log of the states they went through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hopscope.state.descriptor_log import FOREVER, Files

UNKNOWN_NAME = "<NA>"
"""comm of a thread that the capture never introduced."""

NOBODY = 0xFFFFFFFF
"""User or group number that stands for none."""

THREAD_FIELDS = (
    "tid", "pid", "ptid", "vtid", "vpid", "sid", "vpgid", "uid", "gid", "loginuid", "tty", "flags", "fdlimit",
    "vmsize", "vmrss", "vmswap", "pfmajor", "pfminor", "exe_writable", "comm", "exe", "exepath", "cwd",
    "args", "env", "cgroups", "container",
)  # fmt: skip
"""What can change during a life; each log row holds these in this order."""


@dataclass(slots=True)
class Thread:
    """A thread as it is at the moment the replay has come to.

    Attributes named as in :class:`hopscope.store.tables.ThreadTable`; ``container`` is an id or
    ``host``. The others:

    Attributes:
        life: number of this life.
        first: event row from which the current state holds.
        files: the descriptor table it uses.
        main: the main thread of its process; itself for main threads.
        secondaries: live threads of the process besides the main one.
        born_time: time in ns of the clone, 0 unknown.
        inverted: made by the child's own exit, before the parent's was seen.
        placeholder: made for an event whose thread nobody introduced.
        exiting: its procexit was seen, but other threads of the process live on.
        row: place of the current state in the log where it was written down while it still held, else -1.
    """

    tid: int
    pid: int
    ptid: int
    life: int
    first: int
    files: Files
    main: Thread = field(init=False)
    vtid: int = -1
    vpid: int = -1
    sid: int = -1
    vpgid: int = -1
    uid: int = NOBODY
    gid: int = NOBODY
    loginuid: int = NOBODY
    tty: int = 0
    flags: int = 0
    fdlimit: int = -1
    vmsize: int = 0
    vmrss: int = 0
    vmswap: int = 0
    pfmajor: int = 0
    pfminor: int = 0
    exe_writable: bool = False
    comm: str = UNKNOWN_NAME
    exe: str = UNKNOWN_NAME
    exepath: str = ""
    cwd: str = ""
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    cgroups: tuple[str, ...] = ()
    container: str = "host"
    secondaries: int = 0
    born_time: int = 0
    inverted: bool = False
    placeholder: bool = False
    exiting: bool = False
    row: int = -1


@dataclass(slots=True)
class Life:
    """What is true of a thread's whole life.

    Attributes:
        process: life of the main thread.
        parent: life of the parent process's main thread, -1 unknown.
        born, died: event rows of clone and exit, -1 unknown.
        born_time: ns, 0 unknown.
        table: number of the descriptor table.
    """

    process: int
    parent: int
    born: int
    born_time: int
    table: int
    died: int = -1


@dataclass(slots=True)
class Written:
    """States that were written down since the log was last emptied.

    Attributes:
        rows: their values, in the order of the log's field names.
        first, stop: event rows in which each holds; ``stop`` is FOREVER for one that still does.
        life: of each.
        ended: ``(place in the log, stop)`` of states that were written down earlier, while they held.
    """

    rows: list[tuple[object, ...]] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    stop: list[int] = field(default_factory=list)
    life: list[int] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)


class ThreadLog:
    """States of threads, one row each, and the lives they belong to.

    A state is written down when it ends, or by :meth:`settle` while it still holds, so that events
    can be given its place in the log before the capture has been read to its end.
    """

    def __init__(self) -> None:
        self.lives: list[Life] = []
        self._written = Written()
        self._count = 0
        self._fresh: list[Thread] = []

    def begin(self, thread: Thread) -> None:
        """A thread has a state that was not written down yet."""
        self._fresh.append(thread)

    def close(self, thread: Thread, stop: int) -> None:
        """Write down the thread's current state as true up to ``stop``; nothing when it never held."""
        if stop <= thread.first:
            return
        if thread.row >= 0:
            self._written.ended.append((thread.row, stop))
            thread.row = -1
        else:
            self._write(thread, stop)

    def change(self, thread: Thread, row: int) -> None:
        """Call before changing a thread at an event row: what was true until then is written down."""
        if thread.first < row:
            self.close(thread, row)
            thread.first = row
            self._fresh.append(thread)

    def settle(self, live: Mapping[int, Thread]) -> None:
        """Write down the states of all live threads that still hold."""
        for thread in self._fresh:
            if thread.row < 0 and live.get(thread.tid) is thread:
                thread.row = self._write(thread, FOREVER)
        self._fresh = []

    def take(self) -> Written:
        """What was written down since the last time."""
        written, self._written = self._written, Written()
        return written

    def _write(self, thread: Thread, stop: int) -> int:
        written = self._written
        written.first.append(thread.first)
        written.stop.append(stop)
        written.life.append(thread.life)
        written.rows.append((
            thread.tid, thread.pid, thread.ptid, thread.vtid, thread.vpid, thread.sid, thread.vpgid,
            thread.uid, thread.gid, thread.loginuid, thread.tty, thread.flags, thread.fdlimit,
            thread.vmsize, thread.vmrss, thread.vmswap, thread.pfmajor, thread.pfminor,
            thread.exe_writable, thread.comm, thread.exe, thread.exepath, thread.cwd,
            thread.args, thread.env, thread.cgroups, thread.container,
        ))  # fmt: skip
        self._count += 1
        return self._count - 1
