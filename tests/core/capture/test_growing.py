"""What is there of a capture while it is unpacked, piped in or still written."""

from __future__ import annotations

import errno
import gzip
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from builders import gzipped, small_capture
from hopscope.caching import allow_cache
from hopscope.capture import growing as growing_module
from hopscope.capture import spool as spool_module
from hopscope.capture.growing import GrowingSource, SpooledSource, WholeSource, open_growing
from hopscope.capture.source import open_source
from hopscope.capture.spool import FallbackSpool, FileSpool, MemorySpool, memory_spool
from hopscope.errors import CaptureError

CAPTURE = small_capture()
LONG = CAPTURE + np.random.default_rng(3).integers(0, 40, 3_000_000, dtype=np.uint8).tobytes()
PATIENCE = 20.0

pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes share the stream on Linux")


def until(true: Callable[[], bool], source: GrowingSource) -> None:
    """Take in what comes until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        source.grow(0.05)
        assert time.monotonic() < deadline, (source.size, source.ended, source.damage)


def read_all(source: GrowingSource) -> bytes:
    until(lambda: source.ended, source)
    return source.view(source.size).tobytes()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, Callable[[bytes], None]]]:
    """A named pipe, and what writes to it from a thread; an empty piece closes it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    pieces: list[bytes] = []
    came = threading.Condition()

    def write() -> None:
        with path.open("wb", buffering=0) as stream:
            while True:
                with came:
                    came.wait_for(lambda: bool(pieces))
                    piece = pieces.pop(0)
                if not piece:
                    return
                rest = memoryview(piece)
                while rest:
                    rest = rest[stream.write(rest) :]

    def send(piece: bytes) -> None:
        with came:
            pieces.append(piece)
            came.notify()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    yield path, send
    send(b"")
    writer.join(PATIENCE)


def test_a_plain_file_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(CAPTURE)
    source = open_growing(path)

    assert isinstance(source, WholeSource)
    assert (source.ended, source.packed, source.size, source.read, source.total) == (
        (True, False) + (len(CAPTURE),) * 3
    )
    assert source.view(50).tobytes() == CAPTURE[:50]
    assert not source.view(50).flags.writeable
    assert not source.grow(0.0)
    source.close()


def test_a_large_file_that_is_cut_short_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing_module, "_MAPPED_FROM", 100)
    path = tmp_path / "a.scap"
    path.write_bytes(LONG)
    source = open_growing(path)
    assert source.view(source.size).tobytes() == LONG
    source.release()
    assert source.view(source.size).tobytes() == LONG
    os.truncate(path, len(CAPTURE))

    with pytest.raises(CaptureError, match=r"a\.scap was cut short while it was read"):
        source.view(100)


@pytest.mark.parametrize("disk", [False, True], ids=["memory", "disk"])
def test_a_packed_file_comes_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disk: bool
) -> None:
    if disk:
        monkeypatch.setattr(growing_module, "_SPOOLED_FROM", 1)
    path = tmp_path / "a.scap"
    path.write_bytes(gzipped(LONG))
    source = open_growing(path)
    early = source.view(36)

    assert source.packed
    assert read_all(source) == LONG
    source.release()
    assert source.view(source.size).tobytes() == LONG
    assert early.tobytes() == LONG[:36]
    assert (source.read, source.total) == (path.stat().st_size,) * 2
    whole = source.source()
    source.close()
    assert whole.data.tobytes() == LONG, "what was returned stays"
    assert whole.content_key() == open_source(path).content_key()


@pipes
@pytest.mark.parametrize("pack", [bytes, gzipped], ids=["plain", "packed"])
def test_a_pipe_gives_what_has_come(
    pipe: tuple[Path, Callable[[bytes], None]], pack: Callable[[bytes], bytes]
) -> None:
    path, send = pipe
    content = pack(LONG)
    half = len(content) // 2
    send(content[:half])
    source = open_growing(path)
    until(lambda: source.size > len(LONG) // 4, source)
    assert not source.ended
    assert LONG.startswith(source.view(source.size).tobytes())
    send(content[half:])
    send(b"")

    assert read_all(source) == LONG
    assert (source.damage, source.read, source.total) == ([], len(content), 0)
    source.close()


@pipes
@pytest.mark.parametrize("size", [1_000_000, 500_001])
def test_all_before_a_cut_in_a_packed_pipe_is_there(
    pipe: tuple[Path, Callable[[bytes], None]], size: int
) -> None:
    path, send = pipe
    cut = gzipped(LONG)[:size]
    send(cut)
    send(b"")
    source = open_growing(path)
    there = read_all(source)

    best = io.BytesIO()
    with gzip.GzipFile(fileobj=io.BytesIO(cut)) as unpacked:
        try:
            while piece := unpacked.read(64):
                best.write(piece)
        except EOFError:
            pass
    assert LONG.startswith(there)
    assert len(there) >= len(best.getvalue())
    assert "ends too early" in source.damage[0].what
    source.close()


def test_a_followed_file_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(CAPTURE)
    source = open_growing(path, follow=True)
    until(lambda: source.size == len(CAPTURE), source)
    assert not source.grow(0.15)
    assert not source.ended
    with path.open("ab") as more:
        more.write(LONG[len(CAPTURE) :])
    until(lambda: source.size == len(LONG), source)

    assert source.view(source.size).tobytes() == LONG
    assert not source.ended
    source.close()


def test_a_followed_file_may_begin_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.touch()
    threading.Timer(0.3, path.write_bytes, [CAPTURE]).start()
    source = open_growing(path, follow=True)

    until(lambda: source.size == len(CAPTURE), source)
    source.close()


def _shorten(path: Path) -> None:
    os.truncate(path, 40)


def _replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(CAPTURE)
    other.replace(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps open files in their place")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_shorten, "a.scap was cut short or begun again while it was followed"),
        (_replace, "a.scap was replaced by another file while it was followed"),
        (Path.unlink, "a.scap was removed while it was followed"),
    ],
)
def test_what_happens_to_a_followed_file_is_said(
    tmp_path: Path, change: Callable[[Path], None], said: str
) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(LONG)
    source = open_growing(path, follow=True)
    until(lambda: source.size == len(LONG), source)
    change(path)
    until(lambda: source.ended, source)

    assert source.view(source.size).tobytes() == LONG, "what was there stays"
    assert [one.what.partition(";")[0] for one in source.damage] == [said]
    source.close()


