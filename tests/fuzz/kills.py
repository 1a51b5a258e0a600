"""Kill the indexer at random moments and open again: ``make fuzz KILLS=200``.

    PYTHONPATH=tests python -m fuzz.kills [--kills 200] [--seed N] [CAPTURE ...]

After each kill the capture is opened with whatever the indexer left. The answer must be that of reading
the capture itself, and nothing of the killed program may run on.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.index.sameness import answers
from hopscope import index
from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED

PROGRAM = "import sys; from hopscope.cli import main; sys.exit(main(sys.argv[1:]))"
INDEXER = (sys.executable, "-c", PROGRAM, "index")
SAMPLE = 200
"""Events whose lines and parameters are compared; of filters and views all is."""

PATIENCE = 10.0
"""Seconds within which everything that belongs to a killed program must have ended."""


class Target:
    """A capture that is indexed again and again.

    Args:
        path: of the capture.
        folder: of the cache.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder
        self.truth = answers(open_store(path), SAMPLE)
        begun = time.monotonic()
        self._start().wait()
        self.duration = time.monotonic() - begun
        (self.place,) = folder.rglob("*.index")
        self.whole = self.place.read_bytes()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            (*INDEXER, str(self.path)), stdout=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOPSCOPE_CACHE_DIR": str(self.folder)},
        )  # fmt: skip

    def kill_once(self, chance: random.Random) -> str:
        """Begin from no index or from one that is of no use, kill, look. Says in a word what was left.

        Raises AssertionError where the answer is wrong or something runs on.
        """
        self._begin_with(chance.choice(("none", "foreign", "cut")))
        process = self._start()
        # Most of the moments lie where the index is made and written, behind the start of Python.
        time.sleep(self.duration * chance.choice((chance.random(), chance.uniform(0.6, 1.05))))
        process.send_signal(signal.SIGKILL)
        process.wait()
        _wait_for_end(process.pid)
        found = index.find(self.path)
        if found is not None:
            self._must_be_right(found)
        self._must_be_right(index.open_indexed(self.path, smallest=0))
        assert index.find(self.path, verify=True) is not None, "no index was made"
        assert all(path.stat().st_mode & 0o077 == 0 for path in self.folder.rglob("*"))
        return "nothing" if found is None else "an index"

    def _must_be_right(self, store: Store) -> None:
        found = answers(store, SAMPLE)
        wrong = [name for name, value in self.truth.items() if found[name] != value]
        assert not wrong, f"other answers than before: {wrong}"

    def _begin_with(self, kind: str) -> None:
        shutil.rmtree(self.folder)
        if kind != "none":
            self.place.parent.mkdir(mode=0o700, parents=True)
            self.place.touch(mode=0o600)
            half = self.whole[: len(self.whole) // 2]
            self.place.write_bytes(half if kind == "cut" else b"\0" * 64 + self.whole[64:])


def _wait_for_end(session: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while left := _of_session(session):
        assert time.monotonic() < deadline, f"processes of a killed indexer run on: {left}"
        time.sleep(0.01)


def _of_session(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, of = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(of) == session and state not in "ZX":
                found.append(int(entry.name))
    return found


def captures(folder: Path, named: Sequence[Path]) -> list[Path]:
    """What is indexed: named captures, else a packed shared one where there is one, and a long demo."""
    if named:
        return list(named)
    long = folder / "long.scap"
    long.write_bytes(demo_path().read_bytes() * 12)
    packed = SHARED / "kubernetes-dns.scap"
    return [long, packed] if packed.exists() else [long]


def kill_often(kills: int, seed: int, named: Sequence[Path]) -> int:
    """Kill so many times; return how often something was wrong."""
    chance = random.Random(seed)
    failed, left = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["HOPSCOPE_CACHE_DIR"] = str(folder / "cache")
        targets = []
        for path in captures(folder, named):
            shutil.rmtree(folder / "cache", ignore_errors=True)
            targets.append(Target(path, folder / "cache"))
            print(f"{path.name}: indexed in {targets[-1].duration:.1f} s", flush=True)
        for number in range(kills):
            target = targets[number * len(targets) // kills]
            try:
                left[target.kill_once(chance)] += 1
            except AssertionError as error:
                failed += 1
                print(f"kill {number} of {target.path.name}: {error}", flush=True)
    kinds = ", ".join(f"{count} times {kind}" for kind, count in left.items())
    print(f"{kills} kills, seed {seed}: left {kinds or 'nothing that was right'}; {failed} failed")
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run; status 1 where something was wrong."""
    parser = argparse.ArgumentParser(description="Kill the indexer at random moments and open again.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000_000)
    parser.add_argument("captures", nargs="*", type=Path, metavar="CAPTURE")
    arguments = parser.parse_args(argv)
    return 1 if kill_often(arguments.kills, arguments.seed, arguments.captures) else 0


if __name__ == "__main__":
    sys.exit(main())
