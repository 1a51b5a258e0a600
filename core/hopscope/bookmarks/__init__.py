"""Events a person wants to find again, kept beside the captures and never in them."""

from hopscope.bookmarks.begun import load_bookmarks
from hopscope.bookmarks.bookmark import Bookmark
from hopscope.bookmarks.bookmarks import Bookmarks
from hopscope.bookmarks.errors import BookmarkError
from hopscope.bookmarks.export import as_json, as_markdown

__all__ = ["Bookmark", "BookmarkError", "Bookmarks", "as_json", "as_markdown", "load_bookmarks"]
