"""The places that are no view of the core, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from hopscope_tui.navigator import ECHO

if TYPE_CHECKING:
    from hopscope.store.store import Store
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.sources import PlaceSource
    from hopscope_tui.watch import Watch

FINDINGS: Final = "findings"
MESSAGES: Final = "messages"
OVERVIEW: Final = "overview"
PROCESS_TREE: Final = "tree"
OPEN: Final = "open"
FOLLOW: Final = "follow"
TRAIL: Final = "trail"
BREAKDOWN: Final = "breakdown"
GAPS: Final = "gaps"


class OwnModule(Protocol):
    """What the module behind a place offers."""

    def source_of(self, store: Store, place: Place, form: Form, watch: Watch) -> PlaceSource:
        """The rows of the place, worked out in a thread."""


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One place.

    Attributes:
        name: as places refer to it.
        title: of its legend.
        module: in this package, with ``source_of``.
        what: plural, for "no findings in this capture".
        work: what is said while its rows are worked out.
        about: what it shows, for the legend.
        details: True where something is shown beside its rows.
        decodes: True where its rows depend on the form of recorded bytes.
    """

    name: str
    title: str
    module: str
    what: str
    work: str
    about: str
    details: bool = False
    decodes: bool = False

    @property
    def maker(self) -> OwnModule:
        """Its module, loaded when somebody goes there."""
        return cast("OwnModule", import_module(f"hopscope_tui.own.{self.module}"))


_ALL = (
    OwnPlace(
        OPEN,
        "Open descriptors",
        "open_descriptors",
        "descriptors were open",
        "looking up what was open",
        "What the process of an event had open at that moment. Enter goes to the events of a descriptor.",
        details=True,
    ),
    OwnPlace(
        PROCESS_TREE,
        "Process tree",
        "process_tree",
        "processes",
        "finding out who began whom",
        "Processes below those that began them: when they were born, how long they lived, the programs they "
        "ran, the status they ended with. Of a selection those with events in it, and those above them.",
        details=True,
    ),
    OwnPlace(
        OVERVIEW,
        "Overview",
        "overview",
        "events",
        "counting",
        "What one looks for first, counted over the selection, with bars for when it was. Enter goes to "
        "what is behind a line, d to its events. ! stands before what one would rather not see.",
        details=True,
    ),
    OwnPlace(
        ECHO,
        "Echo",
        "echo",
        "bytes were recorded",
        "putting bytes together",
        "The bytes that the events of the selection read (green, ◀) and wrote (yellow, ▶), "
        "in the order of time.",
        decodes=True,
    ),
    OwnPlace(
        FOLLOW,
        "Stream",
        "follow",
        "bytes of this connection were recorded",
        "joining both sides",
        "One connection: what the client (▶) and the server (◀) said, in the order of bytes. Those that "
        "only the other end recorded have a ∗, what nobody recorded is a gap. x shows text, hex or what the "
        "protocol says, E saves either side or the text, Ctrl-F searches in the bytes, also across calls.",
        decodes=True,
    ),
    OwnPlace(
        TRAIL,
        "Trail",
        "trail",
        "requests",
        "putting the trail together",
        "One request through all its processes: each row was caused by the one it hangs below, first "
        "as the process saw it that sent it, then as the one that received it. Bars: █ working, ▒ ready but "
        "without a CPU, ─ waiting, ╌ waiting in vain, ░ nothing known. Dotted lines (╌) lead to doubtful "
        "causes; a lists the others.",
        details=True,
    ),
    OwnPlace(
        BREAKDOWN,
        "Where the time went",
        "breakdown",
        "threads",
        "adding up time",
        "The time of a process, of several together, or of a span, in the range that is chosen, by what was "
        "waited for, longest first; the parts add up to the whole. █ is work, ▬ waiting. Enter goes to the "
        "events at the edges of the longest stretches.",
        details=True,
    ),
    OwnPlace(
        GAPS,
        "Gaps",
        "gaps",
        "gaps that long",
        "looking at what was done meanwhile",
        "Times in which no event of the selection happened, longest first, and what the process that went on "
        "waited for meanwhile. Enter goes to the event before, . to the one that ended it.",
        details=True,
    ),
    OwnPlace(
        FINDINGS,
        "Findings",
        "findings",
        "findings",
        "looking for what is wrong",
        "What is wrong in the events of the selection, worst first by the time lost, with the events that "
        "prove it. Steps of a finding are listed below it. Enter goes to the evidence, d to all its events.",
        details=True,
    ),
    OwnPlace(
        MESSAGES,
        "Messages",
        "messages",
        "messages",
        "reading messages",
        "What was asked and answered on the connections of the selection, and what was logged, in the "
        "order of time. Enter goes to the event, d to all events of both, the details show them in full.",
        details=True,
    ),
)

OWN: Final = {place.name: place for place in _ALL}
"""All of them by name."""
