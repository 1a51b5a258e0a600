"""Which capture a file is, without reading all of it."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_SAMPLE = 4 << 10
_SAMPLES = 64
_PIECE = 1 << 20
_OPEN = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class Identity(NamedTuple):
    """What tells one capture file from another.

    Attributes:
        key: 40 hexadecimal digits made from size, time of the last change and samples of the content;
            the name of the file plays no part.
        size: bytes of the file as it lies on the disk.
    """

    key: str
    size: int


def identify(path: str | Path) -> Identity | None:
    """The identity of a capture file; None for what is no regular file or cannot be read."""
    if str(path) == "-":
        return None
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe that is opened and closed again loses its writer
            return None
        handle = os.open(path, _OPEN)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            return None
        digest = hashlib.sha256(struct.pack("<QQ", status.st_size, status.st_mtime_ns & (1 << 64) - 1))
        with os.fdopen(handle, "rb", buffering=0, closefd=False) as file:
            last = max(status.st_size - _SAMPLE, 0)
            for at in sorted({last * place // (_SAMPLES - 1) for place in range(_SAMPLES)}):
                file.seek(at)
                digest.update(file.read(_SAMPLE))
        return Identity(digest.hexdigest()[:40], status.st_size)
    except OSError:
        return None
    finally:
        os.close(handle)


def identify_all(paths: Sequence[str], said: str) -> Identity | None:
    """The identity of captures that are opened together; None where one of them has none.

    Args:
        paths: of the captures. Names and order take part, since both are shown.
        said: what else decides what is made of them.
    """
    digest = hashlib.sha256(repr((len(paths), said)).encode("utf-8", "surrogatepass"))
    size = 0
    for path in paths:
        one = identify(path)
        if one is None:
            return None
        digest.update(f"{one.key} {path!r}\n".encode("utf-8", "surrogatepass"))
        size += one.size
    return Identity(digest.hexdigest()[:40], size)


def digest_of(path: str | Path) -> str:
    """SHA-256 of a whole file, 64 hexadecimal digits. Raises OSError where it cannot be read."""
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
