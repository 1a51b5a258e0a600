"""A cache on a disk that is really full: a small file system in memory, made for the test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders import small_capture

MOUNT = "mount -t tmpfs -o size={size}k none {folder} && exec {python} -c '{code}' {capture}"

CODE = """
import os, shutil, sys
from pathlib import Path
from core.index.sameness import assert_same
from hopscope import index
from hopscope.store.build import open_store
capture, folder = sys.argv[1], Path(os.environ["HOPSCOPE_CACHE_DIR"])
truth = open_store(capture)
room = index.save(truth, capture)
index.clear()
shutil.disk_usage = lambda path: type("Usage", (), {"free": 1 << 60})
notes = []
for left in (0, 1, 2, room // 8192, room // 4096 - 1, room // 4096 + 40):
    block = bytes(4096)
    with open(folder / "filling", "wb", buffering=0) as filling:
        try:
            while filling.write(block) == 4096:
                pass
        except OSError:
            pass
        filling.truncate(max(0, filling.tell() - left * 4096))
    assert_same(truth, index.open_indexed(capture, smallest=0, note=notes.append))
    assert not list(folder.rglob("*.tmp")), left
    found = index.find(capture)
    if found is not None:
        assert_same(truth, found)
        assert_same(truth, index.find(capture, verify=True))
    print(left, found is not None)
    index.clear()
    os.unlink(folder / "filling")
for note in sorted(set(notes)):
    print(note)
"""


def _can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="a file system can only be mounted by root")
def test_a_full_file_system_leaves_a_whole_index_or_none(tmp_path: Path, cache: Path) -> None:
    capture = tmp_path / "one.scap"
    capture.write_bytes(small_capture() * 300)
    folder = cache.parent
    folder.mkdir(mode=0o700)
    script = MOUNT.format(size=4096, folder=folder, python=sys.executable, code=CODE, capture=capture)
    words = ["unshare", "-m", "sh", "-c", script]
    tests = Path(__file__).parents[2]
    done = subprocess.run(words, cwd=tests, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    kept = [line.endswith("True") for line in done.stdout.splitlines() if line[0].isdigit()]
    assert kept == [False, False, False, False, False, True]
    assert "No space left on device" in done.stdout
