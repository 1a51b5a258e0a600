"""What a program writes to its terminal, byte by byte: a pseudo-terminal, keys, and a reader of what came."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 140, 40
QUIET = 0.15
"""Seconds without output after which a program none of whose threads runs is taken to be at rest."""

_SEQUENCE = re.compile(
    r"\x1b\[(?P<start>[<=>?]*)(?P<numbers>[0-9:;]*)(?P<end>[ -/]*[@-~])"  # CSI
    r"|\x1b(?P<string>[\]PX^_]).*?(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b(?P<two>[ -/]*[0-~])",
    re.DOTALL,
)


@dataclass(frozen=True)
class Written:
    """What a program wrote.

    Attributes:
        raw: all of it, decoded as UTF-8 with ``surrogateescape``.
        status: exit status.
    """

    raw: str
    status: int

    def sequences(self) -> set[str]:
        """The kinds of escape sequences in it: their beginning and end, and the strings whole.

        Numbers are left out, as they are colours and places on the screen, except those of modes.
        """
        kinds = set()
        for found in _SEQUENCE.finditer(self.raw):
            start, end = found["start"], found["end"]
            if end is None:
                kinds.add(found[0])
            elif start or end in "hlt":
                kinds.add(f"{start}{found['numbers']}{end}")
            else:
                kinds.add(end)
        return kinds

    def text(self) -> str:
        """What is left without escape sequences and line ends."""
        return _SEQUENCE.sub("", self.raw).replace("\r", "").replace("\n", "")


def run_on_terminal(
    words: Sequence[str],
    keys: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    patience: float = 60.0,
) -> Written:
    """Run a program on a terminal of its own until it ends.

    Args:
        words: the command line.
        keys: typed one after the other, each when the program has come to rest.
        environment: beside that of this process.
        patience: seconds for everything.
    """
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", HEIGHT, WIDTH, 0, 0))
    settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TZ": "UTC", **(environment or {})}
    process = subprocess.Popen(
        words, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        env={**os.environ, **settings},
    )  # fmt: skip
    os.close(terminal)
    received, waiting = bytearray(), list(keys)
    deadline = time.monotonic() + patience
    poll = select.poll()  # takes any file number
    poll.register(controller, select.POLLIN)
    try:
        while True:
            assert time.monotonic() < deadline, (
                f"not done after {patience} s; the last bytes: {received[-500:]!r}"
            )
            if poll.poll(QUIET * 1000):
                piece = _read(controller)
                if not piece:
                    break
                received += piece
            elif waiting and received and _is_asleep(process.pid):
                os.write(controller, waiting.pop(0).encode())
        status = process.wait(max(deadline - time.monotonic(), 1.0))
    finally:
        process.kill()
        process.wait()
        os.close(controller)
    return Written(received.decode("utf-8", "surrogateescape"), status)


def _is_asleep(session: int) -> bool:
    """True when no thread of a session runs or waits for a processor.

    On a busy machine a program may be silent because it is not its turn. From /proc/PID/task/TID/stat,
    as proc(5) describes it: after the name, the state and, three fields on, the session.
    """
    for place in glob.iglob("/proc/[0-9]*/task/*/stat"):
        try:
            state, _, _, of_session = Path(place).read_bytes().rpartition(b") ")[2].split()[:4]
        except (OSError, ValueError):  # it has just ended
            continue
        if int(of_session) == session and state == b"R":
            return False
    return True


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 1 << 16)
    except OSError as error:  # how Linux tells that nobody has the terminal open any more
        if error.errno == errno.EIO:
            return b""
        raise


def undrawn(text: str) -> set[str]:
    """Characters in it that a terminal does not draw as themselves."""
    return {one for one in text if not one.isprintable() or one in NEVER_ALONE}


NEVER_ALONE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u180b\u180c\u180d\u180f\ufe00\ufe0f\u2800\U000e0100"
)
"""Characters that count as printable and yet show nothing."""
