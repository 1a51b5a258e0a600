"""The cache folder: what it may hold, who shares it, and what is left when something goes wrong."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builders import small_capture
from core.index.sameness import assert_same
from hopscope import index
from hopscope.store.build import open_store

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions and signals")


def captures(tmp_path: Path, count: int) -> list[Path]:
    """Small captures that differ."""
    found = []
    for number in range(count):
        path = tmp_path / f"{number}.scap"
        path.write_bytes(small_capture() * (number + 1))
        found.append(path)
    return found


def keep(path: Path) -> None:
    index.save(open_store(path), path)


def test_small_captures_are_not_kept_without_being_asked_for(small: Path, cache: Path) -> None:
    index.open_indexed(small)

    assert not cache.exists()
    assert index.find(small) is None
    assert index.entries() == []
    assert index.clear() == (0, 0)


def test_nothing_is_read_or_kept_without_the_cache(small: Path, cache: Path) -> None:
    index.open_indexed(small, smallest=0, use_cache=False)
    assert not cache.exists()

    keep(small)
    assert index.open_indexed(small, use_cache=False).source.known_key == ""
    assert index.open_indexed(small).source.known_key


def test_entries_say_what_they_are_of(small: Path, cache: Path) -> None:
    keep(small)
    (entry,) = index.entries()

    assert (entry.capture, entry.events, entry.usable) == (str(small), 10, True)
    assert entry.size == (cache / f"{entry.key}.index").stat().st_size
    assert abs(entry.used - time.time_ns()) < 60e9

    (cache / f"{entry.key}.index").write_bytes(b"hopsindx")
    assert index.entries()[0][1:4] == ("", 0, 8)
    assert not index.entries()[0].usable
    assert index.clear() == (1, 8)
    assert index.entries() == []


@on_unix
def test_only_the_owner_can_read_what_is_kept(small: Path, cache: Path) -> None:
    before = os.umask(0)
    try:
        keep(small)
    finally:
        os.umask(before)

    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert [stat.S_IMODE(one.stat().st_mode) for one in cache.iterdir()] == [0o600]


def test_what_was_not_used_for_longest_goes_first(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = captures(tmp_path, 3)
    for path, age in ((first, 3_000), (second, 2_000)):
        keep(path)
        (new,) = (one for one in index.entries() if one.capture == str(path))
        os.utime(cache / f"{new.key}.index", (time.time() - age,) * 2)
    sizes = {one.capture: one.size for one in index.entries()}
    assert index.open_indexed(first).source.known_key  # so that the second is the older one

    monkeypatch.setenv("HOPSCOPE_CACHE_LIMIT", str(sizes[str(first)] + 2 * sizes[str(second)]))
    keep(third)

    assert {one.capture for one in index.entries()} == {str(first), str(third)}


def test_an_index_over_the_limit_is_not_kept(
    small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_LIMIT", "1K")
    said: list[str] = []

    store = index.open_indexed(small, smallest=0, note=said.append)

    assert len(store) == 10
    assert index.entries() == []
    assert said
    assert "HOPSCOPE_CACHE_LIMIT" in said[0]


@pytest.mark.parametrize(
    ("text", "size"),
    [("", 2 << 30), ("0", 0), ("5k", 5 << 10), ("500M", 500 << 20), ("8GiB", 8 << 30), ("1TB", 1 << 40)],
)  # fmt: skip
def test_limits_are_sizes(text: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_LIMIT", text)
    assert index.size_limit() == size


@pytest.mark.parametrize("text", ["much", "-1", "1.5G", "G", "9" * 30, "5\x1b[31m"])
def test_a_limit_that_is_no_size_is_told(
    text: str, monkeypatch: pytest.MonkeyPatch, small: Path, cache: Path
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_LIMIT", text)
    said: list[str] = []
    index.open_indexed(small, smallest=0, note=said.append)

    assert len(said) == 1
    assert "HOPSCOPE_CACHE_LIMIT is no size" in said[0]
    assert said[0].isprintable()
    assert not list(cache.glob("*"))


def test_without_a_folder_that_can_be_written_work_goes_on(small: Path, cache: Path) -> None:
    cache.parent.parent.mkdir(exist_ok=True)
    cache.parent.write_text("a file where the folder should be")
    said: list[str] = []

    store = index.open_indexed(small, smallest=0, note=said.append)

    assert_same(open_store(small), store)
    assert len(said) == 1
    assert said[0].startswith("the index cannot be kept in")
    assert index.entries() == []


@pytest.mark.parametrize("path", ["-", "/nonexistent", "/", "a\0b"])
def test_what_is_no_file_has_no_index(path: str) -> None:
    assert index.find(path) is None


@on_unix
def test_a_pipe_has_no_index(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert index.find(tmp_path / "pipe") is None


def test_a_capture_that_grows_meanwhile_is_not_kept(small: Path, cache: Path) -> None:
    store = open_store(small)
    with small.open("ab") as file:
        file.write(b"more")

    with pytest.raises(index.CacheError, match="has changed"):
        index.save(store, small)
    assert not cache.exists()


def run(code: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE)


SAVE_FOREVER = """
import sys
from hopscope import index
from hopscope.store.build import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
while True:
    index.save(store, sys.argv[1])
"""


@on_unix
def test_killing_the_writer_leaves_a_whole_index_or_none(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "one.scap"
    path.write_bytes(small_capture() * 1000)
    fresh = open_store(path)
    chance = random.Random(7)
    for _ in range(6):
        process = run(SAVE_FOREVER, str(path))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = index.find(path, verify=True)
        assert found is not None or not list(cache.glob("*.index"))
        if found is not None:
            assert_same(fresh, found)
    left = list(cache.glob(".hopscope-*.tmp"))
    for one in left:
        os.utime(one, (time.time() - 600,) * 2)
    index.save(fresh, path)
    assert not list(cache.glob(".hopscope-*.tmp"))


SAVE_TEN_TIMES = """
import sys
from hopscope import index
for _ in range(10):
    store = index.open_indexed(sys.argv[1], smallest=0)
    assert len(store) == 3000, len(store)
    assert int(store.time.sum() & 0xffff) == int(sys.argv[2])
    index.save(store, sys.argv[1])
"""


def test_programs_that_open_the_same_capture_share_it(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "one.scap"
    path.write_bytes(small_capture() * 300)
    store = open_store(path)
    processes = [run(SAVE_TEN_TIMES, str(path), str(int(store.time.sum() & 0xFFFF))) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    assert [one.suffix for one in cache.iterdir()] == [".index"]
    found = index.find(path, verify=True)
    assert found is not None
    assert_same(store, found)


def test_an_index_in_use_may_be_removed(small: Path) -> None:
    keep(small)
    found = index.find(small)
    assert found is not None
    index.clear()

    assert_same(open_store(small), found)


FULL = """
import resource, sys
from hopscope import index
from hopscope.store.build import open_store
store = open_store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    index.save(store, sys.argv[1])
except index.CacheError as error:
    print(error)
"""


@on_unix
@pytest.mark.parametrize("size", [0, 50, 5_000, 60_000])
def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, cache: Path, size: int) -> None:
    path = tmp_path / "one.scap"
    path.write_bytes(small_capture() * 300)
    process = run(FULL, str(path), str(size))
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert said.startswith(b"the index cannot be kept in")
    assert not list(cache.iterdir())


def test_room_is_looked_for_before_writing(small: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 100}))

    with pytest.raises(index.CacheError, match="no room"):
        keep(small)
    assert not list(cache.iterdir())
