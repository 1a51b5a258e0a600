"""The files of a rotated capture as one stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Join:
    """Where in a stream the next file of a rotated capture goes on.

    Attributes:
        offset: of that file's section header in the stream.
        lost: True where events are missing before it, so that its lists know better what lives.
    """

    offset: int
    lost: bool = False
