"""Names of error numbers, signals and system calls."""

from __future__ import annotations

from functools import cache

from .event_table import read_rows


@cache
def _numbered(file: str) -> dict[int, str]:
    return {int(number): name for number, name in read_rows(file)}


def errno_name(result: int) -> str:
    """Name of the error in a negative result, for instance ``ENOENT`` for -2; empty without."""
    return _numbered("errnos.tsv").get(-result, "") if result < 0 else ""


def signal_name(number: int) -> str:
    """Name of a signal, for instance ``SIGCHLD``; empty for 0 and for real-time signals."""
    return _numbered("signals.tsv").get(number, "")


def signal_set_text(mask: int) -> str:
    """Names of the signals in a set, separated by blanks. Bit n stands for signal n + 1."""
    names = (signal_name(bit + 1) for bit in range(32) if mask >> bit & 1)
    return " ".join(name for name in names if name)


def syscall_names() -> dict[int, str]:
    """Names of system calls by the number that generic events carry."""
    return _numbered("syscalls.tsv")
