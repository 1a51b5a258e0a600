"""How many links between spans are right, and how many of the true ones are found.

Systems are played (tests/stories) that write captures and know who asked whom for whose sake: a reverse proxy
with a dead upstream, a pool of connections with pipelined HTTP, a pre-forked server with pipes and unix
sockets, a thread pool that answers out of order, an event loop, tasks that move between threads. Each is
played with payloads recorded and with 80 bytes of each, with one and with ten requests in flight.

    python benchmarks/links.py [--seeds N] [--requests N] [--story NAME] [--wrong] [--record]

Precision is the share of the links drawn that are true, recall the share of the true ones that are drawn;
``across`` leads from process to process, ``inside`` from a received request to one sent for its sake.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import report

from stories import STORIES
from stories.scoring import Score, score

CASES = ((65_536, 1), (65_536, 10), (80, 1), (80, 10))
"""Snap length, requests in flight."""

WANTED = {65_536: (0.99, 0.98), 80: (0.95, 0.90)}
"""Precision and recall that are to be reached at each snap length."""

MOST_TOLD = 20

HEADINGS = (
    "story", "snap length", "in flight", "links", "across: precision", "recall", "inside: precision",
    "recall",
)  # fmt: skip


def main() -> int:
    """Play the stories and print what came out; 1 where less is right than wanted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, help="how often each is played")
    parser.add_argument("--requests", type=int, default=60, help="requests from outside in each")
    parser.add_argument("--story", choices=STORIES, action="append", help="only this one")
    parser.add_argument("--wrong", action="store_true", help="say what is wrong")
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args()
    lines: list[tuple[str, ...]] = []
    print(f"{'story':<10} {'snap':>6} {'flying':>6} {'links':>6}  across P     R      inside P     R")
    enough = True
    for snap, inflight in CASES:
        total = Score(), Score()
        for name in arguments.story or STORIES:
            found = _play(name, snap, inflight, arguments)
            for all_, one in zip(total, found, strict=True):
                all_.take(one)
            lines.append(_row(name, snap, inflight, found))
            print(_line(lines[-1]), flush=True)
        enough &= all(one.precision >= WANTED[snap][0] and one.recall >= WANTED[snap][1] for one in total)
        lines.append(_row("all", snap, inflight, total))
        print(_line(lines[-1]), flush=True)
    if arguments.record:
        played = f"{arguments.seeds} seeds, {arguments.requests} requests from outside in each"
        report.record("links", f"{played}:\n\n{report.table(HEADINGS, lines)}")
    return 0 if enough else 1


def _play(name: str, snap: int, inflight: int, arguments: argparse.Namespace) -> tuple[Score, Score]:
    total = Score(), Score()
    for seed in range(1, arguments.seeds + 1):
        world = STORIES[name](seed, snap, inflight, arguments.requests)
        for all_, one in zip(total, score(world), strict=True):
            all_.take(one)
    if arguments.wrong:
        for one in total:
            print("\n".join(f"  {words}" for words in one.wrong[:MOST_TOLD]) or "  nothing wrong")
    return total


def _row(name: str, snap: int, inflight: int, found: tuple[Score, Score]) -> tuple[str, ...]:
    across, inside = found
    shares = (across.precision, across.recall, inside.precision, inside.recall)
    return name, str(snap), str(inflight), str(across.true + inside.true), *(f"{one:.4f}" for one in shares)


def _line(row: Sequence[str]) -> str:
    return f"{row[0]:<10} {row[1]:>6} {row[2]:>6} {row[3]:>6}  {row[4]:>8} {row[5]}  {row[6]:>8} {row[7]}"


if __name__ == "__main__":
    sys.exit(main())
