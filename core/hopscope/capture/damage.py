"""What is broken in a capture, and how much of it is lost."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = -1
"""``Damage.lost`` where nobody can tell how much is missing."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One fault in a capture that could be read up to there, or around it.

    Attributes:
        offset: where it was seen, in bytes of the unpacked stream.
        lost: bytes that are present but could not be used, or :data:`UNKNOWN`.
        what: one sentence for a person, without the offset.
    """

    offset: int
    lost: int
    what: str
