"""Every line that the reference prints, compared with ours, over all real captures."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from hopscope.demo import demo_path
from hopscope.store.build import open_store
from paths import SHARED, needs_shared

from .reference import deviation, differences, printed_by_its_recorder, reference_lines, zone_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "deviations.md"
CAPTURES = sorted(path.name for path in SHARED.glob("*.scap"))


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
def test_lines_of_real_captures_are_those_of_the_reference(name: str) -> None:
    compare(SHARED / name, at_least=0.99 if name.startswith("lab") else 0.999)


@pytest.mark.reference
def test_lines_of_the_shipped_capture_are_those_of_the_reference() -> None:
    compare(demo_path(), at_least=0.99)


def compare(capture: Path, at_least: float) -> None:
    """Fail unless that part of the lines is equal and the others differ for listed reasons, as counted."""
    if not printed_by_its_recorder(capture).exists() and shutil.which("sysdig") is None:
        pytest.skip("sysdig, the reference, is not installed")
    store = open_store(capture)
    lines = reference_lines(capture)
    zone = zone_of(store, lines)

    found = list(differences(store, lines, zone))
    reasons = [deviation(store, one, zone) for one in found]

    assert not [one for one, reason in zip(found, reasons, strict=True) if not reason][:3]
    assert Counter(reasons) == listed(capture.name)
    assert len(found) <= (1 - at_least) * len(lines)
    assert lines or capture.name == "empty.scap"
