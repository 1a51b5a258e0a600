"""An index of a capture that was read on the screen, kept for the next time."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from hopscope.caching import cache_allowed
from hopscope_tui.opening import Request

if TYPE_CHECKING:
    from hopscope.index import Identity
    from hopscope.store.store import Store

_SMALL = 1 << 20
"""Bytes of a file, packed or not, that has no stream which is worth keeping."""

_YIELDING = 10
"""How far whoever keeps an index steps back behind others."""


class Keeping:
    """Keeps an index of a capture that was read from a file to its end.

    Args:
        request: what is going to be read; the file must not change from here on.
    """

    def __init__(self, request: Request) -> None:
        self._path = request.path
        self._identity: Identity | None = None
        if request.follow or not cache_allowed() or not _is_large(request.path):
            return
        from hopscope.index.identity import identify  # noqa: PLC0415  small captures do without

        self._identity = identify(request.path)

    def keep(self, store: Store, view: Callable[[], bytes]) -> str:
        """Keep an index where that is worth it; why it could not be kept, in one sentence, else nothing.

        Args:
            store: of the whole capture.
            view: gives the first view as it is kept with the index.
        """
        if self._identity is None:
            return ""
        from hopscope.index import WORTH_KEEPING, CacheError, save  # noqa: PLC0415  small captures do without

        if store.source.size < WORTH_KEEPING:
            return ""
        if hasattr(os, "nice"):
            os.nice(_YIELDING)
        try:
            save(store, self._path, self._identity, extra=view)
        except CacheError as error:
            return str(error)
        return ""


def _is_large(path: str) -> bool:
    try:
        return os.path.getsize(path) >= _SMALL
    except OSError:
        return False
