"""Live threads during the replay, and the log of the states they went through."""

from __future__ import annotations

from dataclasses import dataclass, field

from hopscope.state.descriptor_log import Files

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


class ThreadLog:
    """Closed states of threads, one row each, and the lives they belong to."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []
        self.bounds: list[tuple[int, int, int]] = []  # life, first, stop
        self.lives: list[Life] = []

    def close(self, thread: Thread, stop: int) -> None:
        """Write down the thread's current state as true up to ``stop``; nothing when it never held."""
        if stop <= thread.first:
            return
        self.bounds.append((thread.life, thread.first, stop))
        self.rows.append((
            thread.tid, thread.pid, thread.ptid, thread.vtid, thread.vpid, thread.sid, thread.vpgid,
            thread.uid, thread.gid, thread.loginuid, thread.tty, thread.flags, thread.fdlimit,
            thread.vmsize, thread.vmrss, thread.vmswap, thread.pfmajor, thread.pfminor,
            thread.exe_writable, thread.comm, thread.exe, thread.exepath, thread.cwd,
            thread.args, thread.env, thread.cgroups, thread.container,
        ))  # fmt: skip

    def change(self, thread: Thread, row: int) -> None:
        """Call before changing a thread at an event row: what was true until then is written down."""
        if thread.first < row:
            self.close(thread, row)
            thread.first = row
