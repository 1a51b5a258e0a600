"""The fork from which the process that reads a capture begins. Loads nothing, so that it can come first."""

from __future__ import annotations

import os
import sys


class Fork:
    """A process that reads a capture.

    Attributes:
        asked: path, filter and view that it was started for.
        pid: of the process, 0 once it was waited for.
        news: number of the file that its news are read from.
        memory: number of the file that the columns of the index are in.
    """

    def __init__(self, asked: tuple[str, str, str], pid: int, news: int, memory: int) -> None:
        self.asked = asked
        self.pid = pid
        self.news = news
        self.memory = memory

    def end(self) -> None:
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


def fork_reader(path: str, filter_text: str, view: str) -> Fork:
    """Start a process that reads a capture. Raises OSError where the machine refuses."""
    asked = (path, filter_text, view)
    memory = os.memfd_create("hopscope")
    news, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(news)
        from hopscope_tui.helper import work  # noqa: PLC0415  in the new process

        work(asked, writing, memory)
    os.close(writing)
    return Fork(asked, pid, news, memory)


def fork_ahead(words: list[str]) -> Fork | None:
    """Start to read what looks like a capture on the command line, before that is understood.

    Parsing the command line takes a tenth of the time that opening a small capture takes. Where the
    words turn out to mean something else the process is ended.
    """
    plain = words and not any(word.startswith("-") for word in words)
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    if not plain or not can_fork() or not on_terminal or not os.path.isfile(words[0]):
        return None
    try:
        return fork_reader(words[0], " ".join(words[1:]).strip(), "")
    except OSError:
        return None
