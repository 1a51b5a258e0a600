"""Bytes given as they come and taken as they are needed."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.protocols.reader import GapError, Reader


def run(reader: Reader, generator: Generator[None, None, bytes], *given_: bytes | int) -> bytes | None:
    """What a generator returns after these bytes and gaps, None while it waits."""
    try:
        next(generator)
        for one in given_:
            if isinstance(one, bytes):
                reader.feed(one)
            else:
                reader.gap(one)
            next(generator)
    except StopIteration as done:
        return bytes(done.value)
    return None


def test_take_waits_for_all_bytes() -> None:
    reader = Reader(10)

    assert run(reader, reader.take(5), b"ab", b"cd") is None
    assert run(reader, reader.take(5), b"ef") == b"abcde"
    assert reader.position == 15


def test_take_does_not_invent_what_is_not_recorded() -> None:
    reader = Reader()

    with pytest.raises(GapError) as lost:
        run(reader, reader.take(5), b"ab", 3)
    assert lost.value.known == b"ab"


def test_known_passes_over_gaps_by_their_number() -> None:
    reader = Reader()

    assert run(reader, reader.known(10), b"abc", 5, b"xyrest") == b"abc"
    assert reader.position == 10
    assert run(reader, reader.take(4)) == b"rest"


def test_known_holds_no_more_than_asked() -> None:
    reader = Reader()

    assert run(reader, reader.known(1 << 40, 4), b"abcdefgh", (1 << 40) - 8) == b"abcd"
    assert reader.position == 1 << 40


def test_until_finds_a_mark_across_pieces() -> None:
    reader = Reader()

    assert run(reader, reader.until(b"\r\n\r\n"), b"head\r", b"\n\r", b"\nbody") == b"head\r\n\r\n"
    assert reader.position == 8


def test_until_gives_up_after_the_most() -> None:
    reader = Reader()

    with pytest.raises(GapError):
        run(reader, reader.until(b"\n", most=4), b"abcdefgh\n")


def test_the_end_of_the_stream_ends_waiting() -> None:
    reader = Reader()
    reader.feed(b"ab")
    reader.end()

    with pytest.raises(GapError) as lost:
        run(reader, reader.take(3))
    assert lost.value.known == b"ab"
    assert run(reader, reader.peek(3)) == b"ab"


@given(st.lists(st.binary(max_size=20), max_size=20), st.lists(st.integers(0, 30), max_size=20))
def test_bytes_come_out_as_they_went_in(pieces: list[bytes], sizes: list[int]) -> None:
    whole = b"".join(pieces)
    reader = Reader()

    def parts() -> Generator[None, None, bytes]:
        out: list[bytes] = []
        for size in sizes:
            if sum(len(one) for one in out) + size > len(whole):
                break
            out.append((yield from reader.take(size)))
        return b"".join(out)

    taken = run(reader, parts(), *[piece for piece in pieces if piece])

    assert taken is not None
    assert taken == whole[: len(taken)]
    assert reader.position == len(taken)
