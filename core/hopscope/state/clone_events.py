"""Births of threads: what clone, clone3, fork and vfork do (rules: notes on state, section 2).

The call comes back twice, in the caller with the child's number and in the child with zero, and
either may be seen first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hopscope.state.texts import text, texts
from hopscope.state.thread_log import NOBODY, UNKNOWN_NAME, Thread
from hopscope.state.world import CLONE_FILES, CLONE_THREAD, World

_CHILD_IN_PIDNS = 1 << 29
_STALE_NS = 2_000_000_000


class CloneExit(NamedTuple):
    """Parameters of the exit, None for what the capture does not store."""

    res: int | None
    exe: bytes | None
    args: bytes | None
    tid: int | None
    pid: int | None
    ptid: int | None
    fdlimit: int | None
    pfmajor: int | None
    pfminor: int | None
    vmsize: int | None
    vmrss: int | None
    vmswap: int | None
    comm: bytes | None
    cgroups: bytes | None
    flags: int | None
    uid: int | None
    gid: int | None
    vtid: int | None
    vpid: int | None

    @property
    def name(self) -> str:
        """Name of the program; old captures have only its first argument."""
        return text(self.exe if self.comm is None else self.comm)


def clone(world: World, tid: int, *values: Any) -> None:
    """Exit of clone, clone3, fork, vfork: in the caller (res > 0) or in the child (res == 0)."""
    told = CloneExit(*values)
    if told.res is None or told.res < 0:
        return
    flags = told.flags or 0
    own_tid = tid if told.tid is None else told.tid
    in_container = bool(flags & _CHILD_IN_PIDNS) or (told.vtid is not None and told.vtid != own_tid)
    if told.res > 0:
        child = _seen_by_caller(world, tid, told, flags, in_container)
    else:
        child = _seen_by_child(world, tid, told, flags, in_container)
    if child is None:
        return
    child.exe, child.args, child.comm = text(told.exe), texts(told.args), told.name
    child.flags = flags
    child.fdlimit = -1 if told.fdlimit is None else told.fdlimit
    child.pfmajor, child.pfminor = told.pfmajor or 0, told.pfminor or 0
    child.vmsize, child.vmrss, child.vmswap = told.vmsize or 0, told.vmrss or 0, told.vmswap or 0
    child.uid, child.gid = _or(told.uid, NOBODY), _or(told.gid, NOBODY)
    if told.cgroups is not None:
        world.set_cgroups(child, texts(told.cgroups))


def _seen_by_caller(world: World, tid: int, told: CloneExit, flags: int, in_container: bool) -> Thread | None:
    """The child that the caller's exit makes; None where the child's own exit made or will make it."""
    number = told.res or 0
    caller = world.thread(tid)
    if caller.placeholder and caller.comm == UNKNOWN_NAME:
        world.change(caller)
        caller.comm, caller.exe, caller.args = told.name, text(told.exe), texts(told.args)
    if in_container:
        return None
    made = world.threads.get(number)
    if made is None and world.came_and_went(number):
        return None
    if made is not None:
        if made.inverted:
            made.inverted = False
            return None
        world.remove_thread(made, world.row)
    child = _make_child(
        world, number, _or(told.pid, number) if flags & CLONE_THREAD else number, caller, flags
    )
    child.ptid = tid
    child.vtid, child.vpid = child.tid, child.pid
    return child


def _seen_by_child(world: World, tid: int, told: CloneExit, flags: int, in_container: bool) -> Thread | None:
    """The child that its own exit makes; None where the caller's exit has made it."""
    known = world.threads.get(tid)
    if known is not None and world.time - known.born_time <= _STALE_NS:
        if in_container:
            world.change(known)
            known.vtid, known.vpid = _or(told.vtid, -1), _or(told.vpid, -1)
        return None
    if known is not None:
        world.remove_thread(known, world.row)
    parent_tid = _or(told.pid if flags & CLONE_THREAD else told.ptid, -1)
    child = _make_child(world, tid, _or(told.pid, tid), world.threads.get(parent_tid), flags)
    child.ptid = parent_tid
    child.inverted = True
    child.vtid, child.vpid = child.tid, child.pid
    if in_container:
        child.vtid, child.vpid = _or(told.vtid, -1), _or(told.vpid, -1)
    return child


def _or(value: int | None, instead: int) -> int:
    return instead if value is None else value


def _make_child(world: World, tid: int, pid: int, parent: Thread | None, flags: int) -> Thread:
    """Start the life of a child with what it inherits."""
    main = world.threads.get(pid) if flags & CLONE_THREAD else None
    shares = flags & CLONE_FILES
    if main is not None:
        files = main.files if shares else None
    else:
        files = parent.files if shares and parent is not None and flags & CLONE_THREAD else None
    child = world.new_thread(tid, pid, -1, main, files=files)
    life = world.thread_log.lives[child.life]
    life.born, life.born_time = world.row, world.time
    child.born_time = world.time
    if parent is None:
        return child
    life.parent = parent.main.life
    child.exepath, child.exe_writable, child.sid, child.vpgid = (
        parent.exepath, parent.exe_writable, parent.sid, parent.vpgid,
    )  # fmt: skip
    child.tty, child.loginuid = parent.tty, parent.loginuid
    child.cgroups, child.container = parent.cgroups, parent.container
    if not flags & CLONE_THREAD:
        child.env, child.cwd = parent.main.env, parent.main.cwd
        world.descriptor_log.copy_all(parent.files, child.files, world.row)
    elif main is not None:
        child.env, child.cwd = main.env, main.cwd
    return child
