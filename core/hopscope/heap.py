"""Memory that nobody uses any more, given back to the system. Loads nothing before it is asked to."""

from __future__ import annotations

import sys


def give_back() -> None:
    """Give free pages in the midst of the heap back, where the C library can do that (glibc).

    By itself it gives back what is free at the end of the heap, which is little after large arrays of many
    sizes. Other threads go on meanwhile. Does nothing elsewhere.
    """
    if sys.platform != "linux":
        return

    import ctypes  # noqa: PLC0415  for this alone

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):  # another C library
        return
    trim(0)
