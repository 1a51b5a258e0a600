"""The files of a rotated capture as one stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Join:
    """Where in a stream one of the files of a rotated capture begins.

    Attributes:
        offset: of that file's section header in the stream.
        name: of the file, with control characters escaped.
        lost: True where events are missing before it, so that its lists know better what lives.
    """

    offset: int
    name: str = ""
    lost: bool = False
