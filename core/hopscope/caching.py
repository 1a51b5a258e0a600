"""Whether this process may use and keep indexes of captures.

Loads nothing, so that it can be decided before anything large is imported.
"""

from __future__ import annotations

_allowed = True


def allow_cache(allowed: bool) -> None:
    """Decide it for this process; processes forked from it follow."""
    global _allowed  # noqa: PLW0603  one person decides once for whatever is opened
    _allowed = allowed


def cache_allowed() -> bool:
    """True unless it was decided otherwise."""
    return _allowed
