"""Text parameters as the state keeps them."""

from __future__ import annotations

from collections.abc import Sequence


def text(raw: bytes | None) -> str:
    """A stored string without its NUL; bytes that are not UTF-8 are kept as surrogates."""
    return "" if raw is None else raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def many_texts(raws: Sequence[bytes]) -> list[str]:
    """As :func:`text` of each. All are decoded together where each has its one NUL at the end."""
    joined = b"".join(raws)
    if joined.count(b"\0") == len(raws) and all(raw.endswith(b"\0") for raw in raws):
        return joined.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return [text(raw) for raw in raws]


def texts(raw: bytes | None) -> tuple[str, ...]:
    """A sequence of strings, each ended by a NUL."""
    if not raw:
        return ()
    if raw.endswith(b"\0"):
        raw = raw[:-1]
    return tuple(raw.decode("utf-8", "surrogateescape").split("\0"))
