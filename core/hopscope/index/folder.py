"""The folder that indexes are kept in: where it is, what is in it, how much it may hold."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path

from hopscope.caching import cache_home
from hopscope.folders import make_own_folder
from hopscope.index.faults import CacheError
from hopscope.text import visible

DEFAULT_LIMIT = 2 << 30
"""Bytes of all indexes together, unless HOPSCOPE_CACHE_LIMIT says otherwise."""

_NAME = re.compile(r"[0-9a-f]{40}\.index")
_TEMPORARY = re.compile(r"\.hopscope-[0-9A-Za-z_]+\.tmp")
_LEFT_BEHIND = 60.0
"""Seconds after which a file that nobody writes any more is one that somebody left behind."""

_LIMIT = re.compile(r"(\d{1,15})([KMGT]?)(i?B)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SAFE_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_SAFE_OPEN |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def cache_folder() -> Path:
    """The folder of the indexes, which holds nothing else.

    It lies in ``HOPSCOPE_CACHE_DIR``, else in the user's cache folder of the system, on Linux below
    ``XDG_CACHE_HOME``.
    """
    return cache_home() / "indexes"


def size_limit() -> int:
    """Bytes that all indexes together may take: ``HOPSCOPE_CACHE_LIMIT``, for instance ``500M`` or ``8G``.

    Raises CacheError where that is no size.
    """
    said = os.environ.get("HOPSCOPE_CACHE_LIMIT", "").strip()
    if not said:
        return DEFAULT_LIMIT
    found = _LIMIT.fullmatch(said)
    if found is None:
        raise CacheError(f"HOPSCOPE_CACHE_LIMIT is no size: {visible(said)}; write for instance 500M or 8G")
    return int(found[1]) * _UNITS[found[2].upper()]


def path_of(key: str) -> Path:
    """Where the index of a capture is kept."""
    return cache_folder() / f"{key}.index"


def open_own(path: Path) -> int | None:
    """Open an index for reading; None without one, or where somebody else could have written it."""
    try:
        handle = os.open(path, _SAFE_OPEN)
    except OSError:
        return None
    status = os.fstat(handle)
    others = stat.S_IWGRP | stat.S_IWOTH
    if stat.S_ISREG(status.st_mode) and _is_own(status) and not (_UNIX and status.st_mode & others):
        return handle
    os.close(handle)
    return None


_UNIX = sys.platform != "win32"


def _is_own(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()


def mark_used(path: Path) -> None:
    """Note that an index was used; what was not used for longest goes first."""
    with contextlib.suppress(OSError):
        os.utime(path)


def replace(key: str, size: int, write: Callable[[FileIO], int]) -> int:
    """Put an index in its place: written beside and renamed, so that none is ever seen half written.

    Args:
        key: of the capture.
        size: bytes it will take, nearly; room is made for them.
        write: writes it and returns its bytes.

    Raises:
        CacheError: the folder cannot be written, the disk is full, or the index is over the limit.
    """
    folder, limit = cache_folder(), size_limit()
    if size > limit:
        raise CacheError(
            f"the index takes {size >> 20:,} MiB, more than the cache may hold;"
            f" HOPSCOPE_CACHE_LIMIT allows {limit >> 20:,} MiB"
        )
    try:
        make_own_folder(folder)
        remove_left_behind(folder)
        trim(limit - size, key)
        if shutil.disk_usage(folder).free < size:
            raise CacheError(f"there is no room for the index in {visible(str(folder))}")
        written = _write_beside(folder, path_of(key), write)
        trim(limit - written, key)
        return written
    except OSError as error:
        reason = error.strerror or visible(str(error))
        raise CacheError(f"the index cannot be kept in {visible(str(folder))}: {reason}") from error


def _write_beside(folder: Path, path: Path, write: Callable[[FileIO], int]) -> int:
    # mkstemp makes the file readable by its owner only.
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".hopscope-", suffix=".tmp")
    try:
        with FileIO(handle, "r+") as file:
            lock(handle)
            size = write(file)
            os.fsync(handle)
            os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return size


def indexes() -> list[tuple[Path, os.stat_result]]:
    """The indexes in the folder, those used last first."""
    return sorted(_matching(cache_folder(), _NAME), key=lambda one: one[1].st_mtime_ns, reverse=True)


def trim(limit: int, keep: str = "") -> None:
    """Remove the indexes not used for longest until the others take no more than so many bytes.

    Args:
        limit: bytes.
        keep: key of an index that stays and does not count.
    """
    others = [(path, status.st_size) for path, status in indexes() if path.stem != keep]
    total = sum(size for _, size in others)
    while others and total > limit:
        path, size = others.pop()
        remove(path)
        total -= size


def remove(path: Path) -> bool:
    """Remove a file; False where that failed. Whoever has it mapped keeps it."""
    try:
        path.unlink()
    except OSError:
        return False
    return True


def remove_left_behind(folder: Path, age: float = _LEFT_BEHIND) -> int:
    """Remove what was being written when its program died; returns how many bytes."""
    freed = 0
    for path, status in _matching(folder, _TEMPORARY):
        if time.time() - status.st_mtime >= age and not _is_being_written(path) and remove(path):
            freed += status.st_size
    return freed


def _matching(folder: Path, name: re.Pattern[str]) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        found = [entry for entry in os.scandir(folder) if name.fullmatch(entry.name)]
    except OSError:
        return
    for entry in found:
        with contextlib.suppress(OSError):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                yield Path(entry.path), status


if sys.platform == "win32":

    def lock(handle: int) -> None:
        """Windows keeps files that are open from being removed."""

    def _is_being_written(path: Path) -> bool:
        return False

else:
    import fcntl

    def lock(handle: int) -> None:
        """Show that a file is being written. The system takes the lock back when the program dies."""
        with contextlib.suppress(OSError):  # some network file systems know no locks
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _is_being_written(path: Path) -> bool:
        try:
            handle = os.open(path, _SAFE_OPEN)
        except OSError:
            return True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False
