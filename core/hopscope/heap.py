"""Memory that nobody uses any more, given back to the system. Loads nothing before it is asked to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORTH_RELEASING = 8 << 20
"""Bytes of an array from which it is worth to give back the pages of a file that it lies in."""


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


def release(array: NDArray[Any], least: int = _WORTH_RELEASING) -> None:
    """Let the system take back the memory of the file that an array lies in; it is read again when needed.

    Does nothing for arrays that lie elsewhere or are smaller. The file must be mapped for reading, or for
    writing in such a way that it changes.

    Args:
        array: of any shape.
        least: bytes.
    """
    import mmap  # noqa: PLC0415  see the head of the module

    if array.nbytes < least or not hasattr(mmap, "MADV_DONTNEED"):
        return
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    if base is not None:
        base.madvise(mmap.MADV_DONTNEED)
