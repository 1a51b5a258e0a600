"""Whether this process may use and keep indexes of captures, and where.

Loads nothing large, so that it can be decided before anything else is imported.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_allowed = True


def allow_cache(allowed: bool) -> None:
    """Decide it for this process; processes forked from it follow."""
    global _allowed  # noqa: PLW0603  one person decides once for whatever is opened
    _allowed = allowed


def cache_allowed() -> bool:
    """True unless it was decided otherwise."""
    return _allowed


def cache_home() -> Path:
    """The folder for what can be made again: ``HOPSCOPE_CACHE_DIR``, else the user's of the system.

    On Linux the latter lies below ``XDG_CACHE_HOME``.
    """
    chosen = os.environ.get("HOPSCOPE_CACHE_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs  # noqa: PLC0415  not needed by small captures

    return platformdirs.user_cache_path("hopscope", appauthor=False)


def spool_folders() -> list[Path]:
    """Where a stream may lie while its capture is open, in a file without a name."""
    return [cache_home() if cache_allowed() else Path(tempfile.gettempdir())]
