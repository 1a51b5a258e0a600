"""What can go wrong with the files of bookmarks."""

from __future__ import annotations

from hopscope.errors import HopscopeError


class BookmarkError(HopscopeError):
    """The bookmarks of a capture cannot be read or kept."""