@linux
@pytest.mark.parametrize("full", [False, True], ids=["room", "full disk"])
def test_a_process_forked_before_sees_what_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    disk = FileSpool((tmp_path / "spool").open("w+b", buffering=0))
    spool = FallbackSpool(disk)
    spool.append(b"first")
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(here, 1)
        os._exit(0 if spool.view(11).tobytes() == b"firstsecond" else 1)
    if full:
        monkeypatch.setattr(spool_module, "_write_at", _refuse_disk(disk))
    spool.append(b"second")
    os.write(there, b"x")

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(here)
    os.close(there)


def _refuse_disk(disk: FileSpool) -> Callable[[object, memoryview, int], int]:
    write = spool_module._write_at

    def refuse(file: object, piece: memoryview, position: int) -> int:
        if file is disk._file:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, piece, position)  # type: ignore[arg-type]

    return refuse


def test_a_full_disk_moves_the_stream_to_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FileSpool((tmp_path / "spool").open("w+b", buffering=0))
    spool = FallbackSpool(disk)
    spool.append(LONG[:1_000_000])
    early = spool.view(1_000_000)
    monkeypatch.setattr(spool_module, "_write_at", _refuse_disk(disk))
    spool.append(LONG[1_000_000:])

    assert spool.size == len(LONG)
    assert spool.view(spool.size).tobytes() == LONG
    assert spool.take(999_990, 20) == LONG[999_990:1_000_010]
    assert early.tobytes() == LONG[:1_000_000]


def test_memory_grows_where_there_are_no_files_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "_FIRST", 1000)
    spool = MemorySpool()
    spool.append(LONG[:900])
    early = spool.view(900)
    spool.append(LONG[900:])

    assert early.tobytes() == LONG[:900]
    assert spool.view(len(LONG)).tobytes() == LONG
    assert not spool.view(10).flags.writeable
    assert spool.take(5, 10) == LONG[5:15]


def test_a_spool_grows_beyond_its_first_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "_FIRST", 5000)
    spool = memory_spool()
    for at in range(0, len(LONG), 100_000):
        spool.append(LONG[at : at + 100_000])
        assert spool.view(spool.size)[at : at + 10].tobytes() == LONG[at : at + 10]

    assert spool.view(spool.size).tobytes() == LONG


@pytest.mark.skipif(sys.platform == "win32", reason="files have other permissions there")
def test_a_stream_lies_in_a_file_without_a_name_that_others_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(growing_module, "_SPOOLED_FROM", 1)
    path = tmp_path / "a.scap"
    path.write_bytes(gzipped(LONG))
    source = open_growing(path)
    assert isinstance(source, SpooledSource)
    assert isinstance(source._spool, FallbackSpool)
    status = os.fstat(source._spool._disk._file.fileno())

    assert status.st_dev == (tmp_path / "cache").stat().st_dev
    assert (status.st_nlink, status.st_mode & 0o777) == (0, 0o600)
    assert list((tmp_path / "cache").iterdir()) == []
    source.close()


def test_without_a_cache_that_can_be_written_it_lies_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(blocked / "cache"))
    monkeypatch.setattr(growing_module, "_SPOOLED_FROM", 1)
    path = tmp_path / "a.scap"
    path.write_bytes(gzipped(LONG))
    source = open_growing(path)

    assert isinstance(source, SpooledSource)
    assert not isinstance(source._spool, FallbackSpool)
    assert read_all(source) == LONG
    source.close()


def test_without_the_cache_nothing_is_put_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(growing_module, "_SPOOLED_FROM", 1)
    path = tmp_path / "a.scap"
    path.write_bytes(gzipped(LONG))
    allow_cache(False)
    try:
        source = open_growing(path)
        assert read_all(source) == LONG
        source.close()
    finally:
        allow_cache(True)

    assert not (tmp_path / "cache").exists()


def test_reading_stops_when_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(CAPTURE)
    source = open_growing(path, follow=True)
    source.close()

    assert not [one for one in threading.enumerate() if one.name == "read-capture"]
