"""The lasting index of several captures that are opened together: one file for all of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from hopscope.capture.source import Source
from hopscope.index.companion import made_for
from hopscope.index.contents import STREAM
from hopscope.index.faults import CacheError, IndexFaultError
from hopscope.index.file import IndexFile
from hopscope.index.identity import Identity, digest_of, identify_all
from hopscope.index.members import is_limited
from hopscope.index.opening import WORTH_KEEPING, Extra, Original, keep, known_key, load
from hopscope.store.build import Report
from hopscope.store.store import Store
from hopscope.timeline.opening import open_timeline, together
from hopscope.timeline.said import Clocks


def open_timeline_indexed(
    paths: Sequence[str],
    report: Report | None = None,
    clocks: Clocks | None = None,
    *,
    use_cache: bool = True,
    smallest: int = WORTH_KEEPING,
    note: Callable[[str], None] | None = None,
) -> Store:
    """Open captures together by the index kept of them, or as :func:`open_timeline` does, and keep one.

    Args:
        paths, report, clocks: as for :func:`open_timeline`.
        use_cache, smallest, note: as for :func:`hopscope.index.open_indexed`.

    Raises as :func:`open_timeline` does.
    """
    identity = identify_timeline(paths, clocks) if use_cache else None
    if identity is not None:
        store = find_timeline(paths, identity)
        if store is not None:
            return store
    store = open_timeline(paths, report, clocks)
    if identity is not None and store.source.size >= smallest:
        try:
            if report:
                report("keeping the index", 1.0)
            keep_timeline(store, paths, clocks, identity)
        except CacheError as error:
            if note:
                note(str(error))
    return store


def identify_timeline(paths: Sequence[str], clocks: Clocks | None) -> Identity | None:
    """The identity of captures that are opened together; None where one of them is no file."""
    return identify_all(paths, (clocks or Clocks()).text())


def find_timeline(paths: Sequence[str], identity: Identity) -> Store | None:
    """The store of captures by the index kept of all of them; None without one that is fit for use."""
    store = load(identity, partial(_source, paths, identity))
    if store is None or store.members is None or is_limited(store.members):
        return None
    return store


def keep_timeline(
    store: Store, paths: Sequence[str], clocks: Clocks | None, identity: Identity, extra: Extra | None = None
) -> int:
    """Keep an index of captures that were opened together; returns its bytes.

    Args:
        store: of all of them.
        paths, clocks: of which, and how, it was made.
        identity: of the captures when reading began.
        extra: as for :func:`hopscope.index.save`.

    Raises:
        CacheError: it cannot be kept, in one sentence that says why.
    """
    name = together(paths)
    if store.members is not None and is_limited(store.members, at_limit=True):
        raise CacheError(f"no index of {name} is kept: not all of it was unpacked to its end")
    place = os.fsencode(os.path.abspath(paths[0])).decode("utf-8", "replace")
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    original = Original(
        name, place + more, identity, partial(identify_timeline, paths, clocks), partial(_digest, paths)
    )
    return keep(store, original, extra or partial(made_for, store, paths[0]))


def _source(paths: Sequence[str], identity: Identity, file: IndexFile) -> Source:
    data = file.array(STREAM, np.uint8)
    if len(data) != file.facts.get("stream"):
        raise IndexFaultError("it belongs to other captures")
    return Source(together(paths), data, packed_size=identity.size, known_key=known_key(file))


def _digest(paths: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(map(digest_of, paths)).encode()).hexdigest()
