"""What opens, what is refused with one sentence, and what is kept of a damaged file."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from builders import gzipped, section, small_capture
from hopscope.capture import growing as growing_module
from hopscope.capture import source as source_module
from hopscope.capture.source import Source, open_source
from hopscope.capture.writer import frame, section_header
from hopscope.errors import CaptureError

CAPTURE = small_capture()


def opened(path: Path, content: bytes) -> Source:
    path.write_bytes(content)
    return open_source(path)


def feed_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_plain_file(tmp_path: Path) -> None:
    source = opened(tmp_path / "a.scap", CAPTURE)
    assert source.data.tobytes() == CAPTURE
    assert (source.packed, source.size, source.packed_size) == (False, len(CAPTURE), len(CAPTURE))
    assert source.damage == []
    assert source.name == str(tmp_path / "a.scap")


def test_packed_file_whatever_its_name(tmp_path: Path) -> None:
    packed = gzipped(CAPTURE)
    source = opened(tmp_path / "a.txt", packed)
    assert source.data.tobytes() == CAPTURE
    assert (source.packed, source.size, source.packed_size) == (True, len(CAPTURE), len(packed))
    assert source.damage == []


def test_data_cannot_be_written(tmp_path: Path) -> None:
    for content in (CAPTURE, gzipped(CAPTURE)):
        assert not opened(tmp_path / "a", content).data.flags.writeable


def test_large_file_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing_module, "_MAPPED_FROM", 100)
    source = opened(tmp_path / "a", CAPTURE)
    assert source.data.tobytes() == CAPTURE
    assert opened(tmp_path / "b", gzipped(CAPTURE)).data.tobytes() == CAPTURE


@pytest.mark.parametrize("content", [CAPTURE, gzipped(CAPTURE)], ids=["plain", "packed"])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    feed_stdin(monkeypatch, content)
    source = open_source("-")
    assert source.name == "standard input"
    assert source.data.tobytes() == CAPTURE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(CAPTURE,))
    writer.start()
    source = open_source(pipe)
    writer.join()
    assert source.data.tobytes() == CAPTURE


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_endless_foreign_stream_is_refused_at_its_start() -> None:
    with pytest.raises(CaptureError, match="not a sysdig capture"):
        open_source("/dev/zero")


def test_terminal_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Terminal(CAPTURE)))
    with pytest.raises(CaptureError, match="standard input is a terminal"):
        open_source("-")


def test_closed_standard_input_is_called_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CaptureError, match="standard input is closed"):
        open_source("-")


def test_an_empty_name_is_no_directory() -> None:
    with pytest.raises(CaptureError, match="name of the capture is empty"):
        open_source("")


FOREIGN = {
    "empty": (b"", "is empty"),
    "text": (b"hello, world\n" * 10, "does not begin with a section header"),
    "one byte": (b"x", "does not begin with a section header"),
    "big-endian": (
        bytes.fromhex("0a0d0d0a 0000001c 1a2b3c4d 0001 0002 ffffffffffffffff 0000001c"),
        "big-endian machine",
    ),
    "wrong magic": (bytes.fromhex("0a0d0d0a 1c000000 00000000") + bytes(16), "wrong magic number"),
    "major 2": (section_header(major=2) + bytes(40), "version 2 of the capture format"),
    "pcap": (bytes.fromhex("d4c3b2a1 02000400") + bytes(60), "network capture"),
    "pcapng": (section_header() + frame(1, bytes(8)) + frame(6, bytes(40)), "network capture"),
    "zstd": (bytes.fromhex("28b52ffd") + bytes(60), "packed with zstd"),
    "xz": (bytes.fromhex("fd377a585a00") + bytes(60), "packed with xz"),
    "program": (b"\x7fELF" + bytes(60), "is a program"),
    "cut in the first block": (CAPTURE[:20], "ends inside its first block"),
    "packed text": (gzipped(b"hello, world\n" * 10), "does not begin with a section header"),
    "packed nothing": (gzipped(b""), "nothing could be unpacked"),
    "magic of gzip alone": (b"\x1f\x8b", "nothing could be unpacked"),
    "broken from the start": (gzipped(CAPTURE)[:10] + b"\xff" * 50, "nothing could be unpacked"),
}


@pytest.mark.parametrize(("content", "said"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_file_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    with pytest.raises(CaptureError, match=said) as refused:
        opened(tmp_path / "a.scap", content)
    assert "a.scap" in str(refused.value)
    assert "\n" not in str(refused.value)
    feed_stdin(monkeypatch, content)
    with pytest.raises(CaptureError, match=said):
        open_source("-")


def test_pcapng_blocks_beside_sysdig_blocks_are_no_network_capture(tmp_path: Path) -> None:
    mixed = section_header() + frame(1, bytes(8)) + section()[28:]
    assert opened(tmp_path / "a", mixed).size == len(mixed)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"cannot open .*no\.scap: No such file or directory"):
        open_source(tmp_path / "no.scap")


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="it is a directory"):
        open_source(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_forbidden_file(tmp_path: Path) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(CAPTURE)
    path.chmod(0)
    with pytest.raises(CaptureError, match="Permission denied"):
        open_source(path)


def test_error_of_the_system_becomes_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.scap"
    path.write_bytes(CAPTURE)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CaptureError, match="Permission denied"):
        open_source(path)


def test_impossible_name() -> None:
    with pytest.raises(CaptureError, match="cannot open"):
        open_source("a\0b")


def test_control_characters_of_names_are_escaped(tmp_path: Path) -> None:
    with pytest.raises(CaptureError) as refused:
        open_source(tmp_path / "a\x1b[31m\udc80.scap")
    assert "\\x1b[31m\\x80.scap" in str(refused.value)
    assert str(refused.value).isprintable()


def test_progress_is_told_while_unpacking(tmp_path: Path) -> None:
    packed = gzipped(section(*[CAPTURE] * 50))
    path = tmp_path / "a"
    path.write_bytes(packed)
    told: list[tuple[int, int]] = []
    open_source(path, progress=lambda done, total: told.append((done, total)))
    assert told
    assert told[-1] == (len(packed), len(packed)) or told[-1][0] >= len(packed) - 8


def test_progress_may_cancel(tmp_path: Path) -> None:
    class CancelledError(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        raise CancelledError

    path = tmp_path / "a"
    path.write_bytes(gzipped(CAPTURE))
    with pytest.raises(CancelledError):
        open_source(path, progress=cancel)


class TestContentKey:
    def test_belongs_to_the_content(self, tmp_path: Path) -> None:
        keys = {
            opened(tmp_path / "a", CAPTURE).content_key(),
            opened(tmp_path / "b", CAPTURE).content_key(),
            opened(tmp_path / "c", gzipped(CAPTURE)).content_key(),
        }
        assert len(keys) == 1
        assert len(keys.pop()) == 64

    def test_differs_with_one_byte(self, tmp_path: Path) -> None:
        other = CAPTURE.replace(b"hosts", b"h0sts")
        assert other != CAPTURE
        key = opened(tmp_path / "a", CAPTURE).content_key()
        assert opened(tmp_path / "b", other).content_key() != key

    def test_of_a_large_stream_covers_both_ends_and_the_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(source_module, "_KEY_WHOLE", 1000)
        monkeypatch.setattr(source_module, "_KEY_SAMPLE", 16)
        data = np.random.default_rng(1).integers(0, 256, 100_000, dtype=np.uint8)
        keys = {Source("a", data).content_key(), Source("a", data[:-1]).content_key()}
        for place in (0, len(data) - 1):
            changed = data.copy()
            changed[place] ^= 1
            keys.add(Source("a", changed).content_key())
        assert len(keys) == 4
        assert Source("b", data.copy()).content_key() in keys


def test_memory_of_what_was_looked_at_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing_module, "_MAPPED_FROM", 100)
    monkeypatch.setattr(source_module, "_WORTH_RELEASING", 100)
    for content in (CAPTURE, gzipped(CAPTURE)):
        source = opened(tmp_path / "a", content)
        source.release()
        assert source.data.tobytes() == CAPTURE
    Source("made", np.zeros(1000, np.uint8)).release()
