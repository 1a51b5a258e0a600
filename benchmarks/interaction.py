"""Keys to finished frames on a large capture that has an index.

The real program runs in a terminal that this script plays (terminal.py). A key is pressed when everything
before has come to rest; its time ends with the last frame that comes of it, for scrolling with the first one,
which shows the rows (the details beside them follow). ``blocked`` is the longest that the screen's thread ran
without a pause meanwhile (observed.py).

    python benchmarks/interaction.py [--events N,...] [--rounds N] [--record]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import generate
import report
from programs import hopscope, own_folders, run, shown_events, warm
from terminal import Terminal

from hopscope.index import open_indexed
from hopscope.views import VIEWS, Selection, why_not_offered
from hopscope_tui.screens.view_picker import matching

SIZES = (3_000_000, 10_000_000)
LIST = "events"
"""Name of the view that lists all events."""

TABS = "12345678"
SORTING = "!@#$%"
FILTERS = ("proc.name=gatewayd", "fd.port=5432", "evt.type=openat", "container.name=catalog and evt.dir=<")
HELD = 3.0
"""Seconds for which a key is held down."""

RATE = 1 / 30
"""Seconds between the repetitions of a key that is held down, as keyboards do."""


@dataclass
class Phase:
    """Keys of one kind.

    Attributes:
        name: what they do.
        first, last: seconds to the first and the last frame, one for each key.
        begun, ended: when, on the monotonic clock.
        blocked: seconds of the longest stretch of the screen's thread, and what ran.
    """

    name: str
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    begun: float = 0.0
    ended: float = 0.0
    blocked: tuple[float, str] = (0.0, "")


class Session:
    """One run of the program, from the first rows to its end.

    Args:
        capture: what is opened.
        events: in it.
        rounds: through all views that it has something for.
    """

    def __init__(self, capture: Path, events: int, rounds: int) -> None:
        self._capture = capture
        self._events = events
        self._rounds = rounds
        self._random = random.Random(1)
        self._views: list[str] = []
        self.phases: list[Phase] = []

    def run(self) -> list[Phase]:
        """Do everything; the phases in order."""
        with own_folders() as environment, tempfile.TemporaryDirectory() as folder:
            run([hopscope(), "index", str(self._capture)], environment)
            with patch.dict(os.environ, environment):
                self._views = offered(self._capture)
            log = Path(folder) / "blocked"
            observed = str(Path(__file__).with_name("observed.py"))
            self._terminal = Terminal([sys.executable, observed, str(log), str(self._capture)], environment)
            try:
                self._terminal.wait_for(f"{shown_events(self._capture):,} events")
                time.sleep(1.0)
                self._terminal.rest()
                self._scroll()
                self._hold()
                self._switch()
                self._drill()
                self._sort()
                self._filter()
            finally:
                self._terminal.end()
            self._note_blocks(log)
        return self.phases

    def _phase(self, name: str) -> Phase:
        phase = Phase(name, begun=time.perf_counter())
        self.phases.append(phase)
        return phase

    def _time(self, phase: Phase, *keys: str) -> None:
        came = self._terminal.press(*keys)
        if came is not None:
            phase.first.append(came[0])
            phase.last.append(came[1])
        phase.ended = time.perf_counter()

    def _go_to(self, view: str, phase: Phase | None = None) -> None:
        """Choose a view from the list of all; the time counts from Enter."""
        self._terminal.press("v")
        # The words of a name narrow the list; where others have them too it comes first or below.
        found = [one.name for one in matching(list(VIEWS.values()), [view])]
        self._terminal.press(view, *["down"] * found.index(view))
        if phase is None:
            self._terminal.press("enter")
        else:
            self._time(phase, "enter")

    def _scroll(self) -> None:
        self._go_to(LIST)
        for name, key, count in (("one row", "down", 40), ("one page", "pagedown", 40)):
            phase = self._phase(f"scroll by {name}")
            for _ in range(count):
                self._time(phase, key)
        phase = self._phase("jump to the last and first row")
        for _ in range(8):
            self._time(phase, "end")
            self._time(phase, "home")
        phase = self._phase("jump to an event by number")
        for _ in range(16):
            self._terminal.press(":")
            self._terminal.press("ctrl+u", str(self._random.randrange(1_000, self._events)))
            self._time(phase, "enter")

    def _hold(self) -> None:
        """A key held down: frames must keep up with its repetitions, and not lag behind at the end."""
        for key in ("down", "pagedown"):
            self._terminal.press("home")
            phase = self._phase(f"hold {key}, from key to frame")
            known = len(self._terminal.frames)
            begun = time.perf_counter()
            pressed = []
            for number in range(int(HELD / RATE)):
                while (left := begun + number * RATE - time.perf_counter()) > 0:
                    self._terminal.listen(left)
                pressed.append(self._terminal.send(key))
            self._terminal.rest()
            frames = self._terminal.frames[known:]
            phase.first = [
                next(frame for frame in [*frames, frames[-1] + 1] if frame > at) - at for at in pressed
            ]
            phase.last = list(phase.first)
            phase.ended = time.perf_counter()

    def _switch(self) -> None:
        phase = self._phase("switch between views")
        names = self._views
        for _ in range(self._rounds):
            for name in self._random.sample(names, len(names)):
                self._go_to(name, phase)
        phase = self._phase("switch by the number of a tab")
        for _ in range(self._rounds):
            for key in self._random.sample(TABS, len(TABS)):
                self._time(phase, key)

    def _drill(self) -> None:
        down, up = Phase("drill down"), Phase("come back up")
        for phase in (down, up):
            self.phases.append(phase)
            phase.begun = time.perf_counter()
        for _ in range(self._rounds):
            for name in self._views:
                self._go_to(name)
                self._terminal.press("home", *["down"] * self._random.randrange(4))
                self._time(down, "enter")
                self._time(up, "backspace")

    def _sort(self) -> None:
        phase = self._phase("change the sorting")
        for key in TABS:
            self._terminal.press(key)
            for column in SORTING:
                self._time(phase, column)
                self._time(phase, column)

    def _filter(self) -> None:
        phase = self._phase("set a filter, from Enter")
        self._terminal.press(TABS[0])
        for text in FILTERS:
            self._terminal.press("/")
            self._terminal.press(text)
            self._time(phase, "enter")
            self._terminal.press("ctrl+l")

    def _note_blocks(self, log: Path) -> None:
        for line in log.read_text(encoding="utf-8").splitlines():
            begun, passed, name = line.split("\t", 2)
            for phase in self.phases:
                if phase.begun <= float(begun) <= phase.ended:
                    phase.blocked = max(phase.blocked, (float(passed), name))


def offered(capture: Path) -> list[str]:
    """Names of the views that the list of views offers for the whole capture."""
    store = open_indexed(str(capture))
    return [view.name for view in VIEWS.values() if not why_not_offered(store, view, Selection())]


def written(events: int, phases: Sequence[Phase]) -> str:
    """The result as Markdown."""
    rows = []
    for phase in phases:
        scrolling = phase.name.startswith(("scroll", "jump", "hold"))
        times = phase.first if scrolling else phase.last
        if times:
            shown = (report.percentile(times, 0.5), report.percentile(times, 0.95), max(times))
            rows.append((phase.name, len(times), *map(report.milliseconds, (*shown, phase.blocked[0]))))
    table = report.table(("keys", "times", "median", "95 %", "longest", "blocked"), rows)
    worst = max(phases, key=lambda phase: phase.blocked)
    print(f"blocked longest by {worst.blocked[1]} in: {worst.name}", file=sys.stderr)
    return f"{events:,} events, {report.machine()}:\n\n{table}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time keys to finished frames.")
    parser.add_argument(
        "--events",
        type=lambda text: [int(one) for one in text.split(",")],
        default=list(SIZES),
        metavar="N,N,...",
        help=f"of the captures; default: {','.join(map(str, SIZES))}",
    )
    parser.add_argument("--rounds", type=int, default=1, help="through all views; default: %(default)s")
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    texts = []
    for events in arguments.events:
        capture = generate.cached(events)
        warm(capture)
        texts.append(written(events, Session(capture, events, arguments.rounds).run()))
    text = "\n".join(texts)
    print(text)
    if arguments.record:
        report.record("interaction", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
