"""Expected output kept in files, readable in a diff. ``UPDATE_GOLDEN=1`` writes them again."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, actual: str) -> None:
    """Compare with the file of this name, or replace it when asked to."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(actual, encoding="utf-8", newline="\n")
    assert path.exists(), f"there is no {path.name}; UPDATE_GOLDEN=1 makes it"
    expected = path.read_text(encoding="utf-8")
    assert actual.splitlines() == expected.splitlines(), f"{path.name} differs; UPDATE_GOLDEN=1 replaces it"
