"""How much a packed capture may grow: a guard against files made to fill the memory.

Deflate packs up to 1032 to 1 (RFC 1951: 258 bytes from two bits), recorded system calls 5 to 30 to 1.
So what is far beyond the latter and large is taken for an attack until a person says otherwise.
"""

from __future__ import annotations

import os
import re

GIB = 1 << 30
TIMES = 100
"""Times its packed size that a capture may have without being asked about."""

LEAST = GIB
"""Bytes that any capture may have."""

AUTOMATIC = "auto"
NONE = "none"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}

_chosen: int | str = AUTOMATIC


def parse_limit(text: str) -> int | str:
    """A limit as a person writes it: ``800M``, ``4G``, ``none`` or ``auto``.

    Units are powers of 1024. Raises ValueError for anything else, and for less than one byte.
    """
    word = text.strip().lower()
    if word in (AUTOMATIC, NONE):
        return word
    found = _SIZE.fullmatch(word)
    if found is None or not (limit := int(float(found[1]) * _UNITS[found[2]])):
        raise ValueError(text)
    return limit


def choose_limit(limit: int | str) -> None:
    """Set the limit of this process: bytes, ``none`` or ``auto``."""
    global _chosen  # noqa: PLW0603  one person decides once for whatever is opened
    _chosen = limit


def chosen_limit() -> int | str:
    """The limit of this process, as :func:`choose_limit` takes it."""
    return _chosen


def unpack_limit(packed_size: int) -> int | None:
    """Bytes up to which a packed capture is unpacked; None for no limit.

    Unless one was chosen: a hundred times the packed size or 1 GiB, whichever is more, but never more
    than three quarters of the machine's memory.
    """
    if isinstance(_chosen, int):
        return _chosen
    if _chosen == NONE:
        return None
    return min(max(LEAST, TIMES * packed_size), _most())


def limit_sentence(limit: int, packed_size: int) -> str:
    """What to say where unpacking stopped, and how to go on."""
    times = limit / max(packed_size, 1)
    return (
        f"unpacking stopped at {size_text(limit)}, {times:,.0f} times the packed size, and the rest was "
        "left out; --unpack-limit SIZE or --unpack-limit none goes on"
    )


def size_text(size: int) -> str:
    """So many bytes in the largest unit that leaves a whole number of at least one."""
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}".replace(".0 ", " ")
    return f"{size} bytes"


def _most() -> int:
    try:
        return max(LEAST, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4)
    except (AttributeError, ValueError, OSError):  # a system that does not tell
        return 64 * GIB
