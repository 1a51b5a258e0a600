"""Times as text, at speed: many events fall into the same second."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache

NS = 1_000_000_000
"""Nanoseconds of a second."""


@lru_cache(maxsize=256)
def _second(seconds: int, zone: tzinfo | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, zone)
    except (OverflowError, OSError, ValueError):
        return None


@lru_cache(maxsize=256)
def _time_of_day(seconds: int, zone: tzinfo | None) -> str:
    moment = _second(seconds, zone)
    if moment is None:
        minutes, second = divmod(seconds % 86_400, 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    return f"{moment:%H:%M:%S}"


def time_of_day(time: int, zone: tzinfo | None = None) -> str:
    """``HH:MM:SS.nnnnnnnnn``.

    Args:
        time: ns since the epoch. Of a time that no calendar holds only the rest of the day is shown.
        zone: None for the machine's own.
    """
    seconds, ns = divmod(time, NS)
    return f"{_time_of_day(seconds, zone)}.{ns:09}"


def date_and_time(time: int, zone: tzinfo | None = None) -> str:
    """``YYYY-MM-DD HH:MM:SS.nnnnnnnnn``; only the number where no calendar holds the time."""
    seconds, ns = divmod(time, NS)
    moment = _second(seconds, zone)
    return str(time) if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}.{ns:09}"
