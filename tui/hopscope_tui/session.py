"""A place as something that can be kept, and back: for the next time the capture is opened."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from hopscope.errors import HopscopeError
from hopscope.index.maker import maker
from hopscope.text import escaped
from hopscope.views import VIEWS, Selection, Step
from hopscope.views.keys import grouping_of
from hopscope.views.links import KINDS, filter_of, link_of
from hopscope.views.member import Member
from hopscope_tui.navigator import Place, Position

if TYPE_CHECKING:
    from hopscope.kept.sessions import Session
    from hopscope.store.store import Store

MOST_PLACES = 16
"""Places above one that are kept."""


def _is_plain(value: object) -> bool:
    """True for what JSON can hold as it is; names of a capture may be no text at all."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= one <= "\udfff" for one in value)
    return value is None or isinstance(value, bool | int)


def session_of(place: Place) -> Session | None:
    """What is kept of a place and those above it; None at the top, where everybody begins.

    Places that only the program as it runs can make (a trail, single events that were chosen) are left
    out: then it is the nearest place above.
    """
    found: list[dict[str, Any]] = []
    at: Place | None = place
    while at is not None and len(found) < MOST_PLACES:
        steps = [_kept_step(step) for step in at.selection.steps]
        if VIEWS.find(at.view) is not None and all(step is not None for step in steps):
            found.append(
                {
                    "view": at.view,
                    "steps": steps,
                    "sorting": [list(one) for one in filter(None, (at.sorting, *at.then))],
                    "key": _kept_key(at.position.key),
                }
            )
        at = at.parent
    if not found or (len(found) == 1 and found[0]["view"] == VIEWS.tabs[0].name and not found[0]["steps"]):
        return None
    return {"maker": maker(), "places": found[::-1]}


def _kept_key(key: Hashable | None) -> list[Any] | None:
    """The key of a row, None for one that cannot be written down."""
    plain = isinstance(key, tuple) and all(map(_is_plain, key))
    return list(key) if isinstance(key, tuple) and plain else None


def _kept_step(step: Step) -> dict[str, Any] | None:
    if step.kind in KINDS:
        text = filter_of(step)
        return {"filter": text} if _is_plain(text) else None
    member = step.condition
    if not isinstance(member, Member) or not all(map(_is_plain, (*member.values, member.filter))):
        return None
    return {
        "kind": step.kind,
        "label": escaped(step.label),
        "member": [member.key, member.code, list(member.values), member.filter],
    }


def place_of_session(session: Session, store: Store) -> Place | None:
    """The place that was kept; None where another program kept it, or it makes no sense here."""
    if session.get("maker") != maker():
        return None
    place: Place | None = None
    try:
        for one in session["places"]:
            selection = Selection()
            for step in one["steps"]:
                selection = selection.push(_step(step, store))
            if VIEWS.find(one["view"]) is None:
                return None
            sorting = tuple((int(column), bool(turned)) for column, turned in one["sorting"])
            position = Position(tuple(one["key"]) if one["key"] else None)
            place = Place(
                one["view"], selection, place, sorting[0] if sorting else None, position, then=sorting[1:]
            )
    except (HopscopeError, KeyError, TypeError, ValueError, IndexError):  # a person may have changed the file
        return None
    return place


def _step(kept: Mapping[str, Any], store: Store) -> Step:
    if "filter" in kept:
        return link_of(str(kept["filter"]), store.epoch)
    key, code, values, condition = kept["member"]
    step = Step(
        str(kept["kind"]), str(kept["label"]), Member(str(key), int(code), tuple(values), str(condition))
    )
    if not values and not 0 <= int(code) < grouping_of(store, str(key)).size:
        raise ValueError("there is no such group")
    step.condition.mask(store)  # fields that are not there are told now
    return step
