"""Maps of time and another scale as lines of shaded cells or as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hopscope.cli.output import Output, json_document
from hopscope.decode.clock import time_of_day
from hopscope.reports.heat import Heat
from hopscope.spectrogram import SHADES, level_starts, levels, ruler
from hopscope.store.store import Store

_COLOURS = ("", "32", "32", "92", "33", "93", "91")
"""The same as colours of a terminal; the shades alone say everything."""

LABEL = 15
"""Characters of the time at the left of each line, and the blank behind it."""

MOST_EVENTS = 1_000
"""Events of one cell that are named in JSON."""


def print_map(output: Output, store: Store, heat: Heat, marks: Sequence[tuple[int, str]]) -> None:
    """Print a map, the scale first.

    Args:
        output: where to.
        store: the capture.
        heat: its counts.
        marks: names of columns that are written above, from the left.
    """
    output.lines([" " * LABEL + ruler(heat.counts.shape[1], marks)])
    coloured = output.is_terminal and "NO_COLOR" not in os.environ
    for label, cells in _lines(heat):
        if coloured:
            drawn = "".join(f"\x1b[{_COLOURS[one]}m{SHADES[one]}" if one else " " for one in cells)
            output.styled(f"{label}{drawn}\x1b[0m\n")
        else:
            output.lines([(label + "".join(SHADES[one] for one in cells)).rstrip()])
    output.lines([" " * LABEL + f"events in a cell: {_legend(heat.busiest)}"])


def _lines(heat: Heat) -> Iterator[tuple[str, list[int]]]:
    shades = levels(heat.counts, heat.busiest)
    for time, line in zip(heat.time_edges[:-1].tolist(), shades, strict=True):
        yield f"{time_of_day(time)[: LABEL - 3]:<{LABEL}}", line.tolist()


def _legend(busiest: int) -> str:
    return "  ".join(f"{shade} {least}+" for shade, least in level_starts(busiest))


def print_json(output: Output, store: Store, heat: Heat, with_events: bool) -> None:
    """Print a map as one JSON object: edges of both scales, counts, on request the events of each cell."""
    document: dict[str, Any] = {
        "interval_ns": heat.interval,
        "edges_ns": [round(edge, 3) for edge in heat.edges.tolist()],
        "lines": [
            {"time": time, "counts": counts.tolist()}
            for time, counts in zip(heat.time_edges[:-1].tolist(), heat.counts, strict=True)
        ],
    }
    if with_events:
        document["cells"] = [
            {
                "line": line,
                "column": column,
                "count": int(heat.counts[line, column]),
                "events": store.number[heat.rows_of(line, column)[:MOST_EVENTS]].tolist(),
            }
            for line, column in np.argwhere(heat.counts).tolist()
        ]
    output.text(json_document(document))
