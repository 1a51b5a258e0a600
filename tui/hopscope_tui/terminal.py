"""The terminal as the source of keys and the place to draw on, whatever the shell has put elsewhere."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator

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


def when_terminal_is_gone(call: Callable[[], None]) -> None:
    """Call, in a thread, when there is no terminal any more to read keys from.

    Whoever leads a session is told by a signal. Who does not, or ignores that, would read an end again and
    again.
    """
    keyboard = sys.__stdin__
    if keyboard is not None and keyboard.isatty() and hasattr(select, "poll"):
        threading.Thread(
            target=_wait_for_end, args=(keyboard.fileno(), call), name="watch-terminal", daemon=True
        ).start()


def _wait_for_end(keyboard: int, call: Callable[[], None]) -> None:
    poll = select.poll()
    poll.register(keyboard, 0)  # whatever is asked for, hanging up and errors are told
    events = [event for _, event in poll.poll()]
    if any(
        event & (select.POLLHUP | select.POLLERR) for event in events
    ):  # some systems cannot poll terminals
        call()


@contextlib.contextmanager
def drawing_on_terminal() -> Iterator[None]:
    """Draw on standard output where standard error has been sent elsewhere.

    Textual draws on the interpreter's first standard error. What the program itself says on standard
    error still goes to where it was sent.
    """
    drawn_on = sys.__stderr__
    elsewhere = drawn_on is None or not drawn_on.isatty()
    if elsewhere and sys.__stdout__ is not None and sys.__stdout__.isatty():
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]
    try:
        yield
    finally:
        sys.__stderr__ = drawn_on  # type: ignore[misc]
