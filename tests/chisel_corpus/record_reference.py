"""Records what the installed sysdig answers to every question of the corpus.

    PYTHONPATH=tests python -m chisel_corpus.record_reference [--all]

Writes ``answers.json``, one question a line. Answers that are in it already stay unless ``--all`` is given.
Needs sysdig 0.29.3, script (util-linux) and the captures in ``../shared/captures``; takes some minutes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from chisel_corpus.cases import ANSWERS, CASES, Case, recorded
from chisel_corpus.reference import answer


def _ask(case: Case) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return answer(case, Path(folder))


def _write(known: dict[Case, Any]) -> None:
    rows = ",\n".join(json.dumps([case, known[case]], ensure_ascii=False) for case in CASES if case in known)
    ANSWERS.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def main() -> None:
    """Ask what is missing and write all answers in the order of the corpus."""
    known = recorded() if ANSWERS.exists() and "--all" not in sys.argv else {}
    missing = [case for case in CASES if case not in known]
    with ThreadPoolExecutor(2) as pool:
        for number, (case, said) in enumerate(zip(missing, pool.map(_ask, missing), strict=True)):
            known[case] = said
            if number % 20 == 0:
                _write(known)
    _write(known)
    print(f"asked {len(missing)} questions, {len(CASES)} answers stand in {ANSWERS.name}")


if __name__ == "__main__":
    main()
