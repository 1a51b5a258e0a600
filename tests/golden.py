"""Expected output kept in files, readable in a diff. ``UPDATE_GOLDEN=1`` writes them again."""

from __future__ import annotations

import os
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"
MOST_LINES = 60
"""Of what is said about a difference; a machine that runs the tests shows it nowhere else."""


def check(name: str, actual: str) -> None:
    """Compare with the file of this name, or replace it when asked to."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(actual, encoding="utf-8", newline="\n")
    assert path.exists(), f"there is no {path.name}; UPDATE_GOLDEN=1 makes it"
    expected = path.read_text(encoding="utf-8")
    if actual.splitlines() != expected.splitlines():
        lines = unified_diff(expected.splitlines(), actual.splitlines(), "kept", "printed", n=1, lineterm="")
        differences = "\n".join(islice(lines, MOST_LINES))
        pytest.fail(f"{path.name} differs; UPDATE_GOLDEN=1 replaces it\n{differences}", pytrace=False)
