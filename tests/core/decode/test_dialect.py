"""Which release of the reference a capture is printed like."""

from __future__ import annotations

import numpy as np

from hopscope.decode.dialect import UNKNOWN, dialect_for, dialects
from hopscope.decode.event_table import EVENTS, codes_named

OLDEST, MIDDLE, NEWEST = dialects()


def test_a_capture_with_old_events_is_printed_like_the_oldest_release() -> None:
    read = codes_named("read")
    assert dialect_for(np.array(read), np.array([2, 2])) is OLDEST
    assert dialect_for(np.zeros(0, int), np.zeros(0, int)) is OLDEST


def test_one_event_that_a_release_does_not_know_is_enough() -> None:
    newfstatat = codes_named("newfstatat")[1]
    assert OLDEST.known[newfstatat] == UNKNOWN
    assert dialect_for([3, newfstatat], [4, 4]) is MIDDLE


def test_one_parameter_that_a_release_does_not_know_is_enough() -> None:
    close = codes_named("close")[1]
    assert dialect_for([close], [1]) is OLDEST
    assert dialect_for([close], [2]) is NEWEST  # exits that repeat the descriptor are of 2025
    assert dialect_for([close], [99]) is NEWEST  # no release knows that; the newest comes closest


def test_later_releases_know_everything_that_earlier_ones_knew() -> None:
    assert (OLDEST.known <= MIDDLE.known).all()
    assert (MIDDLE.known <= NEWEST.known).all()
    assert NEWEST.known.tolist() == [len(event.params) for event in EVENTS]
    assert (OLDEST.known[336:] == UNKNOWN).all()
    assert (OLDEST.known[:336] >= 0).all()


def test_names_and_types_follow_the_release() -> None:
    execve = codes_named("execve")[-1]
    assert [one.param(execve, 17).name for one in dialects()] == ["pgid", "pgid", "vpgid"]
    assert [one.param(18, 0).type for one in dialects()] == ["FLAGS32", "ENUMFLAGS32", "ENUMFLAGS32"]
    assert OLDEST.param(161, 0).type == "UINT64"
    assert OLDEST.syscalls[283] == "newselect"
    assert NEWEST.syscalls[283] == "_newselect"
    assert OLDEST.event_name(196) == "sysdigevent"
    assert "CLONE_CHILD_IN_PIDNS" in OLDEST.no_symbols
    assert not NEWEST.no_symbols
