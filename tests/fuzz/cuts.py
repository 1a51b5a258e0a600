"""Every prefix of a small capture, and many random ones of the others: ``make fuzz CUTS=2000``.

    PYTHONPATH=tests python -m fuzz.cuts [--cuts 2000] [--seed 1] [CAPTURE ...]

Without captures named, those beside the project and the demo are cut. Each prefix must open, or be too
short for a section, and show every event that is whole before the cut.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from fuzz.prefixes import Whole, check_prefix
from hopscope.demo import demo_path
from paths import SHARED

ALL_BELOW = 16_000
"""Captures of fewer bytes are cut at every byte."""


def cut_everywhere(path: Path, cuts: int, seed: int) -> int:
    """Check prefixes of one capture; return how many failed."""
    begun = time.monotonic()
    whole = Whole.read(path)
    size = len(whole.content)
    places = range(size + 1) if size < ALL_BELOW else random.Random(seed).sample(range(size), min(cuts, size))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for cut in places:
            try:
                check_prefix(whole, cut, Path(folder, "cut.scap"))
            except Exception:  # finding those is what this is for
                failed += 1
                print(f"{path.name} cut after {cut:,} bytes:\n{traceback.format_exc()}", flush=True)
    taken = time.monotonic() - begun
    print(
        f"{path.name}: {len(places):,} of {size + 1:,} prefixes in {taken:.0f} s, {failed} failed", flush=True
    )
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run; status 1 where a prefix failed."""
    parser = argparse.ArgumentParser(description="Open captures that end anywhere.")
    parser.add_argument("--cuts", type=int, default=2000, help="prefixes of each larger capture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("captures", nargs="*", type=Path, metavar="CAPTURE")
    arguments = parser.parse_args(argv)
    captures = arguments.captures or [demo_path(), *sorted(SHARED.glob("*.scap"))]
    return 1 if sum(cut_everywhere(path, arguments.cuts, arguments.seed) for path in captures) else 0


if __name__ == "__main__":
    sys.exit(main())
