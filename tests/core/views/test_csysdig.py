"""Our views agree with csysdig, but for what docs/view-deviations.md lists, explains and counts."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from core.views.csysdig import (
    COMPARED,
    Compared,
    asked,
    csysdig_rows,
    differences,
    our_rows,
    without_blanks,
)
from core.views.explanations import EXPLANATIONS, Comparison, explain
from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views.reference import theirs
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


@lru_cache(maxsize=len(REAL) + 1)
def opened(capture: Path) -> Store:
    return open_store(capture)


def counted(capture: Path, compared: Compared) -> Counter[str]:
    """The differences by reason; what has none is under its own words."""
    answers = csysdig_rows(capture, compared.name)
    store = opened(capture)
    comparison = Comparison(store, answers, our_rows(store, compared))
    found: Counter[str] = Counter()
    for one in differences(compared, answers, comparison.ours):
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


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
@every_view
def test_real_captures(name: str, compared: Compared) -> None:
    check(SHARED / name, compared)


@every_view
def test_the_demo_capture(compared: Compared) -> None:
    check(demo_path(), compared)


def test_every_view_of_csysdig_is_compared() -> None:
    drawn = {one.name for one in theirs() if one.name.startswith("spectro_") or one.ours in ("-", "events")}
    hidden = {"cores", "spy_users_wsysdig"}
    assert {one.name for one in theirs()} - drawn - hidden == {one.name for one in COMPARED}


@needs_sysdig
@needs_shared
@pytest.mark.reference
@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("run_as_user_0_container.scap", "syscalls"),
        ("single_ipv6_conn.scap", "sports"),
        ("cat_write.scap", "file_opens"),
        ("empty.scap", "procs_cpu"),
    ],
)
def test_csysdig_still_says_what_was_recorded(name: str, view: str) -> None:
    assert without_blanks(asked(SHARED / name, view)) == csysdig_rows(SHARED / name, view)


def test_every_reason_is_explained_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {reason for _, _, reason in listed()} <= set(EXPLANATIONS)
    assert all(f"**{reason}**" in text for reason in EXPLANATIONS)
