"""A spectrogram for the screen: worked out, with the words for its lines, columns and cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hopscope.spectrogram import Kind, heat_of, latency_marks, plain_duration
from hopscope.views.text import format_time
from hopscope_tui.messages import HeatFound

if TYPE_CHECKING:
    from hopscope.reports.heat import Heat
    from hopscope.store.store import Store
    from hopscope.views import Selection
    from hopscope_tui.widgets.heat_map import Rectangle

_DIGITS = 9


def find_heat(
    store: Store,
    selection: Selection,
    kind: Kind,
    interval: int,
    columns: int,
    report: Callable[[float], None],
) -> HeatFound:
    """The spectrogram of a selection; arguments as for :func:`hopscope.spectrogram.heat_of`."""
    heat = heat_of(store, selection, kind, interval, columns, report)
    labels = [
        f"{format_time(int(time), store.epoch)[: -_digits_too_many(heat)]} s" for time in heat.time_edges[:-1]
    ]
    return HeatFound(
        heat,
        labels,
        latency_marks(columns),
        plain_duration(heat.interval),
        lambda cells: _words(store, heat, cells),
    )


def _digits_too_many(heat: Heat) -> int:
    """Digits of a time in ns that tell nothing where lines are so long."""
    return min(_DIGITS - 1, len(str(heat.interval)) - 2)


def _words(store: Store, heat: Heat, cells: Rectangle) -> str:
    """Which times and latencies are chosen."""
    from hopscope.views.links import range_text  # noqa: PLC0415

    times = range_text(int(heat.time_edges[cells.top]), int(heat.time_edges[cells.bottom + 1]), store.epoch)
    least, most = heat.edges[cells.left], heat.edges[cells.right + 1]
    return f"{plain_duration(least)}–{plain_duration(most)} at {times}"
