"""What is written about places: titles, steps, and what to do where there is nothing."""

from __future__ import annotations

from hopscope.redaction import shown
from hopscope.text import visible
from hopscope.views import VIEWS
from hopscope_tui.navigator import Place
from hopscope_tui.own.places import OWN


def way(place: Place) -> list[str]:
    """One text a step of the selection for the breadcrumb, behind them the name of a place of its own."""
    steps = [visible(shown(step.text)) for step in place.selection.steps]
    return [*steps, OWN[place.view].title.lower()] if place.view in OWN else steps


def tabs_of(place: Place) -> tuple[tuple[str, ...], int]:
    """The words on the tabs, one more for a view without a tab of its own, and the index of the open one.

    The index is -1 where the place is none of the views.
    """
    titles = [tab.title for tab in VIEWS.tabs]
    names = [tab.name for tab in VIEWS.tabs]
    if place.view in names:
        return tuple(titles), names.index(place.view)
    if place.view in OWN:
        return tuple(titles), -1
    return (*titles, visible(VIEWS[place.view].title)), len(titles)


def title_of(place: Place) -> str:
    """The name of what a place shows."""
    return OWN[place.view].title if place.view in OWN else VIEWS[place.view].title


def empty_text(place: Place) -> str:
    """What to say where a place has no rows, and what to do then."""
    what = OWN[place.view].what if place.view in OWN else f"{VIEWS[place.view].title.lower()}"
    steps = place.selection.steps
    if steps and steps[-1].kind == "filter":
        return f"no {what} that this filter leaves\nF4 changes it, Ctrl-L takes it away"
    if steps and steps[-1].kind == "time":
        return f"no {what} in this range of time\nCtrl-L takes it away, I chooses another one"
    if place.parent is not None:
        return f"no {what} under this selection\nBackspace goes back, F2 chooses another view"
    return f"no {what} in this capture"
