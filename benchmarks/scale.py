"""How time, size and memory grow with a capture: everything per event should stay flat.

For each size: ``hopscope index`` in a process of its own (time per event, its peak, the size of the index per
event), then the program on the screen with that index (first rows, memory while every view is shown), and a
first opening of the plain file without an index (first rows, peak until all events are on the screen).

What is counted as memory, of all processes of hopscope together: ``own`` are the pages that nobody else has
(private, anonymous or in shared memory: Pss_Anon + Pss_Shmem of /proc/PID/smaps_rollup), ``mapped`` the pages
of files that are in memory at the moment, of the capture and of the index, which the system takes back when
it needs them (Pss_File), ``resident`` both. Pages that several processes share are counted once.

    python benchmarks/scale.py [--sizes 300000,1000000,...] [--runs N] [--record]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import generate
import report
from programs import FIRST_ROWS, family, hopscope, missing, own_folders, shown_events, tmux, warm, window

SIZES = (300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000)
EVERY = 0.05
"""Seconds between two looks at the memory."""

TOUR_PAUSE = 1.5
"""Seconds to stay in each view."""


@dataclass(frozen=True)
class Memory:
    """Bytes of several processes together: their own, and of files mapped; see the head of this file."""

    own: int = 0
    mapped: int = 0

    @property
    def resident(self) -> int:
        return self.own + self.mapped

    def or_more(self, other: Memory) -> Memory:
        """The greater of each."""
        return Memory(max(self.own, other.own), max(self.mapped, other.mapped))


def memory_of(pids: Sequence[int]) -> Memory:
    """What these processes hold now; those that have ended hold nothing."""
    own = mapped = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        held = {
            name: int(size) << 10 for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)
        }
        own += held.get("Pss_Anon", 0) + held.get("Pss_Shmem", 0)
        mapped += held.get("Pss_File", 0)
    return Memory(own, mapped)


class Watch:
    """Looks at the memory of a process and all that it started, again and again.

    Attributes:
        peak: the most of each kind so far.
        resident: the most of both together at one moment.
    """

    def __init__(self, pid: int) -> None:
        self.peak = Memory()
        self.resident = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    @contextmanager
    def looking(self) -> Iterator[Watch]:
        """Look as long as the block lasts."""
        self._thread.start()
        try:
            yield self
        finally:
            self._done.set()
            self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(EVERY):
            now = memory_of(family(self._pid))
            self.peak = self.peak.or_more(now)
            self.resident = max(self.resident, now.resident)


@dataclass(frozen=True)
class Size:
    """What was measured at one size.

    Attributes:
        events: of the capture.
        index_time: seconds of ``hopscope index``, the median.
        index_bytes: of the kept index.
        building: memory of the process that indexed, at its peak.
        first_rows: seconds until the first rows when it is opened by its index, the median.
        cold_rows: the same without an index.
        cold: peak of all processes until all events are on the screen, without an index.
        cold_resident: most of both kinds at one moment of that.
        shown: memory when every view was shown, with the index.
    """

    events: int
    index_time: float = 0.0
    index_bytes: int = 0
    building: Memory = Memory()
    first_rows: float = 0.0
    cold_rows: float = 0.0
    cold: Memory = Memory()
    cold_resident: int = 0
    shown: Memory = Memory()


def measure(events: int, runs: int) -> Size:
    capture = generate.cached(events)
    warm(capture)
    with own_folders() as environment:
        size = _indexing(Size(events), capture, environment, runs)
        size = _opening_again(size, capture, environment, runs)
    return _opening_cold(size, capture)


def _indexing(size: Size, capture: Path, environment: Mapping[str, str], runs: int) -> Size:
    times = []
    peak = Memory()
    kept = Path(environment["HOPSCOPE_CACHE_DIR"])
    for _ in range(runs):
        for old in kept.rglob("*.index"):
            old.unlink()
        begun = time.perf_counter()
        process = subprocess.Popen(
            [hopscope(), "index", str(capture)], env=environment, stdout=subprocess.DEVNULL
        )
        with Watch(process.pid).looking() as watch:
            if process.wait():
                raise SystemExit(f"scale: hopscope index ended with {process.returncode}")
            times.append(time.perf_counter() - begun)
        peak = peak.or_more(watch.peak)
    index_bytes = sum(file.stat().st_size for file in kept.rglob("*.index"))
    return replace(size, index_time=median(times), index_bytes=index_bytes, building=peak)


def _opening_again(size: Size, capture: Path, environment: Mapping[str, str], runs: int) -> Size:
    """Open it by its index, and walk through the views of the tabs."""
    times = []
    for _ in range(runs):
        with window([hopscope(), str(capture)], environment) as seen:
            times.append(seen.wait_for(FIRST_ROWS))
            if len(times) == runs:
                for key in "2345678":
                    tmux(seen.server, "send-keys", "-t", "run", key)
                    time.sleep(TOUR_PAUSE)
                shown = memory_of(family(seen.process()))
    return replace(size, first_rows=median(times), shown=shown)


def _opening_cold(size: Size, capture: Path) -> Size:
    """Open it for the first time; nothing is kept from before, and nothing afterwards."""
    complete = re.compile(rf"\b{shown_events(capture):,} events\b")
    with (
        own_folders() as environment,
        window([hopscope(), str(capture)], environment) as seen,
        Watch(seen.process()).looking() as watch,
    ):
        rows = seen.wait_for(FIRST_ROWS)
        seen.wait_for(complete, 900.0)
        time.sleep(0.5)
    return replace(size, cold_rows=rows, cold=watch.peak, cold_resident=watch.resident)


def written(sizes: Sequence[Size]) -> str:
    """The result as Markdown."""
    table = report.table(
        ("events", "index", "per event", "index, bytes per event", "first rows, kept", "first rows, cold"),
        [
            (
                f"{one.events:,}",
                f"{one.index_time:.2f} s",
                f"{one.index_time / one.events * 1e6:.2f} µs",
                f"{one.index_bytes / one.events:.1f}",
                f"{one.first_rows:.2f} s",
                f"{one.cold_rows:.2f} s",
            )
            for one in sizes
        ],
    )
    memory = report.table(
        (
            "events",
            "`hopscope index`, own",
            "first opening: own",
            "mapped",
            "resident at most",
            "by the index, all views shown: own",
            "mapped",
        ),
        [
            (
                f"{one.events:,}",
                *map(_mega, (one.building.own, one.cold.own, one.cold.mapped, one.cold_resident)),
                *map(_mega, (one.shown.own, one.shown.mapped)),
            )
            for one in sizes
        ],
    )
    return f"{report.machine()}\n\n{table}\n{memory}\n{_flatness(sizes)}"


def _flatness(sizes: Sequence[Size]) -> str:
    """How far the extremes of what each event costs lie apart."""
    rows = []
    for what, values in (
        ("time to index", [one.index_time / one.events for one in sizes]),
        ("size of the index", [one.index_bytes / one.events for one in sizes]),
    ):
        spread = max(values) / min(values) - 1
        last = values[-1] / values[0] - 1
        rows.append((f"{what} per event", f"{100 * last:+.0f} %", f"{100 * spread:.0f} %"))
    return report.table(("from the smallest capture to the largest", "change", "most to least"), rows)


def _mega(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure how costs grow with the size of a capture.")
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(one) for one in text.split(",")],
        default=list(SIZES),
        metavar="N,N,...",
        help=f"events of the captures; default: {','.join(map(str, SIZES))}",
    )
    parser.add_argument("--runs", type=int, default=1, help="of each; default: %(default)s")
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    absent = missing("tmux")
    if absent:
        print(f"scale: {absent} not installed; the screen is watched in it", file=sys.stderr)
        return 2
    sizes = []
    for events in sorted(arguments.sizes):
        sizes.append(measure(events, arguments.runs))
        print(f"{events:,} events: {sizes[-1]}", file=sys.stderr)
    text = written(sizes)
    print(text)
    if arguments.record:
        report.record("scale", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
