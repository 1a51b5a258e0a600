"""Blocks are found wherever the chain of lengths leads, and nowhere else."""

from __future__ import annotations

import struct
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import early, event, process, process_list, section, small_capture
from hopscope.capture.blocks import EVENT_BLOCKS, MAX_SMALL_EVENT, BlockType, least_length
from hopscope.capture.walk import Blocks, Walker, walk
from hopscope.capture.writer import frame, pack_event, section_header


def walked(data: bytes) -> Blocks:
    return walk(np.frombuffer(data, dtype=np.uint8))


def chain(data: bytes) -> list[tuple[int, int, int]]:
    """What a step per block finds in a faultless capture."""
    found, position = [], 0
    while position < len(data):
        kind, length = struct.unpack_from("<II", data, position)
        found.append((position, kind, length))
        position += length
    return found


def rows(blocks: Blocks) -> list[tuple[int, int, int]]:
    columns = (blocks.offset, blocks.type, blocks.length)
    return list(zip(*(column.tolist() for column in columns), strict=True))


WRITE = event("write", "<", res=5, data=b"hello")


def test_columns_have_the_promised_types() -> None:
    blocks = walked(small_capture())
    assert [str(c.dtype) for c in (blocks.offset, blocks.type, blocks.length)] == [
        "int64",
        "uint32",
        "uint32",
    ]
    assert len(blocks) == len(blocks.offset) == 17


def test_whole_capture() -> None:
    data = small_capture()
    blocks = walked(data)
    assert rows(blocks) == chain(data)
    assert blocks.damage == []


def test_body_lies_between_header_and_trailer() -> None:
    data = section(frame(BlockType.USERS_V2, b"abcd1"))
    blocks = walked(data)
    assert blocks.body(np.frombuffer(data, dtype=np.uint8), 2) == b"abcd1\0\0\0"


def test_section_in_the_middle() -> None:
    data = section(WRITE) + section(process_list([process(7, "seven")]), WRITE)
    blocks = walked(data)
    assert rows(blocks) == chain(data)
    assert blocks.type.tolist().count(BlockType.SECTION) == 2


def test_section_header_with_options() -> None:
    data = section_header(options=b"\1\0\4\0abcd\0\0\0\0") + WRITE
    assert rows(walked(data)) == chain(data)


def test_unknown_blocks_are_kept_and_passed() -> None:
    data = section(frame(0x999, b"something"), WRITE, frame(0x4242, b""), WRITE)
    blocks = walked(data)
    assert rows(blocks) == chain(data)
    assert {0x999, 0x4242} <= set(blocks.type.tolist())
    assert blocks.damage == []


@pytest.mark.parametrize("kind", sorted(EVENT_BLOCKS))
def test_every_event_block_type(kind: int) -> None:
    block = frame(kind, bytes(60))
    data = section(block, block, WRITE)
    assert rows(walked(data)) == chain(data)


def test_early_numbers_become_their_later_equals() -> None:
    old = event("write", "<", version=1, data=b"hello")
    blocks = walked(
        section(early(process_list([process(7, "seven")], version=1)), early(old), old, early(old))
    )
    assert blocks.type[2:].tolist() == [BlockType.PROCESSES_V1, *[BlockType.EVENT] * 3]
    assert blocks.damage == []


def test_payload_that_looks_like_blocks() -> None:
    lure = WRITE + WRITE
    for shift in range(4):
        data = section(event("write", "<", data=bytes(shift) + lure), WRITE, WRITE)
        assert rows(walked(data)) == chain(data), shift


def test_payload_that_looks_like_a_block_reaching_over_the_end() -> None:
    follower = event("write", "<", data=b"x" * 200)
    for shift in range(0, 300, 4):
        lure = struct.pack("<II", BlockType.EVENT_V2, 40 + shift)
        data = section(event("write", "<", data=b"\0\0" + lure * 10), follower, follower)
        assert rows(walked(data)) == chain(data), shift


