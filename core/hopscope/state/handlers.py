"""Which events change state, which of their parameters that takes, and the function that does it.

A row of :data:`HANDLERS` declares a handler for all events of some names. Each source is
``<param`` (of the exit event) or ``>param`` (of the enter event that belongs to it); the handler
gets the values in that order, None for what the capture does not store. ``>`` alone stands for the
event row of the enter, -1 without one.

A row also says how far its handler reaches, so that what concerns one descriptor alone can be done for
many at once, in the way of its :class:`Step` (:mod:`hopscope.state.by_descriptor`).

To follow one more system call: write a handler in ``process_events`` or ``descriptor_events`` and
add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.state import clone_events as births
from hopscope.state import descriptor_events as descriptors
from hopscope.state import process_events as processes
from hopscope.state import shape_columns as many
from hopscope.state.descriptor_log import Shape
from hopscope.state.shape_columns import Fill
from hopscope.state.world import World

if TYPE_CHECKING:
    from hopscope.state.told import Told


class Reach(Enum):
    """What a handler looks at or changes."""

    THREAD = "facts of threads that say nothing of descriptors"
    DESCRIPTOR = "the descriptors that it names, and no others"
    PROCESS = "anything of the process of its thread"
    MACHINE = "anything"


class Kind(IntEnum):
    """What a step does to the descriptor that it names. The first ones make it."""

    OPEN = 0
    SOCKET = 1  # which can be connected
    CLOSE = 2
    AIM = 3  # a connect begins
    CONNECT = 4


class Step(NamedTuple):
    """How a handler of one descriptor is done for many at once.

    Attributes:
        kind: what it does.
        fill: says what the descriptors become; None for a close.
    """

    kind: Kind
    fill: Fill | None = None


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
        worked: the source that must be stored and not negative, to leave out calls that failed and so
            changed nothing; empty for none.
        among: sources and the values of which the first one that is stored must be; None for any.
        reach: what it looks at or changes.
        concerns: sources that name other threads, whose processes it reaches as well.
        on: of each descriptor that it names the sources, of which the first one that is stored counts;
            complete where it reaches no more than these.
        step: how it is done for many at once; None for one after the other.
        looks_around: which of the events reach their whole process all the same.
    """

    names: tuple[str, ...]
    apply: Callable[..., None]
    sources: tuple[str, ...]
    at_enter: bool = False
    only_with: str = ""
    worked: str = ""
    among: tuple[tuple[str, ...], tuple[int, ...]] | None = None
    reach: Reach = Reach.PROCESS
    concerns: tuple[str, ...] = ()
    on: tuple[tuple[str, ...], ...] = ()
    step: Step | None = None
    looks_around: Callable[[Told], NDArray[np.bool_]] | None = None


def _plain(names: tuple[str, ...], kind: str, letter: str, made: str = "<res") -> Handler:
    """The row of calls that make a descriptor without more to it than its kind."""
    shape = Shape(kind, letter)

    def apply(world: World, tid: int, fd: int | None) -> None:
        descriptors.make(world, tid, fd, shape)

    step = Step(Kind.OPEN, many.constant(shape))
    return Handler(names, apply, (made,), worked=made, reach=Reach.DESCRIPTOR, on=((made,),), step=step)


def _opened_below_a_descriptor(told: Told) -> NDArray[np.bool_]:
    """Which opens start from a directory that is open: their name depends on what that descriptor is."""
    folder, known = told.numbers(("<dirfd", ">dirfd"))
    relative = np.zeros(len(folder), np.bool_)
    for source in ("<name", ">name"):
        start, length = told.spans(source)
        relative |= (length > 0) & (told.columns.data[start] != ord("/"))
    relative &= known & (folder != descriptors.AT_FDCWD)
    return relative


