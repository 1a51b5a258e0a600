"""Bookmarks as Markdown for people and as JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hopscope.bookmarks.bookmark import Bookmark
from hopscope.text import markdown

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def as_json(bookmarks: Sequence[Bookmark]) -> list[dict[str, Any]]:
    """One object a bookmark, in the order given: event, time, time_ns, label, note, created."""
    return [
        {
            "event": bookmark.number,
            "time": _clock(bookmark.time_ns),
            "time_ns": bookmark.time_ns,
            "label": bookmark.label,
            "note": bookmark.note,
            "created": bookmark.created,
        }
        for bookmark in bookmarks
    ]


def as_markdown(bookmarks: Sequence[Bookmark], capture_name: str) -> str:
    """A heading and a table, ready for a report. Text that came from the capture cannot form markup."""
    lines = [f"# Bookmarks of {_plain(capture_name)}", ""]
    if not bookmarks:
        lines.append("No event is marked.")
        return "\n".join(lines) + "\n"
    lines += ["| event | time | what | note |", "|---:|---|---|---|"]
    lines += [
        f"| {one.number} | {_clock(one.time_ns)} | {_plain(one.label)} | {_plain(one.note)} |"
        for one in bookmarks
    ]
    return "\n".join(lines) + "\n"


def _clock(time_ns: int) -> str:
    """Date and local time with nanoseconds; as the event lists show it, with the day in front."""
    if time_ns <= 0:
        return ""
    seconds, fraction = divmod(time_ns, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(seconds)
    except (OverflowError, OSError, ValueError):
        return str(time_ns)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{fraction:09d}"


def _plain(text: str) -> str:
    """The text on one line with Markdown's own characters escaped."""
    return markdown(_CONTROL.sub(" ", text))
