"""Trails with links that a person chose among the candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hopscope.spans.links import Link, Links, links_of
from hopscope.spans.tree import Trail, focus_of, root_of, roots_of, spans_of_events
from hopscope.store.store import Store
from hopscope.store.tables import NONE


class ChosenLinks(Links):
    """Links some of which were chosen by a person.

    Args:
        found: as they were found.
        chosen: by span the cause that was chosen for it, NONE where nothing is to be its cause.
    """

    def __init__(self, found: Links, chosen: Mapping[int, int]) -> None:
        self.store, self.spans = found.store, found.spans
        self.across, self.starts = found.across, found.starts
        self._found = found
        self._chosen = dict(chosen)

    def cause(self, span: int) -> int:
        """The chosen cause, else the one that was found."""
        return self._chosen[span] if span in self._chosen else self._found.cause(span)

    def score(self, span: int) -> float:
        """Score of the link to its cause, 0 without one."""
        return self._found.score(span) if span not in self._chosen else self._chosen_link(span).score

    def doubtful(self, span: int) -> bool:
        """What a person chose is not doubted."""
        return span not in self._chosen and self._found.doubtful(span)

    def candidates(self, span: int) -> list[Link]:
        """All that may have caused a span, the chosen one first."""
        found = self._found.candidates(span)
        if span not in self._chosen or self._chosen[span] == NONE:
            return found
        chosen = self._chosen_link(span)
        return [chosen, *(one for one in found if one.cause != chosen.cause)]

    def _chosen_link(self, span: int) -> Link:
        cause = self._chosen[span]
        known = [one for one in self._found.candidates(span) if one.cause == cause]
        link = known[0] if known else Link(cause, 0.0, (), doubtful=False, across=False)
        return replace(link, doubtful=False, evidence=("chosen by hand", *link.evidence))

    def effects(self, span: int) -> list[int]:
        """The spans that a span is the cause of, in the order of their beginnings."""
        return self._with_chosen(self._found.effects(span), span)

    def without_cause(self, process: int) -> list[int]:
        """Spans of a process that nothing inside it caused."""
        own = self._with_chosen(self._found.without_cause(process), NONE)
        return [one for one in own if self.spans.process[one] == process]

    def _with_chosen(self, found: list[int], cause: int) -> list[int]:
        stay = [one for one in found if self._chosen.get(one, cause) == cause]
        here = [one for one, chosen in self._chosen.items() if chosen == cause and one not in stay]
        return sorted([*stay, *here])


def trail_with(
    store: Store,
    row: int,
    *,
    whole: bool = False,
    mask: NDArray[np.bool_] | None = None,
    chosen: Mapping[int, int] | None = None,
) -> Trail:
    """The trail through an event, or through all of a mask, with links that were chosen.

    Args:
        store: the events.
        row: event row; not looked at where there is a mask.
        whole: take all that the event's process did, also where that was there before the capture began.
        mask: bool, one an event: the trees of all spans that these belong to.
        chosen: as for :class:`ChosenLinks`.
    """
    found = links_of(store)
    links = ChosenLinks(found, chosen) if chosen else found
    trail = Trail(links)
    if mask is not None:
        for root in roots_of(links, spans_of_events(links.spans, mask).tolist()):
            trail.add(*root)
        return trail
    process, focus = int(store.process[row]), focus_of(links.spans, row)
    if whole or (focus == NONE and process != NONE):
        trail.add(NONE, process)
    elif focus != NONE:
        trail.add(*root_of(links, focus))
    trail.focus = max(0, trail.place_of(focus)) if focus != NONE else 0
    return trail
