"""The status of a process that ended, as wait(2) gives it, in words."""

from __future__ import annotations

from hopscope.decode.names import signal_name

SIGNAL, DUMPED = 0x7F, 0x80
"""Bits of a status as wait(2) gives it; the exit status lies above them."""


def end_words(status: int) -> str:
    """``exit 0``, ``exit 1``, ``SIGKILL``, ``SIGSEGV, core``; empty where the status is not known."""
    if status < 0:
        return ""
    signal = status & SIGNAL
    if not signal:
        return f"exit {status >> 8 & 0xFF}"
    return f"{signal_name(signal) or f'signal {signal}'}{', core' if status & DUMPED else ''}"
