"""What the first line of the screen says about a capture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaptureTitle:
    """What the title says about a capture.

    Attributes:
        name: of the file, without control characters.
        events: how many events can be shown.
        duration: seconds from the first to the last one.
        damage: one sentence about what could not be read and how much was lost; empty for none.
        bookmarks: how many there are.
    """

    name: str
    events: int = 0
    duration: float = 0.0
    damage: str = ""
    bookmarks: int = 0
