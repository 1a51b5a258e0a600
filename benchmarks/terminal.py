"""A terminal that a program runs in: it types keys, and notes when each frame is complete.

The program is told that the terminal knows synchronised output, as most do today: it then marks where a frame
ends. Nothing is drawn.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

FRAME_END = b"\x1b[?2026l"
_ASKS_FOR_SYNC = b"\x1b[?2026$p"
_KNOWS_SYNC = b"\x1b[?2026;2$y"
_ESCAPES = re.compile(rb"\x1b\[[0-9;?$<>=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")

KEYS = {
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "enter": b"\r",
    "backspace": b"\x7f",
    "escape": b"\x1b",
    "ctrl+l": b"\x0c",
    "ctrl+u": b"\x15",
    "ctrl+q": b"\x11",
}
REST = 0.08
"""Seconds without output and without anything running after which nothing more is expected of a key."""


class Terminal:
    """A pseudo terminal with a program in it.

    Args:
        command: the program.
        environment: of it.
        columns, lines: size in cells.

    Attributes:
        frames: when each frame was complete, on the clock of :func:`time.perf_counter`.
        process: the program.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int = 160, lines: int = 40
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(slave)
        self.frames: list[float] = []
        self._tail = b""
        self._said = b""

    # --- what the program writes -------------------------------------------------------------------

    def listen(self, seconds: float) -> bool:
        """Take in what comes within so many seconds, at most once; True if anything came."""
        ready, _, _ = select.select([self._master], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            raise SystemExit(f"the program has ended:\n{self.text()[-2000:]}") from None
        now = time.perf_counter()
        if _ASKS_FOR_SYNC in self._tail + data:
            os.write(self._master, _KNOWS_SYNC)
        joined = self._tail[-len(FRAME_END) + 1 :] + data
        self.frames.extend(now for _ in range(joined.count(FRAME_END)))
        self._tail = joined[-len(_ASKS_FOR_SYNC) + 1 :] if _ASKS_FOR_SYNC not in joined else b""
        self._said = (self._said + data)[-(1 << 20) :]
        return True

    def text(self) -> str:
        """What was written lately, without escape sequences."""
        return _ESCAPES.sub(b" ", self._said).decode("utf-8", "replace")

    def forget(self) -> None:
        """Begin a new :meth:`text`."""
        self._said = b""

    def wait_for(self, wanted: str, patience: float = 300.0) -> None:
        """Wait until a text was written."""
        begun = time.perf_counter()
        while wanted not in self.text():
            if time.perf_counter() - begun > patience:
                raise SystemExit(f"{wanted!r} never came:\n{self.text()[-2000:]}")
            self.listen(0.1)

    def rest(self, patience: float = 60.0) -> None:
        """Wait until nothing has come and no thread of the program has run for a moment."""
        begun = time.perf_counter()
        quiet_since = begun
        while (now := time.perf_counter()) - quiet_since < REST:
            if now - begun > patience:
                raise SystemExit("the program never comes to rest")
            if self.listen(0.01) or self._is_running():
                quiet_since = time.perf_counter()

    def _is_running(self) -> bool:
        tasks = f"/proc/{self.process.pid}/task"
        with contextlib.suppress(OSError):
            for task in os.listdir(tasks):
                with open(f"{tasks}/{task}/stat", encoding="utf-8", errors="replace") as file:
                    if file.read().rpartition(")")[2].split()[0] in "RD":
                        return True
        return False

    # --- keys ----------------------------------------------------------------------------------------

    def send(self, *keys: str) -> float:
        """Type keys or text at once; when that was."""
        begun = time.perf_counter()
        os.write(self._master, b"".join(KEYS.get(key, key.encode()) for key in keys))
        return begun

    def press(self, *keys: str) -> tuple[float, float] | None:
        """Type keys and wait until all is at rest.

        Returns:
            Seconds to the first and to the last frame that came of it; None where none came.
        """
        known = len(self.frames)
        begun = self.send(*keys)
        self.rest()
        came = self.frames[known:]
        return (came[0] - begun, came[-1] - begun) if came else None

    def end(self, key: str = "ctrl+q") -> None:
        """Leave the program by a key; after some patience by force."""
        with contextlib.suppress(OSError, SystemExit):
            self.send(key)
            begun = time.perf_counter()
            while self.process.poll() is None and time.perf_counter() - begun < 20:
                self.listen(0.05)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)
