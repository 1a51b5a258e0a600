"""Which events change state, which of their parameters that takes, and the function that does it.

A row of :data:`HANDLERS` declares a handler for all events of some names. Each source is
``<param`` (of the exit event) or ``>param`` (of the enter event that belongs to it); the handler
gets the values in that order, None for what the capture does not store. ``>`` alone stands for the
event row of the enter, -1 without one.

To follow one more system call: write a handler in ``process_events`` or ``descriptor_events`` and
add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hopscope.state import clone_events as births
from hopscope.state import descriptor_events as descriptors
from hopscope.state import process_events as processes
from hopscope.state.world import World


@dataclass(frozen=True, slots=True)
class Handler:
    """One row.

    Attributes:
        names: events it is for.
        apply: called as ``apply(world, tid, *values)``.
        sources: where the values come from.
        at_enter: it acts on the enter event itself; its sources are then that event's parameters.
        only_with: the source that must be stored and not empty, to leave out the many events that say
            nothing; empty for none.
    """

    names: tuple[str, ...]
    apply: Callable[..., None]
    sources: tuple[str, ...]
    at_enter: bool = False
    only_with: str = ""


def _plain(kind: str, letter: str) -> Callable[..., None]:
    def apply(world: World, tid: int, fd: int | None) -> None:
        descriptors.plain(world, tid, fd, kind, letter)

    return apply


HANDLERS: tuple[Handler, ...] = (
    Handler(
        ("clone", "clone3", "fork", "vfork"),
        births.clone,
        (
            "<res", "<exe", "<args", "<tid", "<pid", "<ptid", "<fdlimit", "<pgft_maj", "<pgft_min",
            "<vm_size", "<vm_rss", "<vm_swap", "<comm", "<cgroups", "<flags", "<uid", "<gid", "<vtid",
            "<vpid",
        ),
    ),
    Handler(
        ("execve", "execveat"),
        processes.execve,
        (
            "<res", "<exe", "<args", "<pid", "<ptid", "<fdlimit", "<pgft_maj", "<pgft_min", "<vm_size",
            "<vm_rss", "<vm_swap", "<comm", "<cgroups", "<env", "<tty", "<vpgid", "<loginuid", "<flags",
            "<uid", "<gid", "<trusted_exepath", ">filename", ">dirfd", ">pathname",
        ),
    ),
    Handler(("procexit",), processes.procexit, (), at_enter=True),
    Handler(("chdir",), processes.chdir, ("<res", "<path")),
    Handler(("fchdir",), processes.fchdir, ("<res", "<fd", ">fd")),
    Handler(("getcwd",), processes.getcwd, ("<res", "<path")),
    Handler(("setuid",), processes.set_user, ("<res", "<uid", ">uid")),
    Handler(("setresuid",), processes.set_user, ("<res", "<euid", ">euid")),
    Handler(("setgid",), processes.set_group, ("<res", "<gid", ">gid")),
    Handler(("setresgid",), processes.set_group, ("<res", "<egid", ">egid")),
    Handler(("setsid",), processes.setsid, ("<res",)),
    Handler(
        ("setrlimit", "getrlimit"),
        processes.set_limit,
        ("<res", "<cur", "<resource", ">resource", "<none", "<none"),
    ),
    Handler(("prlimit",), processes.set_limit, ("<res", "<newcur", "<resource", ">resource", "<pid", ">pid")),
    Handler(
        ("open", "openat", "openat2"),
        descriptors.open_file,
        ("<fd", "<name", ">name", "<flags", ">flags", "<dirfd", ">dirfd", "<dev", "<ino"),
    ),
    Handler(
        ("creat",),
        descriptors.open_file,
        ("<fd", "<name", ">name", "<none", "<none", "<none", "<none", "<dev", "<ino"),
    ),
    Handler(("open_by_handle_at",), descriptors.open_by_handle, ("<fd", "<path", "<flags", "<dev", "<ino")),
    Handler(("close",), descriptors.close, ("<res", "<fd", ">fd", ">")),
    Handler(("close_range",), descriptors.close_range, ("<res", "<first", "<last", "<flags")),
    Handler(("dup", "dup2", "dup3"), descriptors.duplicate, ("<res", "<oldfd", ">fd")),
    Handler(("fcntl",), descriptors.control, ("<res", "<fd", ">fd", "<cmd", ">cmd")),
    Handler(("pipe", "pipe2"), descriptors.pipe, ("<res", "<fd1", "<fd2", "<ino")),
    Handler(
        ("socket",),
        descriptors.socket,
        ("<fd", "<domain", ">domain", "<type", ">type", "<proto", ">proto"),
    ),
    Handler(("socketpair",), descriptors.socketpair, ("<res", "<fd1", "<fd2", "<source", "<peer")),
    Handler(("bind",), descriptors.bind, ("<res", "<addr", "<fd", ">fd")),
    Handler(("connect",), descriptors.aim, (">fd", ">addr"), at_enter=True, only_with=">addr"),
    Handler(("connect",), descriptors.connect, ("<res", "<tuple", "<fd", ">fd", "<addr")),
    Handler(("accept", "accept4"), descriptors.accept, ("<fd", "<tuple")),
    Handler(
        ("sendto", "sendmsg"),
        descriptors.send,
        ("<res", ">tuple", "<fd", ">fd"),
        only_with=">tuple",
    ),
    Handler(
        ("sendto", "sendmsg", "sendmmsg"),
        descriptors.send,
        ("<res", "<tuple", "<fd", ">fd"),
        only_with="<tuple",
    ),
    Handler(
        ("recvfrom", "recvmsg", "recvmmsg"),
        descriptors.receive,
        ("<res", "<tuple", "<fd", ">fd"),
        only_with="<tuple",
    ),
    Handler(("eventfd", "eventfd2"), _plain("event", "e"), ("<res",)),
    Handler(("timerfd_create",), _plain("timerfd", "t"), ("<res",)),
    Handler(("signalfd", "signalfd4"), _plain("signalfd", "s"), ("<res",)),
    Handler(("inotify_init", "inotify_init1"), _plain("inotify", "i"), ("<res",)),
    Handler(("epoll_create", "epoll_create1"), _plain("eventpoll", "l"), ("<res",)),
    Handler(("io_uring_setup",), _plain("io_uring", "r"), ("<res",)),
    Handler(("userfaultfd",), _plain("userfaultfd", "u"), ("<res",)),
    Handler(("bpf",), _plain("bpf", "b"), ("<fd",)),
    Handler(("memfd_create",), descriptors.memfd, ("<fd", "<name")),
    Handler(("pidfd_open",), descriptors.pidfd, ("<fd", "<pid")),
    Handler(("pidfd_getfd",), descriptors.pidfd_getfd, ("<fd", "<pid_fd", "<target_fd")),
)  # fmt: skip
"""Everything that changes threads and descriptors."""
