"""By which program an index was made: one of another makes another index of the same capture."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import hopscope

LAYOUT = 2
"""Version of what the sections mean."""

_ROOMS = ("capture", "decode", "state", "store", "index", "timeline")
"""Rooms that decide what is in an index."""


@cache
def maker() -> str:
    """Version of the program, version of the layout, and a fingerprint of the files that make an index.

    The last one takes names, sizes and times, so that whoever works on the program never meets what
    an earlier state of it has made.
    """
    root = Path(hopscope.__file__).parent
    digest = hashlib.sha256()
    for room in _ROOMS:
        try:
            entries = sorted(os.scandir(root / room), key=lambda entry: entry.name)
        except OSError:  # run from an archive, which only comes whole
            continue
        for entry in entries:
            if entry.name.endswith((".py", ".tsv")):
                status = entry.stat()
                digest.update(f"{room}/{entry.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"{hopscope.__version__} {LAYOUT} {digest.hexdigest()[:16]}"
