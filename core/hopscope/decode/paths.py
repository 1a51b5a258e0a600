"""Paths as the reference resolves them, and names as it prints them.

Text decoded from a capture is UTF-8 with ``surrogateescape``, so that every byte survives. The two
ways in which sysdig 0.29.3 treats bytes that are not printable ASCII are separate functions, because
later releases do neither.
"""

from __future__ import annotations

LONGEST_PATH = 1024
"""Base and path together may have this many bytes."""

TOO_LONG = "/PATH_TOO_LONG"
"""What the reference makes of a longer path."""


def join_path(base: str, path: str) -> str:
    """A path resolved against a folder, textually.

    Args:
        base: the folder with its final ``/``, taken as it is; ignored for absolute paths.
        path: absolute or relative.

    Returns:
        The path without ``.``, ``..``, doubled or final ``/``; ``..`` stops at the root. The constant
        :data:`TOO_LONG` where both together are longer than the reference's buffer.
    """
    if path.startswith("/"):
        if "/." not in path and "//" not in path and not path.endswith("/"):
            return path  # most are like that, and there is nothing to walk
        walked = "/"
    else:
        walked = base
        if _bytes(base) + _bytes(path) + 2 > LONGEST_PATH:
            return TOO_LONG
    for component in path.split("/"):
        if component in {"", "."}:
            continue
        if component == "..":
            walked = _parent(walked)
        else:
            walked += component + "/"
    return walked[:-1] if len(walked) > 1 and walked.endswith("/") else walked


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _parent(walked: str) -> str:
    return walked if len(walked) <= 1 else walked[: walked.rfind("/", 0, len(walked) - 1) + 1]


def dotted(text: str) -> str:
    """The text with a dot for every byte that is not printable ASCII: sysdig 0.29.3 on resolved paths."""
    if text.isascii() and text.isprintable():
        return text
    return text.encode("utf-8", "surrogateescape").translate(_DOTS).decode("ascii")


def stripped(text: str) -> str:
    """The text without the bytes that are not printable ASCII: sysdig 0.29.3 on names it prints."""
    if text.isascii() and text.isprintable():
        return text
    return text.encode("utf-8", "surrogateescape").translate(None, _UNPRINTABLE).decode("ascii")


_UNPRINTABLE = bytes(byte for byte in range(256) if not 0x20 <= byte <= 0x7E)
_DOTS = bytes(byte if 0x20 <= byte <= 0x7E else ord(".") for byte in range(256))


def dots_for_bytes(raw: bytes) -> str:
    """Bytes as text with a dot for everything that is not printable ASCII."""
    return raw.translate(_DOTS).decode("ascii")
