"""Fuzzing from the command line: ``make fuzz``, or one input again.

    PYTHONPATH=tests python -m fuzz.run [--small] [--seconds 60] [--inputs N] [--first SEED] [--keep FOLDER]
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from attack import attack_capture, harmless
from fuzz.exercise import Fault, be_strict, bounded_memory, exercise, glance
from fuzz.mutations import Base, base_of, made_input, small_input
from hopscope.demo import demo_path
from paths import SHARED

TOGETHER = 1000
"""Small inputs that share one limit of memory."""


TOLD_EVERY = 10_000
"""Inputs after which their number is told."""


def bases() -> list[Base]:
    """The demo, one event of every type, and, where they are, the shared captures."""
    captures = [demo_path(), *sorted(SHARED.glob("*.scap"))]
    every = base_of("every type", attack_capture(harmless, long=False))
    return [every, *(base_of(path.name, path.read_bytes()) for path in captures)]


def report(fault: Fault) -> str:
    """What went wrong, in which step, and where."""
    return f"in step {fault.step}:\n" + "".join(traceback.format_exception(fault.error))


@dataclass
class Hunt:
    """Inputs that are tried one after the other, and what became of them.

    Attributes:
        keep: folder for inputs that fail.
        number: seed of the next input.
        count: how many were tried.
        failed: how many failed.
    """

    keep: Path
    number: int
    count: int = 0
    failed: int = 0

    def take(self, content: bytes, path: Path, look: Callable[[str, int], Fault | None]) -> None:
        """Try one input, and keep it where it fails."""
        path.write_bytes(content)
        fault = look(str(path), self.number)
        if fault is not None:
            self.failed += 1
            self._keep(content, fault)
        self.number += 1
        self.count += 1
        if self.count % TOLD_EVERY == 0:
            print(f"{self.count:,} inputs, the next seed is {self.number}: {self.failed} failed", flush=True)

    def _keep(self, content: bytes, fault: Fault) -> None:
        self.keep.mkdir(parents=True, exist_ok=True)
        kept = self.keep / f"{self.number}.scap"
        kept.write_bytes(content)
        kept.with_suffix(".txt").write_text(report(fault), encoding="utf-8", errors="backslashreplace")
        print(f"seed {self.number} failed in step {fault.step}: {fault.error!r:.200}", flush=True)
        print(f"    again: PYTHONPATH=tests python -m fuzz.run --again {kept}", flush=True)


def fuzz(seconds: float, most: int, first: int, keep: Path, small: bool) -> int:
    """Try input after input; return how many failed."""
    begun = time.monotonic()
    known = bases()
    be_strict()
    print(
        f"seeds from {first} on, {len(known)} captures to begin with, failing inputs go to {keep}", flush=True
    )
    hunt = Hunt(keep, first)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "input.scap")

        def goes_on() -> bool:
            return time.monotonic() - begun < seconds and hunt.count < most

        while goes_on() and not small:
            hunt.take(made_input(known, hunt.number), path, exercise)
        while goes_on():
            with bounded_memory():
                for _ in range(TOGETHER):
                    if goes_on():
                        hunt.take(small_input(known, hunt.number), path, lambda name, _: glance(name))
    taken = time.monotonic() - begun
    print(f"{hunt.count:,} inputs in {taken:.0f} s, seeds {first} to {hunt.number - 1}: {hunt.failed} failed")
    return hunt.failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run; status 1 where something failed."""
    parser = argparse.ArgumentParser(description="Feed spoiled captures to everything that reads them.")
    parser.add_argument("--small", action="store_true", help="small inputs, several hundred a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--inputs", type=int, default=sys.maxsize, help="stop after so many", metavar="N")
    parser.add_argument("--first", type=int, default=time.time_ns() // 1_000_000_000, metavar="SEED")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), metavar="FOLDER")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try a kept input once more")
    arguments = parser.parse_args(argv)
    if arguments.again:
        be_strict()
        seed = int(arguments.again.stem) if arguments.again.stem.isdigit() else 0
        fault = exercise(str(arguments.again), seed)
        print(report(fault) if fault else "nothing went wrong")
        return 1 if fault else 0
    failed = fuzz(arguments.seconds, arguments.inputs, arguments.first, arguments.keep, arguments.small)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
