"""Moments of a capture as they are written on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np

from hopscope.errors import FilterError, UsageError
from hopscope.filters import compile_filter
from hopscope.reports.kinds import timed
from hopscope.store.store import Store

FORMS = "start, end, the number of an event, +SECONDS, HH:MM:SS, a date and time, or a filter"

_SECOND = 1_000_000_000
_TIME = re.compile(r"(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z?)")


def row_at(store: Store, text: str) -> int:
    """Event row behind which a moment lies, -1 before the first event.

    Times are local unless a ``Z`` is behind them; one without a date is that of the day of the first event.
    A filter means the first event that passes it.

    Raises:
        UsageError: it is no moment, or there is no such event.
    """
    rows = np.flatnonzero(timed(store))
    if not len(rows):
        raise UsageError("the capture holds no events, so there is no moment to look at")
    if text == "start":
        return int(rows[0])
    if text == "end":
        return len(store) - 1
    if text.isascii() and text.isdigit() and len(text) < 19:
        return store.row_of(int(text))
    times = np.maximum.accumulate(store.time[rows])
    time = _nanoseconds(int(times[0]), text)
    if time is None:
        return _first_passing(store, text)
    place = int(np.searchsorted(times, time, side="right"))
    return int(rows[place - 1]) if place else -1


def _first_passing(store: Store, text: str) -> int:
    """Row of the first event that passes a filter."""
    try:
        passing = compile_filter(text).mask(store) & ~store.hidden
    except FilterError:
        raise UsageError(f"{text!r} is no moment: {FORMS}") from None
    if not passing.any():
        raise UsageError(f"no event passes {text}, so there is no such moment")
    return int(np.argmax(passing))


def _nanoseconds(first: int, text: str) -> int | None:
    """Time in ns since 1970, None for what is no time."""
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
    return None
