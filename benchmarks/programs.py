"""The programs that are measured: how they are started, timed, watched and ended."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from compileall import compile_dir
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

COLUMNS, LINES = 160, 40
_SERVERS = count()
PATIENCE = 180.0
FIRST_ROWS = re.compile(r"PROCS .*\n[▸\s]*\d[\d.]*\s+\d+\s")
"""Matches hopscope's window as soon as its first view has rows. A heading alone does not count."""

CSYSDIG_ROWS = re.compile(r"PID .*\n\s*\d+\s+\d+\s")
"""The same of csysdig."""


@cache
def hopscope() -> str:
    """The command of the environment that this Python belongs to.

    Compiled first, as pip does with what it copies: where Python is told to write no bytecode, every start
    of an editable installation would compile all of it.
    """
    for package in ("hopscope", "hopscope_tui"):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            compile_dir(folder, quiet=2)
    return str(Path(sys.executable).with_name("hopscope"))


def missing(*names: str) -> str:
    """Which of these programs are not installed, as words; empty for none."""
    return " and ".join(name for name in names if shutil.which(name) is None)


@contextmanager
def own_folders() -> Iterator[dict[str, str]]:
    """An environment in which hopscope's folders are empty, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="hopscope-benchmark-") as folder:
        names = ("HOPSCOPE_CACHE_DIR", "HOPSCOPE_DATA_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
        yield {**os.environ, **dict.fromkeys(names, folder), "HOPSCOPE_CACHE_LIMIT": "40G", "TZ": "UTC"}


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a command to its end with its output thrown away; seconds that took. Raises where it fails."""
    begun = time.perf_counter()
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    passed = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-400:]}")
    return passed


def alternating(contenders: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Measure all in turns, every other time in reverse: what the machine does beside hits all of them.

    Args:
        contenders: by name; each measures once.
        runs: how often.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(runs):
        names = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            times[name].append(contenders[name]())
    return times


def warm(path: Path) -> None:
    """Bring a file into the system's cache."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def shown_events(capture: Path) -> int:
    """How many events a list of them shows; those that say something about others are hidden."""
    command = [hopscope(), "info", "--no-cache", str(capture)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"shown events\s+([\d,]+)", told)
    if found is None:
        raise SystemExit(f"hopscope info says nothing of shown events:\n{told}")
    return int(found[1].replace(",", ""))


@dataclass(frozen=True)
class Window:
    """A program in a tmux window of its own.

    Attributes:
        begun: when it was started, on the clock of :func:`time.perf_counter`.
        server: name of tmux's socket.
    """

    begun: float
    server: str

    def text(self) -> str:
        """What is in the window."""
        try:
            return tmux(self.server, "capture-pane", "-p", "-t", "run")
        except subprocess.CalledProcessError as error:
            raise SystemExit("the program has ended before it showed what was waited for") from error

    def wait_for(self, wanted: re.Pattern[str], patience: float = PATIENCE) -> float:
        """Seconds from the start until the window matches."""
        while (passed := time.perf_counter() - self.begun) < patience:
            if wanted.search(self.text()):
                return time.perf_counter() - self.begun
            time.sleep(0.004)
        raise SystemExit(f"the window never showed {wanted.pattern!r} within {passed:.0f} s:\n{self.text()}")

    def process(self) -> int:
        """Number of the program's first process."""
        return int(tmux(self.server, "list-panes", "-t", "run", "-F", "#{pane_pid}"))


def tmux(server: str, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a command of tmux on a server of our own."""
    command = ["tmux", "-L", server, "-f", "/dev/null", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


@contextmanager
def window(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Window]:
    """A program running in a new window of 160 by 40 cells; ended with the block."""
    # A server that goes down refuses its successor, so each window has its own; it is up before the clock.
    server = f"hopscope-benchmark-{os.getpid()}-{next(_SERVERS)}"
    tmux(server, "new-session", "-d", "-s", "keep", "sleep 3600", environment=environment)
    size = ("-x", str(COLUMNS), "-y", str(LINES))
    try:
        begun = time.perf_counter()
        tmux(server, "new-session", "-d", "-s", "run", *size, *command, environment=environment)
        yield Window(begun, server)
    finally:
        subprocess.run(["tmux", "-L", server, "kill-server"], capture_output=True, check=False)
        # The server leaves its socket behind.
        folder = Path(os.environ.get("TMUX_TMPDIR", "/tmp"), f"tmux-{os.getuid()}")
        (folder / server).unlink(missing_ok=True)


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/stat", encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found
