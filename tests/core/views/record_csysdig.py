"""Write down what csysdig 0.29.3 shows for every view that is compared, so that tests need not ask it.

    PYTHONPATH=tests python tests/core/views/record_csysdig.py

Answers lie in ``csysdig_answers/``, one packed file a capture, the same bytes for the same answers.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from core.views.csysdig import ANSWERS, COMPARED, asked, without_blanks
from hopscope.demo import demo_path
from paths import SHARED

CAPTURES = (
    "kubernetes-dns.scap", "run_as_user_0_container.scap", "cat_write.scap", "single_ipv6_conn.scap",
    "empty.scap",
)  # fmt: skip


def main() -> None:
    ANSWERS.mkdir(exist_ok=True)
    for capture in (*(SHARED / name for name in CAPTURES), demo_path()):
        record(capture)


def record(capture: Path) -> None:
    answers = {one.name: without_blanks(asked(capture, one.name)) for one in COMPARED}
    text = json.dumps(answers, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    with (ANSWERS / f"{capture.name}.json.gz").open("wb") as file:
        file.write(gzip.compress(text.encode("ascii"), mtime=0))
    print(capture.name, {name: len(answer) for name, answer in answers.items()})


if __name__ == "__main__":
    main()
