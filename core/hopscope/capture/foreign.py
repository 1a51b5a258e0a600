"""Tell what is no capture by its first bytes."""

from __future__ import annotations

import struct

from hopscope.capture.blocks import EARLY_NUMBERS, SECTION_LENGTH, SECTION_MAGIC, BlockType
from hopscope.errors import CaptureError

HEAD = SECTION_LENGTH + 8
"""Bytes that decide in most cases: a section header without options and the type of the block behind it."""

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


def refuse_foreign(head: memoryview, name: str) -> None:
    """Raise a CaptureError unless an unpacked stream begins like a capture.

    Args:
        head: as much of its beginning as is there, 36 bytes at least unless it is shorter.
        name: of the capture, for the sentence.
    """
    refuse_start(bytes(head[:SECTION_LENGTH]), name)
    if len(head) < SECTION_LENGTH:
        raise CaptureError(f"{name} ends inside its first block ({len(head)} of {SECTION_LENGTH} bytes)")
    if _is_network_capture(head):
        raise CaptureError(f"{name} is a network capture (pcapng), not a sysdig capture")


def refuse_start(head: bytes, name: str) -> None:
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
