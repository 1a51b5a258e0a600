"""Settings for tests of the screen."""

from __future__ import annotations

import os

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when Textual is imported

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_bookmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's own bookmarks out of it."""
    monkeypatch.setenv("HOPSCOPE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times of day are those of the local zone; tests need one."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
