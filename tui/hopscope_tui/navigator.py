"""Where one is, how one got there, and the way back: without a screen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, Step, selection_of_event
from hopscope.views.carrying import carry_key, carry_selection
from hopscope.views.links import with_link
from hopscope.views.member import Member

ECHO = "echo"
"""Name of the place that shows the bytes of a selection; no view of the core."""


@dataclass(frozen=True, slots=True)
class Position:
    """The chosen row of a place.

    Attributes:
        key: what the row stands for, so that it is found again after sorting or filtering; None for
            the first row.
        top: first row on the screen, None where it does not matter.
    """

    key: Hashable | None = None
    top: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A view of a selection, with the place that Backspace leads to.

    Attributes:
        view: name of the view.
        selection: what is looked at.
        parent: the place one level up; None at the top.
        sorting: index of the column and True for descending; None for the view's own order.
        then: the same of further columns, for rows that are equal in those before.
        position: the chosen row.
        subject: what else tells which rows there are, for places that are no view of the core.
    """

    view: str
    selection: Selection
    parent: Place | None = None
    sorting: tuple[int, bool] | None = None
    position: Position = Position()
    subject: Hashable = None
    then: tuple[tuple[int, bool], ...] = ()

    def at(self, position: Position) -> Place:
        """The same place with another row chosen."""
        return replace(self, position=position)


class Navigator:
    """The place one is at, and the places one jumped from and back from."""

    def __init__(self, start: Place) -> None:
        self.place = start
        self._behind: list[Place] = []
        self._ahead: list[Place] = []

    def remember(self, position: Position) -> None:
        """Keep the chosen row of the place one is about to leave."""
        self.place = self.place.at(position)

    def go(self, place: Place) -> None:
        """Go somewhere; the way back leads here."""
        self._behind.append(self.place)
        self._ahead.clear()
        self.place = place

    def replace(self, place: Place) -> None:
        """The same place seen otherwise, for instance sorted; no step on the way."""
        self.place = place

    @property
    def behind(self) -> Place | None:
        """Where one was before the last step; None where there was none."""
        return self._behind[-1] if self._behind else None

    @property
    def ahead(self) -> Place | None:
        """Where one was before going back; None where one did not."""
        return self._ahead[-1] if self._ahead else None

    def back(self) -> None:
        """To where one was before the last step."""
        self._ahead.append(self.place)
        self.place = self._behind.pop()

    def forward(self) -> None:
        """The step after going back."""
        self._behind.append(self.place)
        self.place = self._ahead.pop()

    def carried(self, carry: Callable[[Place], Place]) -> Navigator:
        """The same places, each made fit for more of the capture."""
        moved = Navigator(carry(self.place))
        moved._behind = [carry(place) for place in self._behind]
        moved._ahead = [carry(place) for place in self._ahead]
        return moved

    def ancestor(self, steps: int) -> Place:
        """The nearest place above whose selection has this many steps, or begins with them.

        Filters are steps without a place of their own: then it is the place that has them, without
        the steps that follow.
        """
        place = self.place
        while place.parent is not None and len(place.parent.selection.steps) >= steps:
            place = place.parent
            if len(place.selection.steps) == steps:
                return place
        selection = place.selection
        while len(selection.steps) > steps:
            selection = selection.pop()
        return replace(place, selection=selection)


def with_steps(place: Place, old: Step, new: Sequence[Step]) -> Place:
    """The place with other steps in the place of one, here and in all places above."""
    parent = with_steps(place.parent, old, new) if place.parent is not None else None
    return replace(place, selection=with_link(place.selection, old, new), parent=parent)


def carry_place(place: Place, old: Store, new: Store) -> Place:
    """A place of the beginning of a capture in more of it; stores as for ``views.carry_selection``."""
    return replace(
        place,
        selection=carry_selection(place.selection, old, new),
        parent=None if place.parent is None else carry_place(place.parent, old, new),
        position=Position(carry_key(place.position.key, old, new), place.position.top),
    )


def event_key(row: int) -> Hashable:
    """The key of an event row in lists of events."""
    return "event", row


def place_of_event(store: Store, row: int) -> Place:
    """The events of an event's descriptor, or of its process, with the event chosen.

    Above it lie the places one would have come through: containers, processes, descriptors.
    """
    selection = selection_of_event(store, row)
    parent: Place | None = None
    above = Selection()
    for step in selection.steps:
        parent = Place(_view_of(step), above, parent, position=Position(_member_key(step)))
        above = above.push(step)
    return Place("events", selection, parent, position=Position(event_key(row)))


def _view_of(step: Step) -> str:
    """The view whose rows are what a step chose."""
    return next(view.name for view in VIEWS.values() if view.key == step.kind)


def _member_key(step: Step) -> Hashable | None:
    member = step.condition
    return (member.key, member.code) if isinstance(member, Member) else None
