"""Numbers on the command line."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

from hopscope.capture.limits import parse_limit

MOST_DIGITS = 19
"""Longer numbers are beyond every capture, and slow to read in the end."""

_UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ns|us|ms|s)")


LONGEST = 86_400_000_000_000
"""Longest time that may be given, in ns: a day."""


def count(text: str) -> int:
    """A number of rows. Raises ArgumentTypeError for anything else and below 0."""
    if not _is_number(text):
        raise ArgumentTypeError(f"{text!r} is no number of rows")
    return int(text)


def event_count(text: str) -> int:
    """A number of events to stop after. Raises ArgumentTypeError for anything else and below 1."""
    if not _is_number(text) or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number of events to stop after")
    return int(text)


def event_number(text: str) -> int:
    """The number of an event. Raises ArgumentTypeError for anything else."""
    if not _is_number(text):
        raise ArgumentTypeError(f"{text!r} is no number of an event")
    return int(text)


def milliseconds(text: str) -> int:
    """A time given in ms, whole or with decimals, as ns. Raises ArgumentTypeError for what is none."""
    try:
        value = round(float(text) * 1e6)
    except (ValueError, OverflowError):
        value = -1
    if not 0 <= value <= LONGEST:
        raise ArgumentTypeError(f"{text!r} is no time in milliseconds")
    return value


def interval(text: str) -> int:
    """The same for what must not be 0."""
    value = milliseconds(text)
    if not value:
        raise ArgumentTypeError(f"{text!r} is no interval in milliseconds")
    return value


def columns(text: str) -> int:
    """Columns of a map. Raises ArgumentTypeError for anything but 1 to 1000."""
    if not _is_number(text) or not 1 <= int(text) <= 1000:
        raise ArgumentTypeError(f"{text!r} is no number of columns from 1 to 1000")
    return int(text)


def duration(text: str) -> int:
    """A duration such as ``100ms`` in ns. Raises ArgumentTypeError for anything else."""
    matched = _DURATION.fullmatch(text)
    if matched is None:
        raise ArgumentTypeError(f"{text!r} is no duration such as 100ms, 1.5s or 20us")
    return round(float(matched[1]) * _UNITS[matched[2]])


def unpack_limit(text: str) -> int | str:
    """A limit for unpacking. Raises ArgumentTypeError for what is none."""
    try:
        return parse_limit(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is no size such as 800M or 4G, and neither none nor auto"
        ) from None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < MOST_DIGITS
