"""Bookmarks of a capture of which not everything has come yet.

A capture has its name by its whole content. Until that is there, its bookmarks are kept under a name
made from its beginning and its first event, which stays the same while the capture grows.
"""

from __future__ import annotations

import hashlib
import struct

from hopscope.bookmarks.bookmarks import Bookmarks
from hopscope.bookmarks.several import SeveralFiles
from hopscope.store.store import Store

_HEAD = 256
"""Bytes of the stream that take part: the machine with its boot time."""


def begun_key(store: Store) -> str:
    """The name by the beginning; the same for every part of a capture that has an event."""
    digest = hashlib.sha256(store.data[:_HEAD].tobytes())
    if len(store):
        digest.update(struct.pack("<qqI", int(store.time[0]), int(store.tid[0]), int(store.code[0])))
    return f"begun-{digest.hexdigest()}"


def load_bookmarks(store: Store, *, complete: bool) -> Bookmarks:
    """The bookmarks of a capture; once it is complete, with those that were set before it was.

    Args:
        store: of the capture, or of its beginning.
        complete: the whole stream of the capture is there.

    Raises:
        BookmarkError: a file is there and cannot be read.
    """
    if store.members is not None:
        bookmarks = Bookmarks(SeveralFiles(store, store.members))
        bookmarks.refresh()
        return bookmarks
    begun = begun_key(store)
    if not complete:
        return Bookmarks.load(begun, store.source.name)
    bookmarks = Bookmarks.load(store.source.content_key(), store.source.name)
    bookmarks.take_over(begun)
    return bookmarks
