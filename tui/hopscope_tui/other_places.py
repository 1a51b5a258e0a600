"""What the list of views offers beside the views: places and panels that have keys of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hopscope_tui.keymap import Key, key_of
from hopscope_tui.own.places import (
    BREAKDOWN,
    FINDINGS,
    GAPS,
    MESSAGES,
    OVERVIEW,
    OWN,
    PROCESS_TREE,
    TRAIL,
)

GROUP: Final = "Not views"
"""Heading of all of them."""


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Something to look at that is no view.

    Attributes:
        name: of its key.
        title: as the list shows it.
        description: what it shows.
        command: what prints the same.
        aliases: other words that find it.
    """

    name: str
    title: str
    description: str
    command: str
    aliases: tuple[str, ...] = ()
    group: str = GROUP

    @property
    def key(self) -> Key:
        """The key that leads there as well."""
        return key_of(self.name)


def _own(key: str, place: str, command: str) -> OtherPlace:
    return OtherPlace(key, OWN[place].title, OWN[place].about, command, (place,))


OTHER_PLACES: Final = (
    _own("main.overview", OVERVIEW, "hopscope overview"),
    _own("main.findings", FINDINGS, "hopscope findings"),
    _own("main.messages", MESSAGES, "hopscope messages"),
    _own("main.trail", TRAIL, "hopscope trail"),
    _own("main.tree", PROCESS_TREE, "hopscope tree"),
    _own("main.breakdown", BREAKDOWN, "hopscope waits"),
    _own("main.gaps", GAPS, "hopscope gaps"),
    OtherPlace(
        "main.spectrogram",
        "Spectrogram",
        "Latency over time as a heat map, of calls or requests. Cells that are chosen lead to their events.",
        "hopscope spectrogram",
        ("latency",),
    ),
    OtherPlace(
        "main.marks",
        "Bookmarks",
        "The marked events with their notes: jump, rename, delete, save.",
        "hopscope bookmarks",
        ("marks",),
    ),
    OtherPlace(
        "main.about",
        "Damage, drops and the machine",
        "What the capture is, how much of it is damaged or was dropped, and which blocks and events were "
        "skipped.",
        "hopscope info",
        ("about",),
    ),
)
"""All of them, in the order of the list."""
