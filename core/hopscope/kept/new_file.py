"""A new file that appears as a whole or not at all, in the place of another only where that is wanted."""

from __future__ import annotations

import contextlib
import gzip
import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, cast

from hopscope.errors import HopscopeError
from hopscope.text import visible

PACKED_SUFFIX = ".gz"
"""End of a file's name for which it is packed."""


class NewFileError(HopscopeError):
    """A file cannot be written."""


FORCE = "--force replaces it"
"""What commands with that option offer where a file is there already."""

STAYS = "nothing was written"
"""What is said where nothing is offered."""


def check_target(
    path: Path, sources: Sequence[str | Path] = (), *, force: bool = False, offer: str = STAYS
) -> None:
    """Raise a NewFileError where :func:`write_beside` would refuse the name, before anything is read."""
    shown = visible(str(path))
    try:
        _refuse(path.resolve(), shown, sources, force, offer)
    except (OSError, ValueError) as error:
        raise NewFileError(f"cannot write {shown}: {_reason(error)}") from error


def write_beside(
    path: Path,
    pieces: Iterable[bytes],
    sources: Sequence[str | Path] = (),
    *,
    force: bool = False,
    offer: str = STAYS,
) -> int:
    """Write a file beside and give it its name when it is complete; only its owner can read it.

    Args:
        path: its name.
        pieces: its content.
        sources: files that the content is taken from, which are never replaced.
        force: replace a file of that name.
        offer: what else is said where a file of that name is there already.

    Returns:
        Bytes of the file.

    Raises:
        NewFileError: in one sentence.
    """
    shown = visible(str(path))
    try:
        target = path.resolve()
        _refuse(target, shown, sources, force, offer)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".hopscope-", suffix=".tmp")
    except (OSError, ValueError) as error:
        raise NewFileError(f"cannot write {shown}: {_reason(error)}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            _fill(file, pieces, packed=target.name.endswith(PACKED_SUFFIX))
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        _name(temporary, target, shown, force, offer)
    except OSError as error:
        raise NewFileError(f"cannot write {shown}: {_reason(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    return size


def _refuse(target: Path, shown: str, sources: Sequence[str | Path], force: bool, offer: str) -> None:
    """Raise an NewFileError where a file of that name must stay."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return
    if stat.S_ISDIR(status.st_mode):
        raise NewFileError(f"cannot write {shown}: it is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise NewFileError(f"cannot write {shown}: it is no regular file")
    if any(os.path.exists(source) and os.path.samefile(source, target) for source in sources):
        raise NewFileError(f"cannot write {shown}: it is the capture that is being read")
    if not force:
        raise NewFileError(f"{shown} exists already; {offer}")


def _fill(file: IO[bytes], pieces: Iterable[bytes], *, packed: bool) -> None:
    if not packed:
        for piece in pieces:
            file.write(piece)
        return
    with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packer:
        for piece in pieces:
            cast("IO[bytes]", packer).write(piece)


def _name(temporary: str, target: Path, shown: str, force: bool, offer: str) -> None:
    """Give the file its name; a file that came to be there meanwhile stays unless it may be replaced."""
    if force:
        os.replace(temporary, target)
        return
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise NewFileError(f"{shown} exists already; {offer}") from None
    except OSError:
        # The file system has no links: the name is taken first, then given.
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise NewFileError(f"{shown} exists already; {offer}") from None
        os.replace(temporary, target)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or visible(str(error))
