"""What workers say to the screen. Each is said once, by the worker named in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hopscope.errors import FilterError
    from hopscope.filters import Completion
    from hopscope.kept import SavedChains
    from hopscope.reports.heat import Heat
    from hopscope.store.store import Store
    from hopscope.trail import Candidate
    from hopscope.views import Selection, Step
    from hopscope.views.conditions import FieldValue
    from hopscope.views.density import Density
    from hopscope_tui.file_rows import FileRows
    from hopscope_tui.navigator import Navigator, Place
    from hopscope_tui.opening import FirstView, Opened, Opening
    from hopscope_tui.path_offers import Offer
    from hopscope_tui.sources import PlaceSource
    from hopscope_tui.widgets.first_sight import FirstSight
    from hopscope_tui.widgets.heat_map import Rectangle


@dataclass
class LoadProgressed(Message):
    """``Tab``: more of the capture is read; the opening knows how much."""

    opening: Opening

    def can_replace(self, message: Message) -> bool:
        """Only the newest of a capture counts."""
        return isinstance(message, LoadProgressed) and message.opening is self.opening


@dataclass
class FirstRowsReady(Message):
    """``Tab``: what the first view shows is known, the index is not there yet."""

    opening: Opening
    first: FirstView


@dataclass
class CaptureOpened(Message):
    """``Tab``: the capture is indexed."""

    opening: Opening
    opened: Opened


@dataclass
class CaptureGrew(Message):
    """``Tab``: more of the capture is there, or what is going on with it has changed."""

    opening: Opening
    opened: Opened

    def can_replace(self, message: Message) -> bool:
        """Only the newest of a capture counts."""
        return isinstance(message, CaptureGrew) and message.opening is self.opening


@dataclass
class Noted(Message):
    """``Tab``: one sentence about opening the capture that the person should know."""

    opening: Opening
    text: str


@dataclass
class OpenFailed(Message):
    """``Tab``: the capture cannot be read; the text is one sentence."""

    opening: Opening
    text: str


@dataclass
class LoadingLeft(Message):
    """``LoadingScreen``: the person does not want to wait for the capture."""

    opening: Opening


@dataclass
class PathsFound(Message):
    """``OpenPanel``: which captures and folders begin with what was typed.

    Attributes:
        typed: it.
        offers: them.
    """

    typed: str
    offers: list[Offer]


@dataclass
class OpeningBegun(Message):
    """``OpenPanel``: the first sign of a capture is there, or what is wrong with it."""

    opening: Opening


@dataclass
class ViewFilled(Message):
    """``Jobs.fill``: the rows of a place are there.

    Attributes:
        place: what was asked for.
        source: its rows.
        row: the row to choose.
        sight: what is seen of them at first.
    """

    place: Place
    source: PlaceSource
    row: int
    sight: FirstSight


@dataclass
class FillProgressed(Message):
    """``Jobs.fill``: so much of the work for a place is done, 0 to 1."""

    place: Place
    share: float

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, FillProgressed)


@dataclass
class ViewGrew(Message):
    """``Jobs.grow``: the rows of a place in more of the capture.

    Attributes:
        opened: the capture.
        start: where one was when this was asked for.
        navigator: the same place and the ways from it, in more of the capture.
        source: its rows.
        sight: what is seen of them at first.
    """

    opened: Opened
    start: Place
    navigator: Navigator
    source: PlaceSource
    sight: FirstSight


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
    """``Jobs.complete``: what may come next in a filter that was typed so far.

    Attributes:
        text: the filter.
        offers: best first.
        error: what is wrong with it; None for a good or an empty one.
    """

    text: str
    offers: list[Completion]
    error: FilterError | None

    def can_replace(self, message: Message) -> bool:
        """Only those for the newest text count."""
        return isinstance(message, CompletionsFound)


@dataclass
class MatchesCounted(Message):
    """``Jobs.count``: so many events a filter would leave.

    Attributes:
        text: the filter.
        left: events that it accepts.
        every: events that it was asked about.
    """

    text: str
    left: int
    every: int


@dataclass
class DensityFound(Message):
    """``Jobs.density``: when the events of the selection happened.

    Attributes:
        of: the capture, the selection, stretches of time, and True for its range alone.
        density: the events of them.
    """

    of: tuple[Store, Selection, int, bool]
    density: Density


@dataclass
class ValuesFound(Message):
    """``Jobs.values``: what a person pointed at.

    Attributes:
        values: values with their fields.
        negated: True where the value is to be left out.
        ask: True where one is to be chosen first.
        problem: why there is none, one sentence or empty.
    """

    values: list[FieldValue]
    negated: bool
    ask: bool
    problem: str = ""


@dataclass
class LinkFound(Message):
    """``Jobs.link``: a link to add, or why there is none."""

    link: Step | None
    problem: str = ""


@dataclass
class HistoryRead(Message):
    """``Jobs.read_history``, ``Jobs.forget``: the filters typed before, the oldest first."""

    lines: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass
class NotKept(Message):
    """Jobs around the history and the saved chains: a file cannot be read or written; the text says why."""

    text: str


@dataclass
class ChainsRead(Message):
    """``Jobs.read_chains``: the chains that were saved."""

    chains: SavedChains


@dataclass
class ChainsChanged(Message):
    """``Jobs.change_chains``: a change of the saved chains is on disk; the text says what was done."""

    text: str


@dataclass
class ChainRefused(Message):
    """``Jobs.change_chains``: nothing was changed.

    Attributes:
        text: why, one sentence.
        exists: True when it is because a chain of that name is there already.
    """

    text: str
    exists: bool


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


@dataclass
class FileRead(Message):
    """``Jobs.read_file``: what a file held is put together.

    Attributes:
        rows: about the file; None where the row that was asked for is about none.
    """

    rows: FileRows | None


@dataclass
class FileWritten(Message):
    """``Jobs.write``: a new file is there.

    Attributes:
        path: of the file.
        size: its bytes.
        note: what was asked to be said with it.
    """

    path: Path
    size: int
    note: str = ""


@dataclass
class TextTold(Message):
    """``Jobs.tell``: a text is worked out.

    Attributes:
        text: it.
        take: what it is for, in the words of who asked.
    """

    text: str
    take: str


@dataclass
class ConnectionFound(Message):
    """``Jobs.find_connection``: an event row of the connection to follow, -1 where there is none."""

    row: int


@dataclass
class BarsWorkedOut(Message):
    """``Jobs.work_out_bars``: more is known of what threads did during rows of a trail."""

    def can_replace(self, message: Message) -> bool:
        """One is as good as several."""
        return isinstance(message, BarsWorkedOut)


@dataclass
class HeatFound(Message):
    """``Jobs.heat``: a spectrogram.

    Attributes:
        heat: the counts.
        labels: of its lines.
        marks: columns with what is written above them.
        line_words: how long a line is.
        words: for chosen cells which times and latencies they are.
    """

    heat: Heat
    labels: list[str]
    marks: list[tuple[int, str]]
    line_words: str
    words: Callable[[Rectangle], str]


@dataclass
class SessionRead(Message):
    """``Jobs.read_session``: where one was when the capture was open before."""

    place: Place
