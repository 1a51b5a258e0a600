"""Whether there is an index at all, found out before anything large is loaded."""

from __future__ import annotations

from hopscope.index.folder import path_of
from hopscope.index.identity import Identity


def is_kept(identity: Identity | None) -> bool:
    """True when an index of a capture, or of several, is there, be it fit for use or not."""
    return identity is not None and path_of(identity.key).is_file()
