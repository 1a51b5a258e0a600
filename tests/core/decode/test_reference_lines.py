"""Every line that the reference prints, compared with ours, over all real captures."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from hopscope.store.build import open_store
from paths import SHARED, needs_shared

from .reference import deviation, differences, printed_by_its_recorder, reference_lines, zone_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "deviations.md"
CAPTURES = sorted(path.name for path in SHARED.glob("*.scap"))

NEEDED = {"lab": 0.99, "": 0.999}
"""Part of the lines that must be equal, by the beginning of the capture's name."""


def listed(capture: str) -> dict[str, int]:
    """Lines of each deviation in a capture, from the table in the document."""
    rows = re.findall(r"^\| ([a-z-]+) \| (\S+\.scap) \| (\d+) \|", DOCUMENT.read_text(encoding="utf-8"), re.M)
    return {name: int(lines) for name, file, lines in rows if file == capture}


def test_every_listed_deviation_has_its_reason() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    names = set(re.findall(r"^\| ([a-z-]+) \| \S+\.scap", text, re.M))

    assert names
    assert names == set(re.findall(r"^### ([a-z-]+)$", text, re.M))


@needs_shared
@pytest.mark.shared
@pytest.mark.reference
@pytest.mark.parametrize("name", CAPTURES)
def test_lines_are_those_of_the_reference(name: str) -> None:
    capture = SHARED / name
    if not printed_by_its_recorder(capture).exists() and shutil.which("sysdig") is None:
        pytest.skip("sysdig, the reference, is not installed")
    store = open_store(capture)
    lines = reference_lines(capture)
    zone = zone_of(store, lines)

    found = list(differences(store, lines, zone))
    reasons = [deviation(store, one, zone) for one in found]

    assert not [one for one, reason in zip(found, reasons, strict=True) if not reason][:3]
    assert Counter(reasons) == listed(name)
    assert len(found) <= (1 - NEEDED["lab" if name.startswith("lab") else ""]) * len(lines)
    assert lines or name == "empty.scap"