def test_event_trailer_is_not_looked_at() -> None:
    wrong = WRITE[:-4] + struct.pack("<I", 5)
    data = section(WRITE, wrong, WRITE, wrong, wrong, WRITE)
    blocks = walked(data)
    assert rows(blocks) == chain(data)
    assert blocks.damage == []


def test_metadata_trailer_must_match() -> None:
    before = section(WRITE)
    data = before + frame(BlockType.USERS_V2, b"abcd", trailer=12)
    blocks = walked(data)
    assert rows(blocks) == chain(before)
    (damage,) = blocks.damage
    assert (damage.offset, damage.lost) == (len(before), len(data) - len(before))
    assert "begins with length 16 and ends with 12" in damage.what


@pytest.mark.parametrize("length", [0, 4, 8, 13, 18])
def test_impossible_length(length: int) -> None:
    before = section(WRITE)
    blocks = walked(before + struct.pack("<II", BlockType.EVENT_V2, length) + bytes(100))
    assert rows(blocks) == chain(before)
    assert f"impossible length {length}" in blocks.damage[0].what


def test_event_too_short_for_its_header() -> None:
    for kind in EVENT_BLOCKS:
        body = bytes(least_length(kind) - 12)
        assert walked(section(frame(kind, body))).damage == []
        blocks = walked(section(frame(kind, body[:-4])))
        assert len(blocks.damage) == 1
        assert len(blocks) == 2


def test_long_event_is_refused_unless_large() -> None:
    params = [b"\0" * 8, b"x" * (MAX_SMALL_EVENT - 8 - 2 - 26 - 4 - 8 - 4)]
    fitting = pack_event(9, params, ts=0, tid=1)
    assert len(fitting) == MAX_SMALL_EVENT
    assert walked(section(fitting, WRITE)).damage == []
    too_long = frame(BlockType.EVENT_V2, bytes(MAX_SMALL_EVENT))
    blocks = walked(section(WRITE, too_long) + bytes([0xDE, 0xAD, 0xBE, 0xEF]))
    assert len(blocks) == 3
    assert "longer than the 65536" in blocks.damage[0].what
    large = event("container", ">", json="x" * 200_000)
    data = section(WRITE, large, WRITE)
    assert rows(walked(data)) == chain(data)


def test_wrong_magic_in_a_later_section() -> None:
    before = section(WRITE)
    broken = bytearray(section_header())
    broken[8] ^= 1
    blocks = walked(before + bytes(broken))
    assert rows(blocks) == chain(before)
    assert "wrong magic" in blocks.damage[0].what


@pytest.mark.parametrize("behind", [1, 3, 40])
def test_the_walk_goes_on_behind_garbage(behind: int) -> None:
    before = section(WRITE, WRITE)
    blocks = walked(before + b"\xde\xad\xbe\xef" * 30 + WRITE * behind)
    moved = [(len(before) + 120 + i * len(WRITE), BlockType.EVENT_V2, len(WRITE)) for i in range(behind)]
    assert rows(blocks) == chain(before) + moved
    (damage,) = blocks.damage
    assert (damage.offset, damage.lost) == (len(before), 120)
    assert "no block where one should begin" in damage.what
    assert "120 bytes were left out" in damage.what


def test_a_wrong_length_costs_only_its_block() -> None:
    broken = bytearray(WRITE)
    broken[4] ^= 0x40
    data = section(WRITE) + bytes(broken) + WRITE * 5
    blocks = walked(data)
    assert len(blocks) == len(chain(section(WRITE))) + 5
    assert [(one.offset, one.lost) for one in blocks.damage] == [(len(section(WRITE)), len(WRITE))]


def test_a_length_beyond_the_end_costs_only_its_block() -> None:
    broken = bytearray(WRITE)
    broken[6] = 0xFF
    data = section(WRITE) + bytes(broken) + WRITE * 5
    assert len(walked(data)) == len(chain(section(WRITE))) + 5


