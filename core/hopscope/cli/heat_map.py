"""Maps of time and another scale as lines of shaded cells or as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hopscope.cli.output import Output, json_document
from hopscope.decode.clock import time_of_day
from hopscope.reports.heat import Heat
from hopscope.store.store import Store

SHADES = " .:+*#@"
"""From no event to the busiest cell of the map, by the logarithm of the count."""

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
    ruler = [" "] * heat.counts.shape[1]
    end = 0
    for column, name in marks:
        text = f"|{name}"
        if column >= end and column + len(text) <= len(ruler):
            ruler[column : column + len(text)] = text
            end = column + len(text)
    output.lines([" " * LABEL + "".join(ruler).rstrip()])
    coloured = output.is_terminal and "NO_COLOR" not in os.environ
    for label, levels in _lines(heat):
        if coloured:
            cells = "".join(f"\x1b[{_COLOURS[one]}m{SHADES[one]}" if one else " " for one in levels)
            output.styled(f"{label}{cells}\x1b[0m\n")
        else:
            output.lines([(label + "".join(SHADES[one] for one in levels)).rstrip()])
    output.lines([" " * LABEL + f"events in a cell: {_legend(heat.busiest)}"])


def _lines(heat: Heat) -> Iterator[tuple[str, list[int]]]:
    scale = np.log(max(heat.busiest, 2))
    for time, counts in zip(heat.time_edges[:-1].tolist(), heat.counts, strict=True):
        # The smallest count has the lightest shade, the largest the darkest.
        share = np.log(np.maximum(counts, 1)) / scale
        levels = np.where(counts > 0, 1 + np.floor(share * (len(SHADES) - 2)), 0).astype(int)
        yield f"{time_of_day(time)[: LABEL - 3]:<{LABEL}}", levels.tolist()


def _legend(busiest: int) -> str:
    steps = [
        (shade, int(np.ceil(max(busiest, 2) ** (place / (len(SHADES) - 2)))))
        for place, shade in enumerate(SHADES[1:])
    ]
    return "  ".join(f"{shade} {least}+" for shade, least in steps if least <= max(busiest, 1))


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
