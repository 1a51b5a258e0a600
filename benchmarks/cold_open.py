"""From the command line to the first filled view of a small capture: hopscope beside csysdig, under tmux.

Each run starts a new process in a new window of 160 by 40 cells and looks at it every few milliseconds until
rows are there. Nothing is kept between runs: hopscope's folders are empty each time. The capture is read once
before, so that both find it in the system's cache. The two take turns.

    python benchmarks/cold_open.py [CAPTURE] [--pairs N] [--record]

``--record`` writes the result into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import report
from programs import CSYSDIG_ROWS, FIRST_ROWS, alternating, hopscope, missing, own_folders, warm, window

DEFAULT_CAPTURE = Path(__file__).parents[2] / "shared" / "captures" / "kubernetes-dns.scap"


def measure(capture: Path, pairs: int) -> dict[str, list[float]]:
    """Times of both programs, in the order of the runs."""
    warm(capture)

    def ours() -> float:
        with own_folders() as environment, window([hopscope(), str(capture)], environment) as seen:
            return seen.wait_for(FIRST_ROWS)

    def theirs() -> float:
        with window(["csysdig", "-r", str(capture)]) as seen:
            return seen.wait_for(CSYSDIG_ROWS)

    return alternating({"hopscope": ours, "csysdig": theirs}, pairs)


def written(capture: Path, times: dict[str, list[float]]) -> str:
    """The result as Markdown."""
    medians = {name: median(values) for name, values in times.items()}
    size = capture.stat().st_size / 1e6
    head = f"`{capture.name}`, {size:.1f} MB, {len(times['hopscope'])} pairs, {report.machine()}:\n\n"
    rows = [
        (name, f"{medians[name]:.2f} s", " ".join(f"{value:.2f}" for value in values))
        for name, values in times.items()
    ]
    ratio = medians["hopscope"] / medians["csysdig"]
    told = f"\nhopscope takes {ratio:.2f} times as long as csysdig.\n"
    return head + report.table(("program", "median", "all runs"), rows) + told


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time hopscope and csysdig to the first filled view.")
    parser.add_argument("capture", nargs="?", type=Path, default=DEFAULT_CAPTURE)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    absent = missing("tmux", "csysdig")
    if absent:
        print(f"cold_open: {absent} not installed; nothing to compare", file=sys.stderr)
        return 2
    if not arguments.capture.is_file():
        print(f"cold_open: there is no capture {arguments.capture}", file=sys.stderr)
        return 2
    text = written(arguments.capture, measure(arguments.capture, arguments.pairs))
    print(text)
    if arguments.record:
        report.record("cold open", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
