"""Moments of a capture as they are written on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np

from hopscope.errors import UsageError
from hopscope.store.store import Store

FORMS = "start, end, the number of an event, +SECONDS since the beginning, HH:MM:SS or a date and time"

_SECOND = 1_000_000_000
_TIME = re.compile(r"(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z?)")


def row_at(store: Store, text: str) -> int:
    """Event row behind which a moment lies, -1 before the first event.

    Times are local unless a ``Z`` is behind them; one without a date is that of the day of the first event.

    Raises:
        UsageError: it is no moment, or there is no such event.
    """
    rows = np.flatnonzero(~store.hidden & (store.time > 0))
    if not len(rows):
        raise UsageError("the capture holds no events, so there is no moment to look at")
    if text == "start":
        return int(rows[0])
    if text == "end":
        return len(store) - 1
    if text.isascii() and text.isdigit() and len(text) < 19:
        return store.row_of(int(text))
    times = np.maximum.accumulate(store.time[rows])
    place = int(np.searchsorted(times, _nanoseconds(int(times[0]), text), side="right"))
    return int(rows[place - 1]) if place else -1


def _nanoseconds(first: int, text: str) -> int:
    """Time in ns since 1970."""
    try:
        if text.startswith("+"):
            return first + round(float(text[1:]) * _SECOND)
        found = _TIME.fullmatch(text)
        if found is not None:
            date, clock, fraction, zulu = found.groups()
            zone = UTC if zulu else None
            day = date or f"{datetime.fromtimestamp(first // _SECOND, zone):%Y-%m-%d}"
            moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
            whole = moment if zulu else moment.astimezone()
            since = whole - datetime(1970, 1, 1, tzinfo=UTC)
            return since // timedelta(seconds=1) * _SECOND + round(float(fraction or 0) * _SECOND)
    except (ValueError, OverflowError, OSError):
        pass
    raise UsageError(f"{text!r} is no moment: {FORMS}")
