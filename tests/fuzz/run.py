"""Fuzzing from the command line: ``make fuzz``, or one input again.

    PYTHONPATH=tests python -m fuzz.run [--seconds 60] [--first SEED] [--keep FOLDER]
    PYTHONPATH=tests python -m fuzz.run --again FILE

Every input has a number, its seed, which makes it again on the same base captures. Inputs that fail
are kept as files beside a text that tells what happened.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from fuzz.exercise import Fault, end_slow_steps, exercise
from fuzz.mutations import Base, base_of, made_input
from hopscope.demo import demo_path
from paths import SHARED


def bases() -> list[Base]:
    """The demo and, where they are, the shared captures."""
    captures = [demo_path(), *sorted(SHARED.glob("*.scap"))]
    return [base_of(path.name, path.read_bytes()) for path in captures]


def report(fault: Fault) -> str:
    """What went wrong, in which step, and where."""
    return f"in step {fault.step}:\n" + "".join(traceback.format_exception(fault.error))


def fuzz(seconds: float, first: int, keep: Path) -> int:
    """Try input after input; return how many failed."""
    begun = time.monotonic()
    known = bases()
    end_slow_steps()
    print(
        f"seeds from {first} on, {len(known)} captures to begin with, failing inputs go to {keep}", flush=True
    )
    number, failed = first, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "input.scap")
        while time.monotonic() - begun < seconds:
            content = made_input(known, number)
            path.write_bytes(content)
            fault = exercise(str(path), number)
            if fault is not None:
                failed += 1
                keep.mkdir(parents=True, exist_ok=True)
                kept = keep / f"{number}.scap"
                kept.write_bytes(content)
                kept.with_suffix(".txt").write_text(
                    report(fault), encoding="utf-8", errors="backslashreplace"
                )
                print(f"seed {number} failed in step {fault.step}: {fault.error!r:.200}", flush=True)
                print(f"    again: PYTHONPATH=tests python -m fuzz.run --again {kept}", flush=True)
            number += 1
    taken = time.monotonic() - begun
    print(f"{number - first} inputs in {taken:.0f} s, seeds {first} to {number - 1}: {failed} failed")
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run; status 1 where something failed."""
    parser = argparse.ArgumentParser(description="Feed spoiled captures to everything that reads them.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--first", type=int, default=time.time_ns() // 1_000_000_000, metavar="SEED")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), metavar="FOLDER")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try a kept input once more")
    arguments = parser.parse_args(argv)
    if arguments.again:
        end_slow_steps()
        seed = int(arguments.again.stem) if arguments.again.stem.isdigit() else 0
        fault = exercise(str(arguments.again), seed)
        print(report(fault) if fault else "nothing went wrong")
        return 1 if fault else 0
    return 1 if fuzz(arguments.seconds, arguments.first, arguments.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
