"""Ctrl-C while the program loads."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def ended_by_interrupts() -> Iterator[None]:
    """Let Ctrl-C end the program at once and without a word.

    For the time in which modules are loaded: there is nothing to clear up yet, and an extension module may
    not bear an exception in the middle of its beginning; orjson 3 ends with SIGSEGV then.
    """
    begun = signal.getsignal(signal.SIGINT)
    if begun is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, begun)


def end_by_interrupt() -> None:
    """End this process as Ctrl-C ends one, where the system knows that: shells then stop a loop around it.

    Nor is the interpreter taken apart under threads that may still be unpacking.
    """
    if os.name != "posix":
        return
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
