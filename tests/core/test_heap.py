"""Memory that is given back: pages of files that arrays lie in."""

from __future__ import annotations

import mmap
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hopscope.heap import release

SIZE = 1 << 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def mapped(tmp_path: Path) -> NDArray[np.uint8]:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    with path.open("rb") as file:
        return np.frombuffer(mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ), np.uint8)


def resident(folder: Path) -> int:
    """Bytes of the file that this process has in its memory."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8")
    _, _, behind = maps.partition(str(folder / "file"))
    found = re.search(r"Rss:\s+(\d+) kB", behind)
    assert found is not None
    return int(found[1]) << 10


def test_pages_of_a_file_are_given_back_and_read_again(tmp_path: Path, mapped: NDArray[np.uint8]) -> None:
    part = mapped[100:].view(np.uint8)[5:]
    total = int(part.sum(dtype=np.int64))
    before = resident(tmp_path)
    release(part, SIZE // 2)

    assert before == SIZE
    assert resident(tmp_path) == 0
    assert int(part.sum(dtype=np.int64)) == total


def test_small_arrays_and_those_in_no_file_stay(tmp_path: Path, mapped: NDArray[np.uint8]) -> None:
    own = np.arange(1000)
    total = int(mapped.sum(dtype=np.int64))
    release(own, 0)
    release(mapped, SIZE + 1)

    assert own.sum() == 499_500
    assert resident(tmp_path) == SIZE
    assert total
