"""A cache folder for each test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that indexes are kept in during a test; not there yet."""
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("HOPSCOPE_CACHE_LIMIT", raising=False)
    return tmp_path / "cache" / "indexes"


@pytest.fixture(params=["plain", "packed"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small capture, plain and packed."""
    from builders import small_capture

    path = tmp_path / "small.scap"
    path.write_bytes(small_capture(pack=request.param == "packed"))
    return path
