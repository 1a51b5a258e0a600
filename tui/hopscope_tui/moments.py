"""From what a person types as a moment to an event."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from hopscope.errors import UsageError
from hopscope.store.store import Store

_SECONDS = re.compile(r"([+-]?)(\d*)\.(\d{1,9})\s*s?|([+-]?)(\d+)\s*s")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?")


def row_of_moment(store: Store, text: str) -> tuple[int, str]:
    """The event row that a text means.

    Args:
        store: the capture.
        text: an event's number (``10049`` or ``#10049``), seconds since the epoch of the capture's
            relative times (``1.25`` or ``3s``), or a time of day as ``sysdig -r`` prints it.

    Returns:
        The row, -1 where there is none, and one sentence where the text is not quite what was found.
    """
    if match := _CLOCK.fullmatch(text):
        hour, minute, second = (int(part) for part in match.groups()[:3])
        return _row_of_time(store, _clock_time(store, hour, minute, second, match[4] or ""))
    if match := _SECONDS.fullmatch(text):
        sign = -1 if "-" in (match[1], match[4]) else 1
        whole, fraction = int(match[2] or match[5] or 0), (match[3] or "").ljust(9, "0")
        return _row_of_time(store, store.epoch + sign * (whole * 1_000_000_000 + int(fraction)))
    number = text.lstrip("#").replace(",", "")
    if not number.isascii() or not number.isdigit():
        return -1, f"{text} is neither an event's number nor a time"
    return _row_of_number(store, int(number))


def _row_of_number(store: Store, number: int) -> tuple[int, str]:
    try:
        row = store.row_of(number)
    except UsageError:
        row = -1
    if row >= 0 and not store.hidden[row]:
        return row, ""
    nearest = _shown_from(store, int(np.searchsorted(store.number, number)))
    return nearest, f"there is no event {number}; this is the nearest" if nearest >= 0 else "no events"


def _row_of_time(store: Store, time: int) -> tuple[int, str]:
    shown = np.flatnonzero(~store.hidden)
    if not len(shown):
        return -1, "no events"
    at = int(np.searchsorted(store.time[shown], time))
    if at == len(shown):
        return int(shown[-1]), "the capture ends before; this is its last event"
    return int(shown[at]), ""


def _shown_from(store: Store, row: int) -> int:
    """The first event from a row on that is shown, else the last one before it, -1 for none."""
    shown = np.flatnonzero(~store.hidden)
    if not len(shown):
        return -1
    return int(shown[min(int(np.searchsorted(shown, row)), len(shown) - 1)])


def _clock_time(store: Store, hour: int, minute: int, second: int, fraction: str) -> int:
    """Nanoseconds since 1970 of a local time of day, on the day the capture began."""
    day = datetime.fromtimestamp(store.epoch // 1_000_000_000)
    moment = day.replace(hour=hour % 24, minute=minute % 60, second=second % 60, microsecond=0)
    return int(moment.timestamp()) * 1_000_000_000 + int(fraction.ljust(9, "0"))
