"""Scores, words, addresses and times."""

from __future__ import annotations

import pytest

from hopscope.conversation.addresses import fits, normal, shown
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.timing import soon
from hopscope.trail.weights import DOUBTS, WEIGHTS


def test_weights_are_shares_and_doubts_are_factors() -> None:
    assert all(0 < weight < 1 for weight in WEIGHTS.values())
    assert all(0 < factor < 1 for factor in DOUBTS.values())


def test_reasons_add_up_without_reaching_certainty() -> None:
    evidence = Evidence()
    for name in WEIGHTS:
        evidence.add(name, name)
    assert 0.99 < evidence.score < 1


def test_two_reasons_leave_the_product_of_the_doubts() -> None:
    evidence = Evidence()
    evidence.add("same tuple", "one")
    evidence.add("payload equal", "two")
    left = (1 - WEIGHTS["same tuple"]) * (1 - WEIGHTS["payload equal"])
    assert evidence.score == pytest.approx(1 - left)
    evidence.doubt("alignment unsure", "three")
    assert evidence.score == pytest.approx((1 - left) * DOUBTS["alignment unsure"])


def test_words_are_heaviest_first_and_once() -> None:
    evidence = Evidence()
    evidence.add("nearest in time", "light")
    evidence.add("payload equal", "heavy")
    evidence.add("nearest in time", "light")
    evidence.add("soon", "")
    evidence.add("labels", "nothing", 0.0)
    assert evidence.words() == ("heavy", "light")


def test_escape_sequences_of_a_capture_do_not_reach_the_words() -> None:
    evidence = Evidence()
    evidence.add("labels", "both name the host \x1b[31mred")
    assert evidence.words()[0].isprintable()


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(870, "870 ns"), (41_000, "41 µs"), (1_402_000, "1.4 ms"), (8_010_000_000, "8.0 s"), (-5, "5 ns")],
)
def test_durations_read_well(nanoseconds: int, text: str) -> None:
    assert duration(nanoseconds) == text


def test_time_counts_less_the_longer_it_is() -> None:
    assert soon(0) == soon(10_000) == 1
    assert 1 > soon(100_000) > soon(1_000_000) > soon(1_000_000_000) > soon(10_000_000_000) == 0


def test_mapped_and_wildcard_addresses_are_folded() -> None:
    four = bytes([10, 0, 0, 1])
    assert normal((bytes(10) + b"\xff\xff" + four, 80)) == (four, 80)
    assert normal((bytes(16), 53)) == normal((bytes(4), 53)) == (b"", 53)
    assert normal((bytes(15) + b"\x01", 53))[0] == bytes(15) + b"\x01"
    assert fits((four, 80), (b"", 80))
    assert fits((four, 80), (b"", 0))
    assert not fits((four, 80), (four, 81))
    assert shown((four, 80)) == "10.0.0.1:80"
    assert shown((bytes(15) + b"\x01", 80)) == "[::1]:80"
    assert shown((b"", 53)) == "*:53"
