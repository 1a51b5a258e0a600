"""Time from the command line to the first filled view: hopscope beside csysdig, under tmux.

Each run starts a new process in a new tmux session of 160 by 40 cells and looks at the window every few
milliseconds until rows are there. Nothing is kept between runs: hopscope's folders are empty each time. The
capture is read once before, so that both find it in the system's cache. The two take turns.

    python benchmarks/cold_open.py [CAPTURE] [--pairs N] [--record]

``--record`` writes the result into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT_CAPTURE = HERE.parent.parent / "shared" / "captures" / "kubernetes-dns.scap"
SOCKET = f"hopscope-benchmark-{os.getpid()}"
COLUMNS, LINES = 160, 40
PATIENCE = 60.0


@dataclass(frozen=True)
class Contender:
    """A program to time.

    Attributes:
        name: for the report.
        command: what the shell of the session runs.
        filled: matches the window as soon as the first view has rows.
    """

    name: str
    command: str
    filled: re.Pattern[str]


def contenders(capture: Path, empty: Path) -> tuple[Contender, Contender]:
    """Both programs; hopscope keeps its files in an empty folder, so that nothing is there from before."""
    hopscope = Path(sys.executable).with_name("hopscope")
    quoted = f"'{capture}'"
    kept = f"HOPSCOPE_CACHE_DIR='{empty}' HOPSCOPE_DATA_DIR='{empty}'"
    return (
        # A heading alone does not count: below it must be a row that begins with numbers.
        Contender("hopscope", f"{kept} '{hopscope}' {quoted}", re.compile(r"PROCS .*\n\s*\d[\d.]*\s+\d+\s")),
        Contender("csysdig", f"csysdig -r {quoted}", re.compile(r"PID .*\n\s*\d+\s+\d+\s")),
    )


def tmux(*arguments: str) -> str:
    done = subprocess.run(
        ["tmux", "-L", SOCKET, "-f", "/dev/null", *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def time_to_rows(contender: Contender) -> float:
    """Seconds until the program's window shows rows."""
    size = ("-x", str(COLUMNS), "-y", str(LINES))
    begun = time.perf_counter()
    tmux("new-session", "-d", "-s", "run", *size, contender.command)
    try:
        while (passed := time.perf_counter() - begun) < PATIENCE:
            if contender.filled.search(tmux("capture-pane", "-p", "-t", "run")):
                return time.perf_counter() - begun
            time.sleep(0.004)
    finally:
        tmux("kill-session", "-t", "run")
    raise SystemExit(f"{contender.name} showed no rows within {passed:.0f} s")


def measure(capture: Path, pairs: int) -> dict[str, list[float]]:
    """Times of both programs, in the order of the runs."""
    capture.read_bytes()
    empty = Path(tempfile.gettempdir()) / SOCKET
    both = contenders(capture, empty)
    times: dict[str, list[float]] = {contender.name: [] for contender in both}
    tmux("new-session", "-d", "-s", "keep", "sleep 3600")
    try:
        for number in range(pairs):
            for contender in both if number % 2 == 0 else reversed(both):
                times[contender.name].append(time_to_rows(contender))
                shutil.rmtree(empty, ignore_errors=True)
    finally:
        tmux("kill-server")
    return times


def report(capture: Path, times: dict[str, list[float]]) -> str:
    """The result as Markdown."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratio = medians["hopscope"] / medians["csysdig"]
    lines = [
        f"`{capture.name}`, {capture.stat().st_size / 1e6:.1f} MB, {len(times['hopscope'])} pairs, "
        f"{machine()}:",
        "",
        "| program | median | all runs |",
        "|---|---:|---|",
    ]
    for name, values in times.items():
        runs = " ".join(f"{value:.2f}" for value in values)
        lines.append(f"| {name} | {medians[name]:.2f} s | {runs} |")
    lines += ["", f"hopscope takes {ratio:.2f} times as long as csysdig."]
    return "\n".join(lines) + "\n"


def machine() -> str:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    processor = platform.processor() or platform.machine()
    return (
        f"{today}, {platform.system()} {processor}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    )


def record(text: str) -> None:
    """Put the result between the marks in README.md."""
    page = HERE / "README.md"
    begin, end = "<!-- cold open -->\n", "<!-- end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}{text}{end}{after}", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time hopscope and csysdig to the first filled view.")
    parser.add_argument("capture", nargs="?", type=Path, default=DEFAULT_CAPTURE)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    missing = [name for name in ("tmux", "csysdig") if shutil.which(name) is None]
    if missing:
        print(f"cold_open: {' and '.join(missing)} not installed; nothing to compare", file=sys.stderr)
        return 2
    if not arguments.capture.is_file():
        print(f"cold_open: there is no capture {arguments.capture}", file=sys.stderr)
        return 2
    text = report(arguments.capture, measure(arguments.capture, arguments.pairs))
    print(text)
    if arguments.record:
        record(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
