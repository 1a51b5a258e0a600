"""The fork from which the process that reads a capture begins. Loads little, so that it can come first."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import socket

    from hopscope.index.identity import Identity
    from hopscope.timeline.said import Clocks

_WORTH_LOOKING = 2 << 20
"""Bytes of a file from which on it is worth to look for a kept index before anything is read."""


class Asked(NamedTuple):
    """What a process was started to read, in the order of :class:`hopscope_tui.opening.Request`."""

    path: str
    filter_text: str = ""
    view: str = ""
    follow: bool = False
    more: tuple[str, ...] = ()
    clocks: Clocks | None = None


class Fork:
    """A process that reads a capture.

    Attributes:
        asked: what it was started for.
        pid: of the process, 0 once it was waited for.
        end: this end of the connection to it.
        waits: it waits to be told before it begins, because there may be an index already.
    """

    def __init__(self, asked: Asked, pid: int, end: socket.socket, *, waits: bool) -> None:
        self.asked = asked
        self.pid = pid
        self.end = end
        self.waits = waits

    def kill(self) -> None:
        """End the process where it still runs."""
        import signal  # noqa: PLC0415  see the head of the module

        if self.pid:
            pid, self.pid = self.pid, 0
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def can_fork() -> bool:
    """True where a process may be forked: on Linux, before NumPy has threads of its own."""
    return sys.platform == "linux" and "numpy" not in sys.modules


def fork_reader(asked: Asked) -> Fork:
    """Start a process that reads a capture. Raises OSError where the machine refuses."""
    import socket  # noqa: PLC0415  see the head of the module

    waits = may_be_kept(asked)
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        here.close()
        from hopscope_tui.helper import work  # noqa: PLC0415  in the new process

        work(asked, there, waits=waits)
    there.close()
    return Fork(asked, pid, here, waits=waits)


def may_be_kept(asked: Asked) -> bool:
    """True when there is an index of the capture, be it fit for use or not."""
    from hopscope.caching import cache_allowed  # noqa: PLC0415  see the head of the module

    if asked.follow or not cache_allowed():
        return False
    try:
        if sum(os.path.getsize(path) for path in (asked.path, *asked.more)) < _WORTH_LOOKING:
            return False
    except OSError:
        return False
    from hopscope.index.presence import is_kept  # noqa: PLC0415  small captures have no index

    return is_kept(identity_of(asked.path, asked.more, asked.clocks))


def identity_of(path: str, more: tuple[str, ...], clocks: Clocks | None) -> Identity | None:
    """By what the index of a capture, or of several that are opened together, is found."""
    from hopscope.index.identity import identify, identify_all  # noqa: PLC0415  as above

    if not more and clocks is None:
        return identify(path)
    from hopscope.timeline.said import Clocks  # noqa: PLC0415  not for a single capture

    return identify_all((path, *more), (clocks or Clocks()).text())


def fork_ahead(words: list[str]) -> Fork | None:
    """Start to read what looks like a capture on the command line, before that is understood.

    Parsing the command line takes a tenth of the time that opening a small capture takes. Where the
    words turn out to mean something else the process is ended.
    """
    plain = words and not any(word.startswith("-") for word in words)
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    if not plain or not can_fork() or not on_terminal or not os.path.isfile(words[0]):
        return None
    if any(os.path.exists(word) for word in words[1:]):  # perhaps another capture
        return None
    try:
        return fork_reader(Asked(words[0], " ".join(words[1:]).strip()))
    except OSError:
        return None
