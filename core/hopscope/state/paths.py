"""Paths as the reference resolves them (sysdig 0.29.3)."""

from __future__ import annotations

import re

TOO_LONG = "/PATH_TOO_LONG"
"""What the reference shows for a path that does not fit in its buffer."""

_MOST = 1024
_NEEDS_WORK = re.compile(r"//|\./|/\.{0,2}$|^\.{1,2}$")


def decode_path(raw: bytes) -> str:
    """A stored path without its NUL; bytes outside printable ASCII become ``.`` as in resolved paths."""
    raw = raw.split(b"\0", 1)[0]
    if raw.isascii() and (text := raw.decode("ascii")).isprintable():
        return text
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in raw)


def join_path(base: str, path: str) -> str:
    """Resolve ``path`` against the directory ``base``, which ends in a slash.

    The base is taken as it is; the path is appended piece by piece: ``//`` and ``./`` vanish,
    ``../`` goes up, also into the base, a final slash is dropped. An absolute path ignores the base.
    """
    if path.startswith("/"):
        base = ""
    if len(base) + len(path) + 2 > _MOST:
        return TOO_LONG
    if (
        "//" not in path
        and "./" not in path
        and not path.endswith(("/", "/..", "/."))
        and path not in ("..", ".")
    ):
        return base + path
    return _normalise(base, path)


def _normalise(base: str, path: str) -> str:
    out = base
    if path.startswith("/"):
        out = "/"
    for piece in path.split("/"):
        if piece in ("", "."):
            continue
        if piece == "..":
            kept = out.rstrip("/")
            out = kept[: kept.rfind("/") + 1] if "/" in kept else "/"
            continue
        if out and not out.endswith("/"):
            out += "/"
        out += piece
    return out.rstrip("/") if len(out) > 1 else out
