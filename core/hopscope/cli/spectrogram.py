"""``hopscope spectrogram``: how long calls took, over time."""

from __future__ import annotations

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.heat_map import LABEL, print_json, print_map
from hopscope.cli.table import window_width
from hopscope.reports.heat import DECADES
from hopscope.spectrogram import KINDS, heat_of, latency_marks
from hopscope.views import Selection


def run(request: Request) -> int:
    """Print the latencies of the calls that the filter lets through."""
    arguments, output = request.arguments, request.output
    store = open_capture(arguments)
    columns = arguments.columns or max(DECADES, min(window_width(), 200) - LABEL)
    text = " ".join(arguments.filter).strip()
    selection = Selection().with_filter(text) if text else Selection()
    kind = next(kind for kind in KINDS if kind.name == (arguments.only or "calls"))
    heat = heat_of(store, selection, kind, arguments.every, columns)
    if arguments.json:
        print_json(output, store, heat, arguments.events)
    else:
        print_map(output, store, heat, latency_marks(columns))
    return 0
