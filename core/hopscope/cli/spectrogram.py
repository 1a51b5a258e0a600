"""``hopscope spectrogram``: how long calls took, over time."""

from __future__ import annotations

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.heat_map import LABEL, print_json, print_map
from hopscope.cli.table import window_width
from hopscope.reports.heat import DECADES, spectrogram
from hopscope.reports.kinds import KINDS, passing, shown
from hopscope.views.text import format_duration


def run(request: Request) -> int:
    """Print the latencies of the calls that the filter lets through."""
    arguments, output = request.arguments, request.output
    store = open_capture(arguments)
    columns = arguments.columns or max(DECADES, min(window_width(), 200) - LABEL)
    mask = shown(store, passing(store, KINDS.get(arguments.only, ""), *arguments.filter))
    heat = spectrogram(store, mask, arguments.every, columns)
    if arguments.json:
        print_json(output, store, heat, arguments.events)
    else:
        marks = [(-(-power * columns // DECADES), _short(10**power)) for power in range(DECADES)]
        print_map(output, store, heat, marks)
    return 0


def _short(duration: int) -> str:
    """A power of ten of nanoseconds: ``10us``."""
    return format_duration(duration).replace(".000", "")
