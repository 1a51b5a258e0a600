"""What is kept, for people: list it, remove it."""

from __future__ import annotations

import os
from typing import NamedTuple

from hopscope.index import folder
from hopscope.index.faults import IndexFaultError
from hopscope.index.maker import maker
from hopscope.index.mapped import MappedIndex


class Entry(NamedTuple):
    """An index in the cache.

    Attributes:
        key: 40 hexadecimal digits, by which the capture is known again.
        capture: path of the capture when the index was made; empty for a file that cannot be read.
        events: how many it holds.
        size: bytes of the index.
        used: when it was last used, in ns since the epoch.
        usable: False for one that will be made again, because it is damaged or of another program.
    """

    key: str
    capture: str
    events: int
    size: int
    used: int
    usable: bool


def entries() -> list[Entry]:
    """All indexes, those used last first."""
    found = []
    for path, status in folder.indexes():
        capture, events, usable = "", 0, False
        handle = folder.open_own(path)
        if handle is not None:
            try:
                facts = MappedIndex(handle).facts
                capture, events = str(facts.get("capture", "")), int(facts.get("events", 0))
                usable = facts.get("maker") == maker() and facts.get("key") == path.stem
            except (IndexFaultError, OSError, ValueError, TypeError):
                pass
            finally:
                os.close(handle)
        found.append(Entry(path.stem, capture, events, status.st_size, status.st_mtime_ns, usable))
    return found


def clear() -> tuple[int, int]:
    """Remove all indexes, and what a program that died has left; returns how many indexes and bytes."""
    removed = [status.st_size for path, status in folder.indexes() if folder.remove(path)]
    freed = folder.remove_left_behind(folder.cache_folder(), 0.0)
    return len(removed), sum(removed) + freed
