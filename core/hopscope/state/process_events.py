"""What execve, exit, chdir and their kin do to threads (rules: notes on state, section 2).

Each handler takes the world, the tid of the event and its parameters as declared in
:mod:`hopscope.state.handlers`; a parameter that the capture does not store is None.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hopscope.decode.paths import join_path
from hopscope.state.texts import text, texts
from hopscope.state.thread_log import NOBODY, Thread
from hopscope.state.world import World

_CLOEXEC = 4096
_NAME_CHANGED = 1 << 17
_KEPT_BY_EXEC = (1 << 16) | (1 << 19) | (3 << 21)  # inverted, main-thread and pipe markers
_EXE_WRITABLE = 1
_NOFILE = 7


class ExecveExit(NamedTuple):
    """Parameters of the exit and three of the enter, None for what the capture does not store."""

    res: int | None
    exe: bytes | None
    args: bytes | None
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
    env: bytes | None
    tty: int | None
    vpgid: int | None
    loginuid: int | None
    flags: int | None
    uid: int | None
    gid: int | None
    trusted_exepath: bytes | None
    filename: bytes | None
    dirfd: int | None
    pathname: bytes | None


def execve(world: World, tid: int, *values: Any) -> None:
    """Exit of execve or execveat: the thread runs another program."""
    told = ExecveExit(*values)
    if told.res is None or told.res < 0:
        return
    thread = world.thread(tid)
    world.change(thread)
    _introduce(world, thread, told)
    thread.exe, thread.args = text(told.exe), texts(told.args)
    thread.comm = text(told.exe if told.comm is None else told.comm)
    thread.pfmajor, thread.pfminor = told.pfmajor or 0, told.pfminor or 0
    thread.vmsize, thread.vmrss, thread.vmswap = told.vmsize or 0, told.vmrss or 0, told.vmswap or 0
    thread.flags = (thread.flags & _KEPT_BY_EXEC) | _NAME_CHANGED
    thread.exepath = _exepath(thread, told)
    if told.env is not None:
        thread.env = texts(told.env)
    if told.loginuid is not None:
        thread.loginuid = told.loginuid & NOBODY
    if told.flags is not None:
        thread.exe_writable = bool(told.flags & _EXE_WRITABLE)
    for name in ("fdlimit", "tty", "vpgid", "uid", "gid"):
        value = getattr(told, name)
        if value is not None:
            setattr(thread, name, value)
    if told.cgroups is not None and texts(told.cgroups) != thread.cgroups:
        world.set_cgroups(thread, texts(told.cgroups))
    _drop_close_on_exec(world, thread)


def _introduce(world: World, thread: Thread, told: ExecveExit) -> None:
    """Take over who a thread is that nobody introduced before."""
    if thread.placeholder:
        thread.placeholder = False
        if told.pid is not None:
            thread.pid = told.pid
    if thread.ptid < 0 and told.ptid is not None:
        thread.ptid = told.ptid
        parent = world.threads.get(told.ptid)
        if parent is not None:
            world.thread_log.lives[thread.life].parent = parent.main.life


def _exepath(thread: Thread, told: ExecveExit) -> str:
    if told.trusted_exepath:
        return text(told.trusted_exepath)
    if told.filename is not None:
        return join_path(thread.main.cwd, text(told.filename))
    if told.pathname is None:
        return ""
    entry = thread.files.entries.get(told.dirfd) if told.dirfd is not None else None
    if entry is None:
        return join_path(thread.main.cwd, text(told.pathname))
    if not text(told.pathname):
        return entry.shape.name
    return join_path(entry.shape.name + "/", text(told.pathname))


def _drop_close_on_exec(world: World, thread: Thread) -> None:
    """The kernel closes these before the new program starts; the open flags say which they are."""
    closing = [fd for fd, entry in thread.files.entries.items() if entry.shape.open_flags & _CLOEXEC]
    for fd in closing:
        world.descriptor_log.close(thread.files, fd, world.row)


def procexit(world: World, tid: int) -> None:
    """A thread is gone after this event; a main thread stays until its last other thread goes."""
    thread = world.threads.get(tid)
    if thread is None:
        thread = world.thread(tid)
    world.thread_log.lives[thread.life].died = world.row
    if thread.main is thread and thread.secondaries > 0:
        thread.exiting = True
        return
    world.remove_thread(thread, world.row + 1)


def chdir(world: World, tid: int, res: int | None, path: bytes | None) -> None:
    """The process works in another directory."""
    if res is None or res < 0 or path is None:
        return
    _set_cwd(world, tid, join_path(world.thread(tid).main.cwd, text(path)))


def fchdir(world: World, tid: int, res: int | None, exit_fd: int | None, enter_fd: int | None) -> None:
    """The same by descriptor; an unknown one changes nothing."""
    fd = exit_fd if exit_fd is not None else enter_fd
    if res is None or res < 0 or fd is None:
        return
    entry = world.thread(tid).files.entries.get(fd)
    if entry is not None and entry.shape.name:
        _set_cwd(world, tid, entry.shape.name)


def getcwd(world: World, tid: int, res: int | None, path: bytes | None) -> None:
    """The kernel tells the working directory."""
    if res is not None and res >= 0 and path:
        _set_cwd(world, tid, text(path))


def _set_cwd(world: World, tid: int, cwd: str) -> None:
    if not cwd.endswith("/"):
        cwd += "/"
    main = world.thread(tid).main
    if main.cwd == cwd:
        return
    threads = [main] if not main.secondaries else [one for one in world.threads.values() if one.main is main]
    for thread in threads:
        world.change(thread)
        thread.cwd = cwd


def set_user(world: World, tid: int, res: int | None, exit_id: int | None, enter_id: int | None) -> None:
    """setuid, setresuid."""
    wanted = exit_id if exit_id is not None else enter_id
    if res == 0 and wanted is not None and wanted != NOBODY:
        thread = world.thread(tid)
        if thread.uid != wanted:
            world.change(thread)
            thread.uid = wanted


def set_group(world: World, tid: int, res: int | None, exit_id: int | None, enter_id: int | None) -> None:
    """setgid, setresgid."""
    wanted = exit_id if exit_id is not None else enter_id
    if res == 0 and wanted is not None and wanted != NOBODY:
        thread = world.thread(tid)
        if thread.gid != wanted:
            world.change(thread)
            thread.gid = wanted


def setsid(world: World, tid: int, res: int | None) -> None:
    """The thread leads a new session."""
    if res is not None and res >= 0:
        thread = world.thread(tid)
        world.change(thread)
        thread.sid = res


def set_limit(
    world: World, tid: int, res: int | None, current: int | None, exit_resource: int | None,
    enter_resource: int | None, exit_pid: int | None, enter_pid: int | None,
) -> None:  # fmt: skip
    """setrlimit, getrlimit and prlimit on the number of descriptors."""
    resource = exit_resource if exit_resource is not None else enter_resource
    if res is None or res < 0 or resource != _NOFILE or current is None or current == -1:
        return
    pid = exit_pid if exit_pid is not None else enter_pid
    thread = world.threads.get(pid) if pid else world.thread(tid)
    if thread is not None and thread.main.fdlimit != current:
        world.change(thread.main)
        thread.main.fdlimit = current
