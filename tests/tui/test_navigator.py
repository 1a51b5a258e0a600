"""Places, the way up, the jump list."""

from __future__ import annotations

from hopscope.views import Selection
from hopscope_tui.navigator import Navigator, Place, Position


def place(name: str, parent: Place | None = None) -> Place:
    return Place(name, Selection(), parent)


def test_back_and_forward_lead_over_the_same_places() -> None:
    navigator = Navigator(place("containers"))
    for name in ("processes", "descriptors", "events"):
        navigator.go(place(name))

    seen = [navigator.place.view]
    while navigator.behind is not None:
        navigator.back()
        seen.append(navigator.place.view)

    assert seen == ["events", "descriptors", "processes", "containers"]
    while navigator.ahead is not None:
        navigator.forward()
    assert navigator.place.view == "events"


def test_a_new_step_after_going_back_cuts_off_what_lay_ahead() -> None:
    navigator = Navigator(place("containers"))
    navigator.go(place("processes"))
    navigator.back()
    navigator.go(place("files"))

    assert navigator.ahead is None
    navigator.back()
    assert navigator.place.view == "containers"


def test_the_chosen_row_is_kept_when_one_leaves() -> None:
    navigator = Navigator(place("containers"))
    navigator.remember(Position(("container", 3), 7))
    navigator.go(place("processes"))
    navigator.back()

    assert navigator.place.position == Position(("container", 3), 7)


def test_sorting_is_no_step_of_the_way() -> None:
    navigator = Navigator(place("containers"))
    navigator.replace(Place("containers", Selection(), None, (2, True)))

    assert navigator.behind is None
    assert navigator.place.sorting == (2, True)
