"""Values as a person reads them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from hopscope.views.definition import Kind

_BINARY_UNITS = ("", "K", "M", "G", "T", "P")
_DURATIONS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns"))


def format_value(value: object, kind: Kind, epoch: int = 0) -> str:
    """One value in a few characters; an empty string for a missing one.

    Args:
        value: number or text; None where there is nothing to show.
        kind: what the value is.
        epoch: time in ns from which times count.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or (isinstance(value, float) and math.isnan(value)):
        return ""
    if kind in (Kind.BYTES, Kind.RATE):
        return format_bytes(value)
    if kind is Kind.DURATION:
        return format_duration(int(value))
    if kind is Kind.TIME:
        return format_time(int(value), epoch)
    if kind in (Kind.PERCENT, Kind.FREQUENCY):
        return f"{value:.2f}" if value else "0"
    return str(int(value))


def format_bytes(value: float) -> str:
    """Bytes with a binary unit (1K is 1024) and two decimals as csysdig has them; whole below 1K."""
    unit = 0
    while abs(value) >= 1024 and unit < len(_BINARY_UNITS) - 1:
        value /= 1024
        unit += 1
    if unit:
        return f"{value:.2f}{_BINARY_UNITS[unit]}"
    return f"{value:.2f}" if 0 < abs(value) < 1 else str(round(value))


def format_duration(nanoseconds: int) -> str:
    """A duration with three significant decimals and its unit: ``1.204ms``."""
    for size, unit in _DURATIONS:
        if abs(nanoseconds) >= size:
            return f"{nanoseconds / size:.3f}{unit}" if size > 1 else f"{nanoseconds}ns"
    return "0"


def format_time(time: int, epoch: int) -> str:
    """Seconds after the epoch with nine decimals; a date in UTC where there is no epoch."""
    if epoch:
        since = time - epoch
        sign = "-" if since < 0 else ""
        seconds, nanoseconds = divmod(abs(since), 1_000_000_000)
        return f"{sign}{seconds}.{nanoseconds:09d}"
    seconds, nanoseconds = divmod(time, 1_000_000_000)
    try:
        date = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return f"{seconds}.{nanoseconds:09d}"
    return f"{date:%Y-%m-%d %H:%M:%S}.{nanoseconds:09d}"
