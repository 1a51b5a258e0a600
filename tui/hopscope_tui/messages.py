"""What workers say to the screen. Each is said once, by the worker named in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from hopscope.filters import Completion
    from hopscope.trail import Candidate
    from hopscope_tui.navigator import Place
    from hopscope_tui.opening import FirstView, Opened
    from hopscope_tui.sources import PlaceSource


@dataclass
class LoadProgressed(Message):
    """``LoadingScreen``: more of the capture is read; the opening knows how much."""

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, LoadProgressed)


@dataclass
class FirstRowsReady(Message):
    """``LoadingScreen``: what the first view shows is known, the index is not there yet."""

    first: FirstView


@dataclass
class CaptureOpened(Message):
    """``LoadingScreen``: the capture is indexed."""

    opened: Opened


@dataclass
class OpenFailed(Message):
    """``LoadingScreen``: the capture cannot be read; the text is one sentence."""

    text: str


@dataclass
class ViewFilled(Message):
    """``Jobs.fill``: the rows of a place are there.

    Attributes:
        place: what was asked for.
        source: its rows.
        row: the row to choose.
    """

    place: Place
    source: PlaceSource
    row: int


@dataclass
class TextFound(Message):
    """``Jobs.find``: the row that has the text, None where there is none; True when it went round the end."""

    row: int | None
    wrapped: bool


@dataclass
class SearchProgressed(Message):
    """``Jobs.find``: nothing in this share of the rows, 0 to 1."""

    share: float

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, SearchProgressed)


@dataclass
class CompletionsFound(Message):
    """``Jobs.complete``: what may come next in a filter that was typed so far."""

    text: str
    offers: list[Completion]

    def can_replace(self, message: Message) -> bool:
        """Only those for the newest text count."""
        return isinstance(message, CompletionsFound)


@dataclass
class HopsFound(Message):
    """``Jobs.hops``: where one can hop to.

    Attributes:
        kind: ``peer``, ``effect`` or ``cause``.
        origin: event row that was hopped from, -1 where there is none.
        candidates: best first; empty where there is none.
        absence: what was looked for where there is none, one sentence or empty.
    """

    kind: str
    origin: int
    candidates: list[Candidate]
    absence: str = ""


@dataclass
class BookmarksChanged(Message):
    """``Jobs.keep``: a change of the bookmarks is on disk; the text says what was done."""

    text: str


@dataclass
class JobFailed(Message):
    """Any job: it could not be done; the text is one sentence.

    Attributes:
        job: name of the method.
        text: why.
    """

    job: str
    text: str
