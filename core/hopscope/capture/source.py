"""Open a capture: from a path or standard input, plain or packed, as one array of bytes."""

from __future__ import annotations

import mmap
import os
import stat
import struct
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.blocks import EARLY_NUMBERS, SECTION_LENGTH, SECTION_MAGIC, BlockType
from hopscope.capture.damage import Damage
from hopscope.capture.limits import unpack_limit
from hopscope.capture.unpack import GZIP_MAGIC, Progress, unpack_gzip
from hopscope.errors import CaptureError
from hopscope.text import visible

_MAPPED_FROM = 64 << 20  # smaller files are read: copying them costs less than faulting their pages in
_KEY_WHOLE = 64 << 20
_KEY_SAMPLE = 64 << 10
_KEY_SAMPLES = 512
_PIECE = 1 << 20
_FOREIGN_BLOCKS = frozenset({1, 2, 3, 4, 5, 6})
_SYSDIG_BLOCKS = frozenset(set(BlockType) - {BlockType.SECTION} | set(EARLY_NUMBERS))
_SECTION_START = struct.Struct("<IIIH")

_PACKERS = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xfd7zXZ": "xz",
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
}
"""First bytes of files that may hold a capture after unpacking."""

_OTHERS = {
    b"\xd4\xc3\xb2\xa1": "a network capture (pcap)",
    b"\xa1\xb2\xc3\xd4": "a network capture (pcap)",
    b"\x4d\x3c\xb2\xa1": "a network capture (pcap)",
    b"\x7fELF": "a program",
}
"""First bytes of other files that people mistake for captures."""


@dataclass
class Source:
    """The unpacked bytes of one capture.

    Attributes:
        name: the path as given, or ``standard input``, with control characters escaped.
        data: uint8, one dimension, read only; the unpacked stream.
        packed: True when the input was packed with gzip.
        packed_size: bytes of the input as it came.
        damage: faults of the packing, in order; faults of the blocks are found by ``walk``.
        known_key: the content key where it was kept from an earlier reading; empty for one to be worked out.
    """

    name: str
    data: NDArray[np.uint8]
    packed: bool = False
    packed_size: int = 0
    damage: list[Damage] = field(default_factory=list)
    known_key: str = ""

    @property
    def size(self) -> int:
        """Bytes of the unpacked stream."""
        return len(self.data)

    def content_key(self) -> str:
        """A name for the content: 64 hexadecimal digits, equal for the same stream, packed or not.

        Neither file name nor times take part. Streams over 64 MiB are known by their size, both
        ends and 512 samples in between, so that the answer never takes longer than a moment.
        """
        return self.known_key or self._content_key

    @cached_property
    def _content_key(self) -> str:
        import hashlib  # noqa: PLC0415  only who keeps something about a capture needs it

        digest = hashlib.sha256(struct.pack("<Q", self.size))
        if self.size <= _KEY_WHOLE:
            digest.update(self.data.data)
            return digest.hexdigest()
        for start in np.linspace(0, self.size - _KEY_SAMPLE, _KEY_SAMPLES, dtype=np.int64).tolist():
            digest.update(self.data[start : start + _KEY_SAMPLE].data)
        return digest.hexdigest()


def open_source(path: str | Path, *, progress: Progress | None = None) -> Source:
    """Open a capture and unpack it, whole or up to the limit that :mod:`hopscope.capture.limits` gives.

    Args:
        path: a file, a pipe, or ``-`` for standard input.
        progress: called with (bytes done, bytes in all) of the input as it came while that is
            unpacked; the second is 0 where nobody knows it. What it raises is passed on.

    Raises:
        CaptureError: there is no such file, it may not be read, or it is no capture.
    """
    if str(path) == "-":
        name = "standard input"
        raw: bytes | bytearray | mmap.mmap = _read_standard_input(progress)
    else:
        name = visible(str(path))
        raw = _read_file(Path(path), name, progress)
    if not len(raw):
        raise CaptureError(f"{name} is empty")
    if bytes(raw[:2]) != GZIP_MAGIC:
        source = Source(name, _frozen(raw), packed_size=len(raw))
    else:
        packed_size = len(raw)
        stream, damage = unpack_gzip(raw, progress, unpack_limit(packed_size))
        del raw
        source = Source(name, _frozen(stream), packed=True, packed_size=packed_size, damage=damage)
    _refuse_foreign(source)
    return source


