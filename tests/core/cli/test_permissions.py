"""Whatever is written can be read by its owner only: captures hold secrets."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.bookmarks import Bookmarks
from hopscope.demo import demo_path
from hopscope.kept import FilterHistory, SavedChains

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")


@pytest.fixture(autouse=True)
def _open_hand() -> Iterator[None]:
    """The mask under which programs that do not take care let everybody read."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_only_the_owner_reads_what_is_written(
    hopscope: Hopscope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA", "CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"HOPSCOPE_{name}_DIR", str(tmp_path / name))
    out = tmp_path / "out"
    out.mkdir(mode=0o700)
    demo = str(demo_path())
    for words in (
        ("index", demo),
        ("events", demo, "proc.name=fetch", "-w", str(out / "part.scap")),
        ("events", demo, "proc.name=fetch", "-w", str(out / "part.scap.gz")),
        ("file", demo, "/etc/resolv.conf", "--output", str(out / "resolv.conf")),
    ):
        assert hopscope(*words).status == 0, words
    Bookmarks.load("k" * 64, "name").add(1, "note")
    FilterHistory.load().add("proc.name=fetch")
    SavedChains.load().save("mine", ("proc.name=fetch",))
    written = [path for path in tmp_path.rglob("*") if path != out]
    files = [path for path in written if path.is_file()]

    assert {path.name for path in files} >= {"part.scap", "part.scap.gz", "resolv.conf"}
    assert {path.suffix for path in files} >= {".index", ".json"}
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
