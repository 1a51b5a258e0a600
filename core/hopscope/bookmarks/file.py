"""The file of one capture's bookmarks: where it is, and its form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hopscope.bookmarks.bookmark import Bookmark
from hopscope.bookmarks.errors import BookmarkError
from hopscope.kept.file import KeptFile
from hopscope.kept.folders import data_dir

VERSION = 1
"""Version of the file's form. A file with a higher one is left alone."""

_KEY = re.compile(r"[0-9A-Za-z_-]{1,128}")


class BookmarkFile(KeptFile[dict[int, Bookmark]]):
    """One file, named by the content of the capture it belongs to.

    Args:
        key: the capture's content key, made of letters, digits, ``-`` and ``_``.
        capture_name: kept in the file for people who look into it.
    """

    def __init__(self, key: str, capture_name: str = "") -> None:
        if not _KEY.fullmatch(key):
            raise BookmarkError(f"{key!r} is not the key of a capture")
        self.capture_name = capture_name
        path = data_dir() / "bookmarks" / f"{key}.json"
        super().__init__(
            path, "the bookmarks of this capture", VERSION, _parse, dict[int, Bookmark], BookmarkError
        )

    def write_bookmarks(self, bookmarks: Mapping[int, Bookmark]) -> None:
        """Replace the file. Raises BookmarkError where the folder cannot be written."""
        listed = [bookmarks[number].to_dict() for number in sorted(bookmarks)]
        self.write({"capture": self.capture_name, "bookmarks": listed})


def _parse(stored: Mapping[str, Any]) -> dict[int, Bookmark]:
    listed = stored.get("bookmarks")
    if not isinstance(listed, list):
        raise ValueError("it holds no list of bookmarks")
    return {bookmark.number: bookmark for bookmark in map(Bookmark.from_dict, listed)}
