"""Recorded bytes as the reference prints them on one line."""

from __future__ import annotations

from .paths import dots_for_bytes


def buffer_text(data: bytes, longest: int = 80) -> str:
    """Bytes on one line as the reference prints a buffer: dots for what is not printable ASCII.

    Args:
        data: the bytes.
        longest: characters after which the text is cut and ends in three dots; 0 for never.
    """
    if longest and len(data) > longest:
        return dots_for_bytes(data[: longest - 3]) + "..."
    return dots_for_bytes(data)
