"""The steps of the breadcrumb."""

from __future__ import annotations

from hopscope.text import visible
from hopscope_tui.navigator import Place
from hopscope_tui.places import ECHO


def way(place: Place) -> list[str]:
    """One text a step of the selection, ``echo`` behind them where its bytes are shown."""
    steps = [visible(step.text) for step in place.selection.steps]
    return [*steps, "echo"] if place.view == ECHO else steps
