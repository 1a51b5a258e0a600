"""A file of a person's own things: read, locked, replaced as a whole, and never written over when damaged."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

from hopscope.errors import HopscopeError
from hopscope.folders import make_own_folder
from hopscope.text import visible

Content = TypeVar("Content")


class KeptError(HopscopeError):
    """What a person wants kept cannot be read or kept."""


class KeptFile(Generic[Content]):
    """One JSON object in one file, readable by its owner only.

    Args:
        path: where it is or will be; a name that leads elsewhere (a symbolic link) goes on to do so.
        words: what it holds, for sentences: ``the history of filters``.
        version: of the file's form. A file with a higher one is left alone.
        parse: makes the content of the object; raises ValueError where that is something else.
        empty: the content where there is no file.
        error: what is raised for a person to read.
    """

    def __init__(
        self,
        path: Path,
        words: str,
        version: int,
        parse: Callable[[Mapping[str, Any]], Content],
        empty: Callable[[], Content],
        error: type[HopscopeError] = KeptError,
    ) -> None:
        self.path = path
        self._words = words
        self._version = version
        self._parse = parse
        self._empty = empty
        self._error = error

    def read(self) -> tuple[Content, str]:
        """The content, and a sentence for the person where the file was damaged.

        A damaged file is renamed aside, so that nothing is ever written over it. Makes no file.
        Raises the error of this file where it cannot be read or is of a later version.
        """
        try:
            return self._content(), ""
        except ValueError:
            with self.locked():
                return self.read_locked()

    def read_locked(self) -> tuple[Content, str]:
        """The same for a caller inside :meth:`locked`."""
        try:
            return self._content(), ""
        except ValueError as error:
            return self._empty(), self._put_aside(str(error))

    def _content(self) -> Content:
        try:
            stored = orjson.loads(self.path.read_bytes())
        except FileNotFoundError:
            return self._empty()
        except OSError as error:
            raise self._error(f"cannot read {self._words} in {self._shown}: {error.strerror}") from error
        if not isinstance(stored, dict) or not isinstance(stored.get("version"), int):
            raise ValueError("it has no version")
        if stored["version"] > self._version:
            raise self._error(f"{self._shown} was written by a newer hopscope; upgrade to read it")
        return self._parse(stored)

    @property
    def _shown(self) -> str:
        return visible(str(self.path))

    def _put_aside(self, reason: str) -> str:
        names = (self.path.with_name(f"{self.path.stem}.damaged-{n}.json") for n in itertools.count(1))
        aside = next(name for name in names if not name.exists())
        try:
            self.path.rename(aside)
        except OSError as error:
            raise self._error(f"{self._shown} is damaged and cannot be renamed: {error.strerror}") from error
        return f"{self._words} were damaged ({reason}); they were put aside as {visible(str(aside))}"

    def write(self, content: Mapping[str, Any]) -> None:
        """Replace the file in one step: whoever reads sees all of the old or all of the new one.

        Raises the error of this file where the folder cannot be written.
        """
        written = orjson.dumps(
            {"version": self._version, **content}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )
        try:
            self._replace(self.path.resolve(), written)
        except OSError as error:
            raise self._error(f"cannot keep {self._words} in {self._shown}: {error.strerror}") from error

    def _replace(self, path: Path, written: bytes) -> None:
        # mkstemp makes the file readable by its owner only.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:16]}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        _sync_folder(path.parent)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file against other programs from before the read until after the write.

        Raises the error of this file where the folder cannot be made or written.
        """
        folder = self.path.parent
        try:
            make_own_folder(folder)
            handle = os.open(folder / f".{self.path.stem}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._error(
                f"cannot keep {self._words} in {visible(str(folder))}: {error.strerror}"
            ) from error
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
