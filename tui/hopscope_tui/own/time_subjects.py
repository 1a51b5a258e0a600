"""Whose time, which moment, and gaps of which length, a place is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeOf:
    """Whose time.

    Attributes:
        lives: of the threads; None for those of the process.
        process: life of the main thread; None for all processes with events in the place's selection.
        begin, stop: ns since 1970; None for as long as they were there.
        title: in words, safe to show.
    """

    lives: tuple[int, ...] | None
    process: int | None
    begin: int | None
    stop: int | None
    title: str


@dataclass(frozen=True, slots=True)
class GapsOf:
    """Which gaps.

    Attributes:
        longer: ns; gaps that are not longer are left out.
    """

    longer: int


@dataclass(frozen=True, slots=True)
class OpenAt:
    """Whose open descriptors, and when.

    Attributes:
        row: event row; what it did itself is included.
    """

    row: int
