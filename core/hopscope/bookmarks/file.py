"""The file of one capture's bookmarks: where it is, how it is read, locked and replaced."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import platformdirs

from hopscope.bookmarks.bookmark import Bookmark
from hopscope.bookmarks.errors import BookmarkError

VERSION = 1
"""Version of the file's form. A file with a higher one is left alone."""

_KEY = re.compile(r"[0-9A-Za-z_-]{1,128}")


def data_dir() -> Path:
    """The folder that holds ``bookmarks/``: ``HOPSCOPE_DATA_DIR``, else the user's data folder of the system.

    On Linux the latter honours ``XDG_DATA_HOME``.
    """
    chosen = os.environ.get("HOPSCOPE_DATA_DIR")
    return Path(chosen) if chosen else platformdirs.user_data_path("hopscope", appauthor=False)


class BookmarkFile:
    """One file, named by the content of the capture it belongs to.

    Args:
        key: the capture's content key, made of letters, digits, ``-`` and ``_``.
        capture_name: kept in the file for people who look into it.

    Attributes:
        path: where the file is or will be.
    """

    def __init__(self, key: str, capture_name: str = "") -> None:
        if not _KEY.fullmatch(key):
            raise BookmarkError(f"{key!r} is not the key of a capture")
        self.key = key
        self.capture_name = capture_name
        self.path = data_dir() / "bookmarks" / f"{key}.json"

    def read(self) -> tuple[dict[int, Bookmark], str]:
        """The bookmarks by event number, and a sentence for the person where the file was damaged.

        A damaged file is renamed aside, so that nothing is ever written over it.
        Raises BookmarkError where the file cannot be read or is of a later version.
        """
        try:
            return self._parse(self._content()), ""
        except ValueError:
            with self.locked():
                return self.read_locked()

    def read_locked(self) -> tuple[dict[int, Bookmark], str]:
        """The same for a caller inside :meth:`locked`."""
        try:
            return self._parse(self._content()), ""
        except ValueError as error:
            return {}, self._put_aside(str(error))

    def _content(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BookmarkError(f"cannot read the bookmarks in {self.path}: {error.strerror}") from error

    def _parse(self, content: bytes | None) -> dict[int, Bookmark]:
        if content is None:
            return {}
        stored = orjson.loads(content)
        if not isinstance(stored, dict) or not isinstance(stored.get("version"), int):
            raise ValueError("it is not a file of bookmarks")
        if stored["version"] > VERSION:
            raise BookmarkError(f"{self.path} was written by a newer hopscope; upgrade to read it")
        listed = stored.get("bookmarks")
        if not isinstance(listed, list):
            raise ValueError("it holds no list of bookmarks")
        return {bookmark.number: bookmark for bookmark in map(Bookmark.from_dict, listed)}

    def _put_aside(self, reason: str) -> str:
        names = (self.path.with_name(f"{self.key}.damaged-{n}.json") for n in itertools.count(1))
        aside = next(name for name in names if not name.exists())
        try:
            self.path.rename(aside)
        except OSError as error:
            raise BookmarkError(f"{self.path} is damaged and cannot be renamed: {error.strerror}") from error
        return f"the bookmarks of this capture were damaged ({reason}); they were put aside as {aside}"

    def write(self, bookmarks: dict[int, Bookmark]) -> None:
        """Replace the file in one step: whoever reads sees all of the old or all of the new one.

        Raises BookmarkError where the folder cannot be written.
        """
        content = orjson.dumps(
            {
                "version": VERSION,
                "capture": self.capture_name,
                "bookmarks": [bookmarks[number].to_dict() for number in sorted(bookmarks)],
            },
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )
        try:
            self._replace(content)
        except OSError as error:
            raise BookmarkError(f"cannot keep the bookmarks in {self.path}: {error.strerror}") from error

    def _replace(self, content: bytes) -> None:
        # mkstemp makes the file readable by its owner only.
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.key[:16]}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        _sync_folder(self.path.parent)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file against other programs from before the read until after the write.

        Raises BookmarkError where the folder cannot be made or written.
        """
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(folder / f".{self.key}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BookmarkError(f"cannot keep bookmarks in {folder}: {error.strerror}") from error
        try:
            _lock(handle)
            yield
        finally:
            # Closing gives the lock back, also when the program dies.
            os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)

    def _sync_folder(folder: Path) -> None:
        """Windows has no handle on folders to flush."""

else:
    import fcntl

    def _lock(handle: int) -> None:
        # Some network file systems know no locks; one program at a time is safe there all the same.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)

    def _sync_folder(folder: Path) -> None:
        """Make the new name survive a power cut."""
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