def _frozen(raw: bytes | bytearray | mmap.mmap) -> NDArray[np.uint8]:
    data = np.frombuffer(raw, dtype=np.uint8)
    data.flags.writeable = False
    return data


def _read_standard_input(progress: Progress | None) -> bytes | bytearray:
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.isatty():
        raise CaptureError("standard input is a terminal; pipe a capture into it or name a file")
    return _read_stream(stream, "standard input", progress)


def _read_file(path: Path, name: str, progress: Progress | None) -> bytes | bytearray | mmap.mmap:
    try:
        if path.is_dir():
            raise CaptureError(f"cannot open {name}: it is a directory")
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                return _read_stream(stream, name, progress)
            if status.st_size >= _MAPPED_FROM:
                return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            return stream.read()
    except OSError as error:
        raise CaptureError(f"cannot open {name}: {error.strerror or visible(str(error))}") from error
    except ValueError as error:  # a NUL in the name
        raise CaptureError(f"cannot open {name}: the name is not possible") from error


def _read_stream(stream: BinaryIO, name: str, progress: Progress | None) -> bytearray:
    """Read a pipe to its end, but no further than the first bytes when they are foreign."""
    raw = bytearray()
    try:
        while piece := stream.read(_PIECE if raw else SECTION_LENGTH):
            first = not raw
            raw += piece
            if first and raw[:2] != GZIP_MAGIC:
                _refuse_start(bytes(raw), name)
            if progress:
                progress(len(raw), 0)
    except OSError as error:
        raise CaptureError(f"cannot read {name}: {error.strerror or visible(str(error))}") from error
    return raw


def _refuse_foreign(source: Source) -> None:
    """Raise a CaptureError unless the stream begins like a capture."""
    head = bytes(source.data[:SECTION_LENGTH])
    if not head:
        said = source.damage[0].what if source.damage else "there is nothing in it"
        raise CaptureError(f"nothing could be unpacked from {source.name}: {said}")
    _refuse_start(head, source.name)
    if len(head) < SECTION_LENGTH:
        raise CaptureError(
            f"{source.name} ends inside its first block ({len(head)} of {SECTION_LENGTH} bytes)"
        )
    if _is_network_capture(source.data.data):
        raise CaptureError(f"{source.name} is a network capture (pcapng), not a sysdig capture")


def _refuse_start(head: bytes, name: str) -> None:
    """Raise a CaptureError when the first bytes, up to 28, cannot begin a capture."""
    for magic, packer in _PACKERS.items():
        if head.startswith(magic):
            raise CaptureError(f"{name} is packed with {packer}; unpack it first")
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise CaptureError(f"{name} is {what}, not a sysdig capture")
    expected = struct.pack("<I", BlockType.SECTION)
    if head[:4] != expected[: len(head)]:
        raise CaptureError(f"{name} is not a sysdig capture: it does not begin with a section header")
    if len(head) < _SECTION_START.size:
        return
    _, _, magic_word, major = _SECTION_START.unpack_from(head)
    if magic_word == int.from_bytes(SECTION_MAGIC.to_bytes(4, "little"), "big"):
        raise CaptureError(
            f"{name} was written on a big-endian machine; only little-endian captures can be read"
        )
    if magic_word != SECTION_MAGIC:
        raise CaptureError(f"{name} is not a sysdig capture: its section header has the wrong magic number")
    if major > 1:
        raise CaptureError(f"{name} has version {major} of the capture format; only version 1 is known")


def _is_network_capture(data: memoryview) -> bool:
    """True for Wireshark's pcapng, which begins with the same section header.

    Its first blocks describe network interfaces and packets; a sysdig block among the first sixty
    decides for a capture.
    """
    position, seen = 0, 0
    for _ in range(60):
        if position + 8 > len(data):
            break
        kind, length = struct.unpack_from("<II", data, position)
        if kind in _SYSDIG_BLOCKS:
            return False
        seen += kind in _FOREIGN_BLOCKS
        if length < 12:
            break
        position += length
    return seen > 0
