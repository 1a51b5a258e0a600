"""Folders are made for their owner only, whatever the umask says."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from hopscope.folders import make_own_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions are of another kind there")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_that_was_missing_is_closed_to_others(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        make_own_folder(there / "cache" / "hopscope" / "indexes")
        make_own_folder(there / "cache" / "hopscope" / "indexes")
    finally:
        os.umask(before)

    assert [mode(path) for path in sorted(there.rglob("*"))] == [0o700] * 3
    assert mode(there) == 0o755


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        make_own_folder(tmp_path / "file" / "folder")
    with pytest.raises(FileExistsError):
        make_own_folder(tmp_path / "file")
