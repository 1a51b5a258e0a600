"""Faults of the room; none of them reaches a person as a traceback."""

from __future__ import annotations

from hopscope.errors import HopscopeError


class IndexFaultError(Exception):
    """A file is no index of this program, or a damaged one. Its text says what is wrong; it is made again."""


class CacheError(HopscopeError):
    """An index cannot be kept, in one sentence that says why. Work goes on without one."""
