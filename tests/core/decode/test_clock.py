"""Times as text."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from hopscope.decode.clock import date_and_time, time_of_day


def test_nanoseconds_are_kept() -> None:
    assert time_of_day(1_480_000_000_000_000_005, UTC) == "15:06:40.000000005"
    assert time_of_day(1_480_000_000_999_999_999, UTC) == "15:06:40.999999999"
    assert time_of_day(0, UTC) == "00:00:00.000000000"


def test_the_zone_counts() -> None:
    assert time_of_day(1_480_000_000_000_000_000, timezone(timedelta(hours=-5))).startswith("10:06:40.")


def test_dates() -> None:
    assert date_and_time(1_663_687_649_147_483_648, UTC) == "2022-09-20 15:27:29.147483648"


@pytest.mark.parametrize("time", [-(1 << 63), -1, (1 << 63) - 1, (1 << 64) - 1, 1 << 80])
def test_no_time_is_too_far(time: int) -> None:
    text = time_of_day(time)
    assert len(text) == 18
    assert date_and_time(time)