def test_what_was_lost_may_reach_over_pieces() -> None:
    before, behind = section(WRITE), WRITE * 9
    data = np.frombuffer(before + b"\xde\xad\xbe\xef" * 300 + behind, np.uint8)
    walker, offsets, damage = Walker(), [], []
    while walker.position < len(data):
        blocks = walker.walk(data, walker.position + 256, whole=True)
        offsets += blocks.offset.tolist()
        damage += blocks.damage
    assert offsets == walked(data.tobytes()).offset.tolist()
    assert [(one.offset, one.lost) for one in damage] == [(len(before), 1200)]


def test_a_capture_that_is_broken_everywhere_is_left_alone() -> None:
    data = section() + (b"\xde\xad\xbe\xef" + WRITE * 3) * 500
    blocks = walked(data)
    assert len(blocks.damage) == 100
    assert "in so many places" in blocks.damage[-1].what
    assert sum(one.lost for one in blocks.damage) + int(blocks.length.sum()) == len(data)


def test_cut_at_every_byte_keeps_all_whole_blocks() -> None:
    data = small_capture()
    whole = chain(data)
    for size in range(len(data)):
        blocks = walked(data[:size])
        fitting = [row for row in whole if row[0] + row[2] <= size]
        assert rows(blocks) == fitting, size
        used = sum(row[2] for row in fitting)
        if used == size:
            assert blocks.damage == []
        else:
            (damage,) = blocks.damage
            assert (damage.offset, damage.lost) == (used, size - used)
            assert "in the middle of a block" in damage.what


@given(st.binary(max_size=400))
def test_any_bytes_after_a_section_are_survived(garbage: bytes) -> None:
    data = section(WRITE) + garbage
    assert_covered(walked(data), len(data))


@given(st.data())
def test_flipped_bytes_never_break_the_chain(data: st.DataObject) -> None:
    capture = bytearray(small_capture())
    for _ in range(data.draw(st.integers(1, 5))):
        capture[data.draw(st.integers(0, len(capture) - 1))] = data.draw(st.integers(0, 255))
    assert_covered(walked(bytes(capture)), len(capture))


def assert_covered(blocks: Blocks, size: int) -> None:
    """Blocks and damage lie side by side and leave nothing out."""
    stretches = [*zip(blocks.offset.tolist(), blocks.length.tolist(), strict=True)]
    stretches += [(damage.offset, damage.lost) for damage in blocks.damage]
    position = 0
    for offset, length in sorted(stretches):
        assert offset == position
        position += length
    assert position == size


pieces = st.sampled_from(
    [
        WRITE,
        WRITE[:-4] + struct.pack("<I", 8),
        event("write", "<", data=b"\0\0" + WRITE),
        event("write", "<", data=b"\0\0" + struct.pack("<II", BlockType.EVENT_V2, 48) * 8),
        event("write", "<", dump_flags=1),
        event("open", ">", version=1),
        frame(0x999, WRITE),
        frame(BlockType.PROCESSES_V9, WRITE),
        section_header(),
        early(event("open", ">", version=1)),
    ]
)


@given(st.lists(pieces, max_size=30))
def test_any_mixture_is_walked_like_step_by_step(blocks: list[bytes]) -> None:
    data = section(*blocks)
    found = walked(data)
    assert [(offset, length) for offset, _, length in rows(found)] == [
        (offset, length) for offset, _, length in chain(data)
    ]
    assert found.damage == []


@pytest.mark.parametrize(
    "block",
    [
        event("write", "<", data=b"\0\0" + WRITE),
        event("write", "<", data=b"\0\0" + WRITE * 3),
        event("write", "<", data=b"\0\0" + struct.pack("<II", BlockType.EVENT_V2, 48) * 60),
        WRITE[:-4] + struct.pack("<I", 8),
    ],
    ids=["lure", "lures", "overlapping lures", "wrong trailers"],
)
def test_hostile_captures_take_linear_time(block: bytes) -> None:
    def seconds(count: int) -> float:
        data = section(block * count)
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            assert len(walked(data)) == count + 2
            best = min(best, time.process_time() - begun)
        return best

    # sixteen times the blocks: a quadratic walk would take 256 times as long
    assert seconds(32_000) < 60 * seconds(2_000) + 0.05
