"""What clone, execve, exit and their kin do to threads (rules: notes on state, section 2).

Each handler takes the world, the tid of the event and its parameters as declared in
:mod:`hopscope.state.handlers`; a parameter that the capture does not store is None.
"""

from __future__ import annotations

from hopscope.decode.paths import join_path
from hopscope.state.thread_log import NOBODY, UNKNOWN_NAME, Thread
from hopscope.state.world import CLONE_FILES, CLONE_THREAD, World

CHILD_IN_PIDNS = 1 << 29
_STALE_NS = 2_000_000_000
_CLOEXEC = 4096
_NAME_CHANGED = 1 << 17
_KEPT_BY_EXEC = (1 << 16) | (1 << 19) | (3 << 21)  # inverted, main-thread and pipe markers
_NOFILE = 7


def text(raw: bytes | None) -> str:
    """A stored string without its NUL; bytes that are not UTF-8 are kept as surrogates."""
    return "" if raw is None else raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def texts(raw: bytes | None) -> tuple[str, ...]:
    """A sequence of strings, each ended by a NUL."""
    if not raw:
        return ()
    if raw.endswith(b"\0"):
        raw = raw[:-1]
    return tuple(raw.decode("utf-8", "surrogateescape").split("\0"))


def clone(
    world: World, tid: int, res: int | None, exe: bytes | None, args: bytes | None, child_tid: int | None,
    pid: int | None, ptid: int | None, fdlimit: int | None, pfmajor: int | None, pfminor: int | None,
    vmsize: int | None, vmrss: int | None, vmswap: int | None, comm: bytes | None, cgroups: bytes | None,
    flags: int | None, uid: int | None, gid: int | None, vtid: int | None, vpid: int | None,
) -> None:  # fmt: skip
    """Exit of clone, clone3, fork, vfork: in the caller (res > 0) or in the child (res == 0)."""
    if res is None or res < 0:
        return
    flags = flags or 0
    name = text(comm) if comm is not None else text(exe)
    told = child_tid if child_tid is not None else tid
    in_container = bool(flags & CHILD_IN_PIDNS) or (vtid is not None and vtid != told)
    if res > 0:
        caller = world.threads.get(tid)
        if caller is None:
            caller = world.thread(tid)
            caller.comm, caller.exe, caller.args = name, text(exe), texts(args)
        elif caller.placeholder and caller.comm == UNKNOWN_NAME:
            world.change(caller)
            caller.comm, caller.exe, caller.args = name, text(exe), texts(args)
        if in_container:
            return
        made = world.threads.get(res)
        if made is None and world.came_and_went(res):
            return
        if made is not None:
            if made.inverted:
                made.inverted = False
                return
            world.remove_thread(made, world.row)
        child = _make_child(
            world, res, pid if flags & CLONE_THREAD and pid is not None else res, caller, flags
        )
        child.ptid = tid
        child.vtid, child.vpid = child.tid, child.pid
    else:
        known = world.threads.get(tid)
        if known is not None and world.time - known.born_time <= _STALE_NS:
            if in_container:
                world.change(known)
                known.vtid, known.vpid = vtid if vtid is not None else -1, vpid if vpid is not None else -1
            return
        if known is not None:
            world.remove_thread(known, world.row)
        parent_tid = pid if flags & CLONE_THREAD else ptid
        parent = world.threads.get(parent_tid) if parent_tid is not None else None
        child = _make_child(world, tid, pid if pid is not None else tid, parent, flags)
        child.ptid = parent_tid if parent_tid is not None else -1
        child.inverted = True
        child.vtid, child.vpid = (
            (vtid if vtid is not None else -1, vpid if vpid is not None else -1)
            if in_container
            else (child.tid, child.pid)
        )
    child.exe, child.args, child.comm = text(exe), texts(args), name
    child.flags = flags
    child.fdlimit = -1 if fdlimit is None else fdlimit
    child.pfmajor, child.pfminor = pfmajor or 0, pfminor or 0
    child.vmsize, child.vmrss, child.vmswap = vmsize or 0, vmrss or 0, vmswap or 0
    child.uid, child.gid = (NOBODY if uid is None else uid), (NOBODY if gid is None else gid)
    if cgroups is not None:
        world.set_cgroups(child, texts(cgroups))


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


def execve(
    world: World, tid: int, res: int | None, exe: bytes | None, args: bytes | None, pid: int | None,
    ptid: int | None, fdlimit: int | None, pfmajor: int | None, pfminor: int | None, vmsize: int | None,
    vmrss: int | None, vmswap: int | None, comm: bytes | None, cgroups: bytes | None, env: bytes | None,
    tty: int | None, vpgid: int | None, loginuid: int | None, flags: int | None, uid: int | None,
    gid: int | None, trusted_exepath: bytes | None, filename: bytes | None, dirfd: int | None,
    pathname: bytes | None,
) -> None:  # fmt: skip
    """Exit of execve or execveat: the thread runs another program."""
    if res is None or res < 0:
        return
    thread = world.thread(tid)
    world.change(thread)
    if thread.placeholder:
        thread.placeholder = False
        if pid is not None:
            thread.pid = pid
    if thread.ptid < 0 and ptid is not None:
        thread.ptid = ptid
        parent = world.threads.get(ptid)
        if parent is not None:
            world.thread_log.lives[thread.life].parent = parent.main.life
    thread.exe, thread.args = text(exe), texts(args)
    thread.comm = text(comm) if comm is not None else text(exe)
    if fdlimit is not None:
        thread.fdlimit = fdlimit
    thread.pfmajor, thread.pfminor = pfmajor or 0, pfminor or 0
    thread.vmsize, thread.vmrss, thread.vmswap = vmsize or 0, vmrss or 0, vmswap or 0
    thread.flags = (thread.flags & _KEPT_BY_EXEC) | _NAME_CHANGED
    thread.exepath = _exepath(thread, trusted_exepath, filename, dirfd, pathname)
    if env is not None:
        thread.env = texts(env)
    if tty is not None:
        thread.tty = tty
    if vpgid is not None:
        thread.vpgid = vpgid
    if loginuid is not None:
        thread.loginuid = loginuid & NOBODY
    if flags is not None:
        thread.exe_writable = bool(flags & 1)
    if uid is not None:
        thread.uid = uid
    if gid is not None:
        thread.gid = gid
    if cgroups is not None and texts(cgroups) != thread.cgroups:
        world.set_cgroups(thread, texts(cgroups))
    _drop_close_on_exec(world, thread)


def _exepath(
    thread: Thread, trusted: bytes | None, filename: bytes | None, dirfd: int | None, pathname: bytes | None
) -> str:
    if trusted:
        return text(trusted)
    if filename is not None:
        return join_path(thread.main.cwd, text(filename))
    if pathname is not None:
        base = thread.main.cwd
        entry = thread.files.entries.get(dirfd) if dirfd is not None else None
        if entry is not None:
            base = entry.shape.name
            if not pathname.strip(b"\0"):
                return base
            base += "/"
        return join_path(base, text(pathname))
    return ""


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
