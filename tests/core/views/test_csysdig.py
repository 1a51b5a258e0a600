"""Our views agree with csysdig, but for what docs/view-deviations.md lists, explains and counts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from core.views.csysdig import COMPARED, Compared, csysdig_rows, differences, our_rows
from core.views.explanations import EXPLANATIONS, Comparison, explain
from hopscope.demo import demo_path
from hopscope.store.build import open_store
from paths import SHARED, needs_shared, needs_sysdig

PAGE = Path(__file__).resolve().parents[3] / "docs" / "view-deviations.md"
REAL = (
    "kubernetes-dns.scap",
    "run_as_user_0_container.scap",
    "cat_write.scap",
    "single_ipv6_conn.scap",
    "empty.scap",
)

every_view = pytest.mark.parametrize("compared", COMPARED, ids=lambda compared: compared.name)


def listed() -> Counter[tuple[str, str, str]]:
    """The counts of the page by capture, view and reason."""
    rows = re.findall(
        r"^\| `(\S+)` \| (\w+) \| ([\w ]+) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.M
    )
    return Counter({(capture, view, reason): int(count) for capture, view, reason, count in rows})


def counted(capture: Path, compared: Compared) -> Counter[str]:
    """The differences by reason; what has none is under its own words."""
    theirs = csysdig_rows(capture, compared.name)
    store = open_store(capture)
    comparison = Comparison(store, theirs, our_rows(store, compared))
    assert theirs or comparison.ours or compared.name in ("connections", "files")
    found: Counter[str] = Counter()
    for one in differences(compared, theirs, comparison.ours):
        found[explain(comparison, one) or f"unexplained: {one}"] += 1
    return found


def check(capture: Path, compared: Compared) -> None:
    found = counted(capture, compared)
    allowed = listed()
    grown = {
        reason: (count, allowed[capture.name, compared.name, reason])
        for reason, count in found.items()
        if count > allowed[capture.name, compared.name, reason]
    }
    assert not grown, f"more differences than the page lists (found, listed): {grown}"


@needs_sysdig
@needs_shared
@pytest.mark.reference
@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
@every_view
def test_real_captures(name: str, compared: Compared) -> None:
    check(SHARED / name, compared)


@needs_sysdig
@pytest.mark.reference
@every_view
def test_the_demo_capture(compared: Compared) -> None:
    check(demo_path(), compared)


def test_every_reason_is_explained_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {reason for _, _, reason in listed()} <= set(EXPLANATIONS)
    assert all(f"**{reason}**" in text for reason in EXPLANATIONS)