HANDLERS: tuple[Handler, ...] = (
    Handler(
        ("clone", "clone3", "fork", "vfork"),
        births.clone,
        (
            "<res", "<exe", "<args", "<tid", "<pid", "<ptid", "<fdlimit", "<pgft_maj", "<pgft_min",
            "<vm_size", "<vm_rss", "<vm_swap", "<comm", "<cgroups", "<flags", "<uid", "<gid", "<vtid",
            "<vpid",
        ),
        worked="<res",
        concerns=("<res", "<tid", "<pid", "<ptid"),
    ),
    Handler(
        ("execve", "execveat"),
        processes.execve,
        (
            "<res", "<exe", "<args", "<pid", "<ptid", "<fdlimit", "<pgft_maj", "<pgft_min", "<vm_size",
            "<vm_rss", "<vm_swap", "<comm", "<cgroups", "<env", "<tty", "<vpgid", "<loginuid", "<flags",
            "<uid", "<gid", "<trusted_exepath", ">filename", ">dirfd", ">pathname",
        ),
        worked="<res",
    ),
    Handler(("procexit",), processes.procexit, (), at_enter=True),
    Handler(("chdir",), processes.chdir, ("<res", "<path"), worked="<res"),
    Handler(("fchdir",), processes.fchdir, ("<res", "<fd", ">fd"), worked="<res"),
    Handler(("getcwd",), processes.getcwd, ("<res", "<path"), worked="<res"),
    Handler(("setuid",), processes.set_user, ("<res", "<uid", ">uid"), worked="<res", reach=Reach.THREAD),
    Handler(
        ("setresuid",), processes.set_user, ("<res", "<euid", ">euid"), worked="<res", reach=Reach.THREAD
    ),
    Handler(("setgid",), processes.set_group, ("<res", "<gid", ">gid"), worked="<res", reach=Reach.THREAD),
    Handler(
        ("setresgid",), processes.set_group, ("<res", "<egid", ">egid"), worked="<res", reach=Reach.THREAD
    ),
    Handler(("setsid",), processes.setsid, ("<res",), worked="<res", reach=Reach.THREAD),
    Handler(
        ("setrlimit", "getrlimit"),
        processes.set_limit,
        ("<res", "<cur", "<resource", ">resource", "<none", "<none"),
        worked="<res",
        reach=Reach.THREAD,
    ),
    Handler(
        ("prlimit",),
        processes.set_limit,
        ("<res", "<newcur", "<resource", ">resource", "<pid", ">pid"),
        worked="<res",
        reach=Reach.THREAD,
    ),
    Handler(
        ("open", "openat", "openat2"),
        descriptors.open_file,
        ("<fd", "<name", ">name", "<flags", ">flags", "<dirfd", ">dirfd", "<dev", "<ino"),
        worked="<fd",
        reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
        step=Step(Kind.OPEN, many.files),
        looks_around=_opened_below_a_descriptor,
    ),
    Handler(
        ("creat",),
        descriptors.open_file,
        ("<fd", "<name", ">name", "<none", "<none", "<none", "<none", "<dev", "<ino"),
        worked="<fd",
        reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
        step=Step(Kind.OPEN, many.files),
    ),
    Handler(
        ("open_by_handle_at",),
        descriptors.open_by_handle,
        ("<fd", "<path", "<flags", "<dev", "<ino"),
        worked="<fd",
        reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
    ),
    Handler(
        ("close",),
        descriptors.close,
        ("<res", "<fd", ">fd", ">"),
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd", ">fd"),),
        step=Step(Kind.CLOSE),
    ),
    Handler(("close_range",), descriptors.close_range, ("<res", "<first", "<last", "<flags"), worked="<res"),
    Handler(("dup", "dup2", "dup3"), descriptors.duplicate, ("<res", "<oldfd", ">fd"), worked="<res"),
    Handler(
        ("fcntl",),
        descriptors.duplicate,
        ("<res", "<fd", ">fd"),
        worked="<res",
        among=(("<cmd", ">cmd"), descriptors.DUPLICATING),
    ),
    Handler(
        ("pipe", "pipe2"),
        descriptors.pipe,
        ("<res", "<fd1", "<fd2", "<ino"),
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd1",), ("<fd2",)),
    ),
    Handler(
        ("socket",),
        descriptors.socket,
        ("<fd", "<domain", ">domain", "<type", ">type", "<proto", ">proto"),
        worked="<fd",
        reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
        step=Step(Kind.SOCKET, many.sockets),
    ),
    Handler(
        ("socketpair",),
        descriptors.socketpair,
        ("<res", "<fd1", "<fd2", "<source", "<peer"),
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd1",), ("<fd2",)),
    ),
    Handler(
        ("bind",),
        descriptors.bind,
        ("<res", "<addr", "<fd", ">fd"),
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd", ">fd"),),
    ),
    Handler(
        ("connect",),
        descriptors.aim,
        (">fd", ">addr"),
        at_enter=True,
        only_with=">addr",
        reach=Reach.DESCRIPTOR,
        on=((">fd",),),
        step=Step(Kind.AIM, many.aimed),
    ),
    Handler(
        ("connect",),
        descriptors.connect,
        ("<fd", ">fd", "<res", "<tuple", "<addr"),
        reach=Reach.DESCRIPTOR,
        on=(("<fd", ">fd"),),
        step=Step(Kind.CONNECT, many.connected),
    ),
    Handler(
        ("accept", "accept4"),
        descriptors.accept,
        ("<fd", "<tuple"),
        worked="<fd",
        reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
        step=Step(Kind.OPEN, many.accepted),
    ),
    Handler(
        ("sendto", "sendmsg"),
        descriptors.send,
        ("<res", ">tuple", "<fd", ">fd"),
        only_with=">tuple",
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd", ">fd"),),
    ),
    Handler(
        ("sendto", "sendmsg", "sendmmsg"),
        descriptors.send,
        ("<res", "<tuple", "<fd", ">fd"),
        only_with="<tuple",
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd", ">fd"),),
    ),
    Handler(
        ("recvfrom", "recvmsg", "recvmmsg"),
        descriptors.receive,
        ("<res", "<tuple", "<fd", ">fd"),
        only_with="<tuple",
        worked="<res",
        reach=Reach.DESCRIPTOR,
        on=(("<fd", ">fd"),),
    ),
    _plain(("eventfd", "eventfd2"), "event", "e"),
    _plain(("timerfd_create",), "timerfd", "t"),
    _plain(("signalfd", "signalfd4"), "signalfd", "s"),
    _plain(("inotify_init", "inotify_init1"), "inotify", "i"),
    _plain(("epoll_create", "epoll_create1"), "eventpoll", "l"),
    _plain(("io_uring_setup",), "io_uring", "r"),
    _plain(("userfaultfd",), "userfaultfd", "u"),
    _plain(("bpf",), "bpf", "b", "<fd"),
    Handler(
        ("memfd_create",), descriptors.memfd, ("<fd", "<name"), worked="<fd", reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
    ),
    Handler(
        ("pidfd_open",), descriptors.pidfd, ("<fd", "<pid"), worked="<fd", reach=Reach.DESCRIPTOR,
        on=(("<fd",),),
    ),
    Handler(
        ("pidfd_getfd",), descriptors.pidfd_getfd, ("<fd", "<pid_fd", "<target_fd"), worked="<fd",
        reach=Reach.MACHINE,
    ),
)  # fmt: skip
"""Everything that changes threads and descriptors."""
