"""Every byte before a fault of the packing comes out."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import gzipped, small_capture
from hopscope.capture.damage import UNKNOWN, Damage
from hopscope.capture.unpack import unpack_gzip

CAPTURE = small_capture()
NOISE = np.random.default_rng(2).integers(0, 64, 300_000, dtype=np.uint8).tobytes()


def unpacked(packed: bytes) -> tuple[bytes, list[Damage]]:
    stream, damage = unpack_gzip(packed)
    return bytes(stream), damage


def inflated(packed: bytes) -> bytes:
    """What the standard library can inflate of a cut or broken member, byte by byte."""
    inflater, out = zlib.decompressobj(31), bytearray()
    for i in range(len(packed)):
        try:
            out += inflater.decompress(packed[i : i + 1])
        except zlib.error:
            break
    return bytes(out)


def test_whole_member() -> None:
    assert unpacked(gzipped(NOISE)) == (NOISE, [])


def test_header_with_all_optional_fields() -> None:
    packed = gzipped(CAPTURE)
    header = b"\x1f\x8b\x08\x1e" + packed[4:10] + b"\x03\0abc" + b"name\0" + b"comment\0" + b"\0\0"
    assert unpacked(header + packed[10:]) == (CAPTURE, [])


def test_file_name_in_the_header() -> None:
    stream = io.BytesIO()
    with gzip.GzipFile("some-name.scap", "wb", fileobj=stream) as packer:
        packer.write(CAPTURE)
    assert unpacked(stream.getvalue()) == (CAPTURE, [])


def test_members_in_a_row_are_one_stream() -> None:
    packed = gzipped(CAPTURE) + gzipped(b"") + gzipped(NOISE) + gzipped(CAPTURE)
    assert unpacked(packed) == (CAPTURE + NOISE + CAPTURE, [])


def test_raw_bytes_behind_a_member_are_ignored_and_told() -> None:
    stream, (damage,) = unpacked(gzipped(CAPTURE) + CAPTURE)
    assert stream == CAPTURE
    assert (damage.offset, damage.lost) == (len(CAPTURE), 0)
    assert f"{len(CAPTURE)} bytes behind the packed stream" in damage.what


def test_zeros_behind_a_member_are_harmless() -> None:
    assert unpacked(gzipped(CAPTURE) + bytes(512)) == (CAPTURE, [])


def test_cut_at_every_byte() -> None:
    packed = gzipped(CAPTURE)
    for size in range(2, len(packed)):
        stream, (damage,) = unpacked(packed[:size])
        expected = inflated(packed[:size])
        assert stream == expected, size
        assert CAPTURE.startswith(expected)
        assert damage.offset == len(stream)
        if size >= len(packed) - 8:
            assert stream == CAPTURE
            assert damage.lost == 0
            assert "checksum" in damage.what
        else:
            assert damage.lost == UNKNOWN
            assert "ends too early" in damage.what


@pytest.mark.parametrize("size", [70_000, 150_000, 200_000])
def test_cut_in_a_longer_stream(size: int) -> None:
    packed = gzipped(NOISE)
    stream, damage = unpacked(packed[:size])
    assert stream == inflated(packed[:size])
    assert len(stream) > size
    assert len(damage) == 1


def test_cut_in_a_later_member() -> None:
    packed = gzipped(NOISE) + gzipped(CAPTURE)[:200]
    stream, damage = unpacked(packed)
    assert stream == NOISE + inflated(gzipped(CAPTURE)[:200])
    assert [d.offset for d in damage] == [len(stream)]


@pytest.mark.parametrize("size", [1, 50_000, 300_000])
def test_broken_code_keeps_what_is_before_it(size: int) -> None:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    good = packer.compress(NOISE[:size]) + packer.flush(zlib.Z_FULL_FLUSH)
    header = gzipped(b"")[:10]
    stream, (damage,) = unpacked(header + good + b"\x07" + bytes(50))  # a block of the reserved type 3
    assert stream == NOISE[:size]
    assert (damage.offset, damage.lost) == (size, UNKNOWN)
    assert f"is broken behind its byte {10 + len(good)} of" in damage.what


def test_wrong_checksum_loses_nothing() -> None:
    packed = bytearray(gzipped(CAPTURE))
    packed[-6] ^= 0xFF
    stream, (damage,) = unpacked(bytes(packed) + gzipped(NOISE))
    assert stream == CAPTURE + NOISE
    assert (damage.offset, damage.lost) == (0, 0)
    assert "checksum" in damage.what


def test_wrong_size_is_told() -> None:
    packed = gzipped(CAPTURE)[:-4] + bytes(4)
    stream, damage = unpacked(packed)
    assert stream == CAPTURE
    assert len(damage) == 1


def test_unknown_method() -> None:
    stream, damage = unpacked(b"\x1f\x8b\x07" + bytes(40))
    assert stream == b""
    assert len(damage) == 1


def test_highly_packed_stream_comes_out_whole() -> None:
    zeros = bytes(80 << 20)  # more than the unpacker takes in one step
    stream, damage = unpacked(gzipped(zeros))
    assert len(stream) == len(zeros)
    assert damage == []


@given(st.data())
def test_any_flipped_byte_is_survived(data: st.DataObject) -> None:
    packed = bytearray(gzipped(CAPTURE))
    packed[data.draw(st.integers(2, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    stream, _ = unpacked(bytes(packed))
    assert stream.startswith(inflated(bytes(packed)))


@pytest.mark.parametrize("limit", [0, 1, 65_535, len(NOISE) - 1])
def test_unpacking_stops_at_the_limit(limit: int) -> None:
    stream, damage = unpack_gzip(gzipped(NOISE), limit=limit)

    assert bytes(stream) == NOISE[:limit]
    assert [one.lost for one in damage] == [UNKNOWN]
    assert "--unpack-limit none" in damage[0].what


def test_what_just_fits_is_whole() -> None:
    members = gzipped(NOISE) + gzipped(b"") + gzipped(CAPTURE)
    stream, damage = unpack_gzip(members, limit=len(NOISE) + len(CAPTURE))

    assert bytes(stream) == NOISE + CAPTURE
    assert damage == []


def test_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    packed = gzip.compress(CAPTURE + bytes(256 << 20), 9)
    limit = 32 << 20
    tracemalloc.start()
    try:
        stream, _ = unpack_gzip(packed, limit=limit)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(stream) == limit
    assert most < 3 * limit
