"""Rows of the table of commands that sum up a whole capture."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, JSON, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.numbers import columns, interval

ONLY = Argument(
    ("--only",),
    "only what happens on these descriptors: net or file",
    {"metavar": "KIND", "choices": ("net", "file"), "default": ""},
)
_COLUMNS = Argument(
    ("--columns",), "columns of the map; by default as many as fit", {"metavar": "N", "type": columns}
)
_CELL_EVENTS = Argument(
    ("--events",), "with --json, name the events of each cell too", {"action": "store_true"}
)


def _every(default: str) -> Argument:
    return Argument(
        ("--every",),
        f"milliseconds in a line; by default {default}",
        {"metavar": "MS", "type": interval, "default": default},
    )


SPECTROGRAM = Command(
    name="spectrogram",
    summary="draw how long calls took, over time",
    description=(
        "Draw a map of latencies: one line an interval of time, one column a latency, from 1 ns at the left\n"
        "to 100 s at the right; the darker a cell, the more calls. With a filter only calls that pass it."
    ),
    arguments=(CAPTURE, FILTER, ONLY, _every("500"), _COLUMNS, JSON, _CELL_EVENTS, UNPACK_LIMIT, NO_CACHE),
    examples=(
        Example("hopscope spectrogram capture.scap", "draw all calls"),
        Example("hopscope spectrogram capture.scap --only file --every 100", "draw I/O on files, by 100 ms"),
        Example(
            "hopscope spectrogram capture.scap proc.name=etcd --json --events", "find the events of a cell"
        ),
    ),
    module="spectrogram",
)

SUBSECOND = Command(
    name="subsecond",
    summary="draw when within each second calls began",
    description=(
        "Draw when within each interval calls began: one line an interval, from its beginning at the left\n"
        "to its end at the right; the darker a cell, the more calls. What repeats every so often makes a\n"
        "pattern that a rate per second hides. With a filter only calls that pass it."
    ),
    arguments=(CAPTURE, FILTER, ONLY, _every("1000"), _COLUMNS, JSON, _CELL_EVENTS, UNPACK_LIMIT, NO_CACHE),
    examples=(
        Example("hopscope subsecond capture.scap", "draw whole seconds"),
        Example(
            "hopscope subsecond capture.scap proc.name=etcd --every 100", "look at 100 ms of one program"
        ),
    ),
    module="subsecond",
)
