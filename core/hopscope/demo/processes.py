"""How processes and threads of the demo begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hopscope.demo.recorder import MICROSECOND, PROCEXIT, SIGNAL_DELIVER, Actor, Recorder

THREAD_FLAGS = 1 | 2 | 512 | 2048 | 4096 | 8192 | 32768 | 8388608 | 33554432
"""CLONE_FILES, FS, PARENT_SETTID, SIGHAND, SYSVSEM, THREAD, VM, CHILD_CLEARTID, SETTLS."""

FORK_FLAGS = 8388608 | 16777216
"""CLONE_CHILD_CLEARTID, CHILD_SETTID; like the others in the numbering of captures."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a process runs, as its clone and execve events tell."""

    actor: Actor
    parent: int
    exe: str
    args: tuple[str, ...] = ()
    comm: str = ""
    vtid: int = 0
    vpid: int = 0
    cgroups: tuple[str, ...] = ()
    uid: int = 0
    env: tuple[str, ...] = ("PATH=/usr/bin:/bin",)

    def told(self) -> dict[str, Any]:
        """The parameters that clone and execve share."""
        size, resident = self.actor.memory
        return {
            "exe": self.exe,
            "args": self.args,
            "tid": self.actor.tid,
            "pid": self.actor.pid,
            "ptid": self.parent,
            "cwd": "",
            "fdlimit": 65536,
            "pgft_maj": 0,
            "pgft_min": resident // 64,
            "vm_size": size,
            "vm_rss": resident,
            "vm_swap": 0,
            "comm": self.comm or self.exe.rsplit("/", 1)[-1],
            "cgroups": self.cgroups,
        }


def clone(tape: Recorder, parent: Program, child: Program, flags: int = FORK_FLAGS) -> None:
    """The parent returns from clone with the number it sees, the child with 0."""
    tape.enter(parent.actor, "clone")
    tape.wait(60 * MICROSECOND)
    seen = child.vtid or child.actor.tid
    shared = {"flags": flags, "uid": parent.uid, "gid": parent.uid}
    for program, result in ((parent, seen), (child, 0)):
        ids = {"vtid": program.vtid or program.actor.tid, "vpid": program.vpid or program.actor.pid}
        # The child is still a copy of its parent.
        image = {key: parent.told()[key] for key in ("exe", "args", "comm")}
        tape.leave(program.actor, "clone", res=result, **(program.told() | image | shared | ids))
        tape.wait(25 * MICROSECOND)


def execute(tape: Recorder, program: Program, path: str, libraries: Sequence[str] = ("libc.so.6",)) -> None:
    """Replace the image; load the libraries."""
    actor = program.actor
    tape.enter(actor, "execve", filename=path)
    tape.wait(220 * MICROSECOND)
    after = {
        "env": program.env,
        "tty": 0,
        "vpgid": program.vpid or actor.pid,
        "loginuid": None,
        "flags": 0,
    }
    tape.leave(actor, "execve", res=0, **(program.told() | after))
    size, resident = actor.memory
    memory = {"vm_size": size, "vm_rss": resident // 4, "vm_swap": 0}
    tape.call(actor, "brk", {"addr": 0}, {"res": 0x55D0_0000, **memory}, 0.6 * MICROSECOND)
    tape.call(actor, "access", {"mode": 4}, {"res": -2, "name": "/etc/ld.so.preload"})
    tape.open(actor, "/etc/ld.so.cache", 3)
    tape.close(actor, 3)
    for position, library in enumerate(libraries):
        tape.open(actor, f"/lib/x86_64-linux-gnu/{library}", 3)
        tape.read(actor, 3, b"\x7fELF\x02\x01\x01" + bytes(57), 832)
        tape.call(actor, "fstat", {"fd": 3}, {"res": 0}, 0.5 * MICROSECOND)
        where = 0x7F40_1000_0000 + 0x20_0000 * position
        mapping = {"addr": 0, "length": 0x1C_2000, "prot": 5, "flags": 1026, "fd": 3, "offset": 0}
        tape.call(actor, "mmap", mapping, {"res": where, **memory})
        tape.generic(actor, "mprotect")
        tape.close(actor, 3)


def leave(tape: Recorder, program: Program, parent: Actor | None = None, status: int = 0) -> None:
    """The thread ends; where a process ends its parent is told by SIGCHLD."""
    tape.event(program.actor, PROCEXIT, {"status": status << 8})
    tape.wait(4 * MICROSECOND)
    if parent is not None:
        values = {"spid": program.vpid or program.actor.pid, "dpid": parent.pid, "sig": 17}
        tape.event(parent, SIGNAL_DELIVER, values)
        tape.wait(4 * MICROSECOND)
