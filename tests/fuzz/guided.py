"""Fuzzing led by coverage, with atheris, which is installed beside the project where it is wanted.

    PYTHONPATH=core:tests python -m fuzz.guided CORPUS [-max_total_time=300] [options of libFuzzer]

The folder CORPUS is filled with small inputs at first and then with what reaches new code. The sort of
input is that of ``fuzz.run --small``; what it does with one is the same.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

SEEDS = 200
"""Small inputs to begin with."""

LONGEST = 8192


def main() -> None:
    """Run until libFuzzer ends the process; a fault ends it with a file ``crash-...``."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["hopscope"]):
        exercise = importlib.import_module("fuzz.exercise")
        run = importlib.import_module("fuzz.run")
    mutations = importlib.import_module("fuzz.mutations")
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    known = run.bases()
    for seed in range(SEEDS):
        (corpus / f"seed{seed}").write_bytes(mutations.small_input(known, seed)[:LONGEST])
    path = os.path.join(tempfile.mkdtemp(), "input.scap")

    def look(data: bytes) -> None:
        with open(path, "wb") as file:
            file.write(data)
        fault = exercise.glance(path)
        if fault is not None:
            raise fault.error

    exercise.be_strict()
    atheris.Setup([sys.argv[0], str(corpus), f"-max_len={LONGEST}", *sys.argv[2:]], look)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
