"""Running a command in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import Done, Hopscope
from hopscope.cli import Screen, main


@pytest.fixture(autouse=True)
def _in_utc(in_utc: None) -> None:
    """For every test here."""


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the person's own bookmarks out of it."""
    monkeypatch.setenv("HOPSCOPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "data"


@pytest.fixture
def hopscope(capsysbinary: pytest.CaptureFixture[bytes]) -> Hopscope:
    def run(*words: str, screen: Screen | None = None) -> Done:
        status = main(words, screen)
        out, err = capsysbinary.readouterr()
        return Done(status, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))

    return run
