"""Byte offsets: splits, merges, unknown beginnings, lost events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hopscope.conversation.streams import Side
from hopscope.trail.streams import Flow, find_shift, overlaps_of_receive, overlaps_of_send


@dataclass
class Made:
    """A stream cut into sends and receives; the n-th message is recorded at row ``rows[n]``."""

    flow: Flow
    sends: list[bytes]
    receives: list[bytes]


def make(
    sends: list[bytes],
    receives: list[bytes],
    *,
    send_rows: list[int] | None = None,
    receive_rows: list[int] | None = None,
    recorded: int = 80,
) -> Made:
    """Sends at even rows and receives right after everything that they need, unless rows are given."""
    if send_rows is None:
        send_rows = [10 * i for i in range(len(sends))]
    if receive_rows is None:
        receive_rows = [10 * (len(sends) + i) + 5 for i in range(len(receives))]
    chunks = [*sends, *receives]

    def side(first: int, parts: list[bytes], rows: list[int]) -> Side:
        return Side.of(
            np.arange(first, first + len(parts)),
            np.array([len(part) for part in parts], np.int64),
            np.array(rows, np.int64),
            np.array(rows, np.int64) - 1,
        )

    flow = Flow(
        side(0, sends, send_rows),
        side(len(sends), receives, receive_rows),
        lambda message: chunks[message][:recorded],
    )
    return Made(flow, sends, receives)


def pairs_of(made: Made, certain: bool = True) -> set[tuple[int, int]]:
    found = set()
    for j in range(len(made.receives)):
        shift = find_shift(made.flow, int(made.flow.receives.row[j]), certain)
        for one in overlaps_of_receive(made.flow, j, shift.value):
            found.add((one.send, one.receive))
    return found


def test_header_and_body_are_one_receive() -> None:
    made = make([b"h" * 238, b"b" * 612], [b"h" * 238 + b"b" * 612])
    shift = find_shift(made.flow, int(made.flow.receives.row[0]), certain=True)
    assert shift.value == 0
    assert shift.sure
    overlaps = overlaps_of_receive(made.flow, 0, shift.value)
    assert [(one.send, one.length) for one in overlaps] == [(0, 238), (1, 612)]
    assert overlaps[0].equal == 80
    assert [one.receive for one in overlaps_of_send(made.flow, 1, 0)] == [0]


def test_one_send_is_read_in_pieces() -> None:
    whole = bytes(range(200))
    made = make([whole], [whole[:64], whole[64:128], whole[128:]], recorded=200)
    assert pairs_of(made) == {(0, 0), (0, 1), (0, 2)}


def test_bytes_before_the_capture_are_made_up_for() -> None:
    sends = [b"request %d of the stream" % i for i in range(12)]
    lost = 3
    made = make(
        sends[lost:],
        sends,
        send_rows=[100 + 10 * i for i in range(len(sends) - lost)],
        receive_rows=[5, 6, 7] + [105 + 10 * i for i in range(len(sends) - lost)],
    )
    assert pairs_of(made, certain=False) == {(i, i + lost) for i in range(len(sends) - lost)}


def test_lost_receives_shift_only_what_follows() -> None:
    sends = [b"message number %03d, long enough to be told apart" % i for i in range(60)]
    received = sends[:20] + sends[25:]
    rows = [10 * i for i in range(60)]
    made = make(sends, received, send_rows=rows, receive_rows=[row + 5 for row in rows[:20] + rows[25:]])
    found = pairs_of(made, certain=False)
    assert {(i, i) for i in range(20)} <= found
    assert {(i, i - 5) for i in range(35, 60)} <= found


def test_nothing_is_received_before_it_was_sent() -> None:
    made = make([b"x" * 8] * 6, [b"x" * 8] * 6, receive_rows=[5, 15, 25, 35, 45, 55])
    assert pairs_of(made, certain=False) == {(i, i) for i in range(6)}


def test_different_bytes_are_no_common_bytes() -> None:
    made = make([b"abcdefgh"], [b"ABCDEFGH"])
    assert overlaps_of_receive(made.flow, 0, 0) == []


@given(
    st.binary(min_size=1, max_size=600),
    st.lists(st.integers(1, 90), min_size=1, max_size=20),
    st.lists(st.integers(1, 90), min_size=1, max_size=20),
)
def test_every_byte_of_any_cutting_finds_its_sender(data: bytes, cuts: list[int], other: list[int]) -> None:
    sends, receives = cut(data, cuts), cut(data, other)
    made = make(sends, receives)
    expected = set()
    sent_at = 0
    for i, part in enumerate(sends):
        got_at = 0
        for j, got in enumerate(receives):
            if max(sent_at, got_at) < min(sent_at + len(part), got_at + len(got)):
                expected.add((i, j))
            got_at += len(got)
        sent_at += len(part)
    assert pairs_of(made) == expected


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    parts = []
    at = 0
    i = 0
    while at < len(data):
        size = sizes[i % len(sizes)]
        parts.append(data[at : at + size])
        at += size
        i += 1
    return parts
