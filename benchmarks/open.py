"""Opening a large capture: to the complete index, to the first rows on the screen, and the second time.

All figures are medians of runs in turns (default five of each), and what counts are their ratios:

- to the complete index without a screen, beside one pass of sysdig over the file (``evt.type=ptrace`` matches
  nothing): once keeping nothing, once keeping the index;
- to the first rows in a terminal window, and to the title that counts all events, beside csysdig's first
  rows;
- the second opening to the first rows, beside a Python that imports what every such program imports.

    python benchmarks/open.py [--events N] [--runs N] [--only plain|gzip] [--record]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import generate
import report
from programs import (
    CSYSDIG_ROWS,
    FIRST_ROWS,
    alternating,
    hopscope,
    missing,
    own_folders,
    run,
    shown_events,
    warm,
    window,
)

NOTHING = "evt.type=ptrace"
"""A filter that no event of the captures passes: the reference reads the file and prints nothing."""

IMPORTS = "import textual.app, numpy"


@dataclass(frozen=True)
class Row:
    """One line of the result.

    Attributes:
        what: was measured.
        times: of all runs, in seconds.
        beside: what it is compared with, and how; empty for the other ones.
    """

    what: str
    times: list[float]
    beside: str = ""

    def cells(self) -> tuple[str, str, str, str]:
        runs = " ".join(f"{time:.2f}" for time in self.times)
        return self.what, f"{median(self.times):.2f} s", self.beside, runs


def ratio(times: Mapping[str, list[float]], one: str, other: str) -> str:
    """How many times as long one takes as the other."""
    return f"{median(times[one]) / median(times[other]):.2f} × {other}"


def to_index(capture: Path, runs: int) -> list[Row]:
    """From the command to the complete index, without a screen."""
    path = str(capture)

    def keeping() -> float:
        with own_folders() as environment:
            return run([hopscope(), "index", path], environment)

    times = alternating(
        {
            "sysdig": partial(run, ["sysdig", "-r", path, NOTHING]),
            "indexed": partial(run, [hopscope(), "events", "--no-cache", path, NOTHING]),
            "kept": keeping,
        },
        runs,
    )
    return [
        Row(f"one pass of sysdig, `{NOTHING}`", times["sysdig"]),
        Row("hopscope, complete index, nothing kept", times["indexed"], ratio(times, "indexed", "sysdig")),
        Row("hopscope, complete index, kept", times["kept"], ratio(times, "kept", "sysdig")),
    ]


def to_screen(capture: Path, runs: int, shown: int) -> list[Row]:
    """From the command to rows in a window; ``shown`` is what the title says when all events are there."""
    complete = re.compile(rf"\b{shown:,} events\b")
    begun: list[float] = []

    def csysdig() -> float:
        with window(["csysdig", "-r", str(capture)]) as seen:
            return seen.wait_for(CSYSDIG_ROWS)

    def opened() -> float:
        with own_folders() as environment, window([hopscope(), str(capture)], environment) as seen:
            begun.append(seen.wait_for(FIRST_ROWS))
            return seen.wait_for(complete)

    times = alternating({"csysdig": csysdig, "complete": opened}, runs)
    times["first"] = begun
    return [
        Row("csysdig, first rows", times["csysdig"]),
        Row("hopscope, first rows", begun, ratio(times, "first", "csysdig")),
        Row("hopscope, all events on the screen", times["complete"], ratio(times, "complete", "csysdig")),
    ]


def again(capture: Path, runs: int) -> list[Row]:
    """The second opening, to the first rows."""
    with own_folders() as environment:
        run([hopscope(), "index", str(capture)], environment)

        def opened() -> float:
            with window([hopscope(), str(capture)], environment) as seen:
                return seen.wait_for(FIRST_ROWS)

        times = alternating(
            {"imports": partial(run, [sys.executable, "-c", IMPORTS]), "again": opened},
            runs,
        )
    beyond = median(times["again"]) - median(times["imports"])
    return [
        Row(f'`python -c "{IMPORTS}"`', times["imports"]),
        Row("hopscope, second opening, first rows", times["again"], f"{beyond:+.2f} s to the imports"),
    ]


def measure(capture: Path, runs: int, shown: int) -> list[Row]:
    warm(capture)
    parts: list[Callable[[], list[Row]]] = [
        partial(to_index, capture, runs),
        partial(to_screen, capture, runs, shown),
        partial(again, capture, runs),
    ]
    return [row for part in parts for row in part()]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time the opening of a large capture.")
    parser.add_argument("--events", type=int, default=generate.DEFAULT_EVENTS, help="default: %(default)s")
    parser.add_argument("--runs", type=int, default=5, help="of each; default: %(default)s")
    parser.add_argument("--only", choices=("plain", "gzip"), help="leave the other capture out")
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    absent = missing("tmux", "sysdig", "csysdig")
    if absent:
        print(f"open: {absent} not installed; nothing to compare", file=sys.stderr)
        return 2
    parts = []
    shown = shown_events(generate.cached(arguments.events))
    for kind in ("plain", "gzip"):
        if arguments.only in (None, kind):
            capture = generate.cached(arguments.events, packed=kind == "gzip")
            rows = measure(capture, arguments.runs, shown)
            size = f"{capture.stat().st_size / 1e6:,.1f} MB"
            head = f"{arguments.events:,} events, {kind}, {size}, medians of {arguments.runs} runs in turns:"
            lines = report.table(("what", "median", "beside", "all runs, s"), [row.cells() for row in rows])
            parts.append(f"{head}\n\n{lines}")
    text = f"{report.machine()}\n\n" + "\n".join(parts)
    print(text)
    if arguments.record:
        report.record("open", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
