"""The corpus of filters and what the reference accepted of each capture, as it was recorded.

``by_hand.txt`` holds filters for each field and operator. ``generated.txt`` holds more, made by
``generate.py`` out of the fields and the values that occur in the captures. ``answers.tsv`` holds for
each filter one cell a capture, written by ``record_reference.py``: how many events the reference
accepted and a hash of their numbers, or ``refused``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

from paths import SHARED

HERE = Path(__file__).parent
BY_HAND, GENERATED, ANSWERS = HERE / "by_hand.txt", HERE / "generated.txt", HERE / "answers.tsv"

STORY = Path(__file__).parents[2] / "core" / "hopscope" / "demo" / "story.scap"

CAPTURES: dict[str, Path] = {
    **{
        name: SHARED / f"{name}.scap"
        for name in ("kubernetes-dns", "run_as_user_0_container", "single_ipv6_conn", "cat_write", "empty")
    },
    "story": STORY,
}
"""The captures that sysdig 0.29.3 can read; ``story`` is shipped with the program."""

REFUSED = "refused"
"""The answer to a filter that the reference does not take, at once or at the first event it compares."""


class Entry(NamedTuple):
    """A filter of the corpus.

    Attributes:
        part: the part of the file it stands in.
        text: the filter.
    """

    part: str
    text: str


@cache
def entries() -> tuple[Entry, ...]:
    """The whole corpus, each filter once."""
    found: dict[str, Entry] = {}
    for path in (BY_HAND, GENERATED):
        part = path.stem
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("[") and line.endswith("]"):
                part = line[1:-1]
            elif line and not line.startswith("#"):
                found.setdefault(line, Entry(part, line))
    return tuple(found.values())


def answer(numbers: Iterable[int]) -> str:
    """How many events and which, in few characters."""
    array = np.sort(np.fromiter(numbers, dtype=np.int64))
    return f"{len(array)}:{blake2b(array.tobytes(), digest_size=5).hexdigest()}" if len(array) else "0"


@cache
def answers() -> dict[tuple[str, str], str]:
    """What the reference answered, by filter and capture."""
    head, *rows = ANSWERS.read_text(encoding="utf-8").splitlines()
    captures = head.split("\t")[:-1]
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        *cells, text = row.split("\t", len(captures))
        found.update(((text, capture), cell) for capture, cell in zip(captures, cells, strict=True))
    return found
