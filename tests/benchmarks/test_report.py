"""Results get into their places on the page, and nowhere else."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
REPORT: dict[str, Any] = runpy.run_path(str(FOLDER / "report.py"))


def test_a_result_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\nc\n", encoding="utf-8"
    )
    REPORT["record"]("one", "new\n\n", page)
    expected = "a\n<!-- one -->\nnew\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\nc\n"
    assert page.read_text(encoding="utf-8") == expected


def test_a_page_without_a_place_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        REPORT["record"]("one", "new", page)
    assert page.read_text(encoding="utf-8") == "nothing\n"


@pytest.mark.parametrize("script", ["cold_open", "open", "filters", "interaction", "scale"])
def test_each_script_has_its_place_and_its_row(script: str) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"<!-- {script.replace('_', ' ')} -->" in page
    assert f"[`{script}.py`]({script}.py)" in page
    assert f"benchmarks/{script}.py" in (FOLDER.parent / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.0, 1)])
def test_percentiles_are_values_that_were_measured(share: float, expected: int) -> None:
    assert REPORT["percentile"](list(range(20, 0, -1)), share) == expected
