"""Whether there is an index at all, found out before anything large is loaded."""

from __future__ import annotations

from hopscope.index.folder import path_of
from hopscope.index.identity import identify


def is_kept(path: str) -> bool:
    """True when an index of the capture is there, be it fit for use or not."""
    identity = identify(path)
    return identity is not None and path_of(identity.key).is_file()
