"""What is kept with an index for who shows the capture, found before anything large is loaded."""

from __future__ import annotations

import os
from pathlib import Path

from hopscope.index import folder
from hopscope.index.faults import IndexFaultError
from hopscope.index.identity import Identity, identify
from hopscope.index.maker import maker
from hopscope.index.mapped import USABLE, MappedIndex

EXTRA = "extra"
"""Name of its section."""


def find_extra(path: str | Path) -> bytes:
    """What :func:`hopscope.index.save` was given; empty without an index fit for use."""
    return extra_of(identify(path))


def extra_of(identity: Identity | None) -> bytes:
    """As :func:`find_extra`, for one or several captures."""
    handle = None if identity is None or not USABLE else folder.open_own(folder.path_of(identity.key))
    if identity is None or handle is None:
        return b""
    try:
        file = MappedIndex(handle)
        return file.checked_bytes(EXTRA) if is_fit(file, identity) and EXTRA in file.names else b""
    except (IndexFaultError, OSError, ValueError):
        return b""
    finally:
        os.close(handle)


def is_fit(file: MappedIndex, identity: Identity) -> bool:
    """True for an index of this capture made by this program."""
    return file.facts.get("maker") == maker() and file.facts.get("key") == identity.key
