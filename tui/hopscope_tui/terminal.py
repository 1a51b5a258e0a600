"""The terminal as the source of keys, also when the capture comes from standard input."""

from __future__ import annotations

import os
import sys

from hopscope.errors import UsageError


def keep_keyboard() -> None:
    """Make standard input the terminal again, and leave what was piped in to ``sys.stdin``.

    Textual reads keys from the file number of the interpreter's first standard input. That number
    becomes the terminal; the pipe moves to a number of its own, which ``sys.stdin`` reads from.

    Raises:
        UsageError: there is no terminal to read keys from.
    """
    if sys.__stdin__ is None or sys.__stdin__.isatty():
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise UsageError(
            "the capture comes from standard input and there is no terminal to read keys from"
        ) from error
    keyboard = sys.__stdin__.fileno()
    piped = os.dup(keyboard)
    os.dup2(terminal, keyboard)
    os.close(terminal)
    sys.stdin = os.fdopen(piped, "r", encoding="utf-8", errors="surrogateescape")
