"""Values for people: units as csysdig has them, times from the epoch, nothing for what is missing."""

from __future__ import annotations

import pytest

from hopscope.views.definition import Kind
from hopscope.views.text import format_value


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (0, Kind.BYTES, "0"),
        (1023, Kind.BYTES, "1023"),
        (1024, Kind.BYTES, "1.00K"),
        (9_367_552, Kind.BYTES, "8.93M"),
        (25_879_085_056, Kind.BYTES, "24.10G"),
        (0.25, Kind.RATE, "0.25"),
        (40.6, Kind.RATE, "41"),
        (999, Kind.DURATION, "999ns"),
        (1_204_000, Kind.DURATION, "1.204ms"),
        (8_000_000_001, Kind.DURATION, "8.000s"),
        (0, Kind.PERCENT, "0"),
        (3.769, Kind.PERCENT, "3.77"),
        (146038, Kind.INTEGER, "146038"),
        (float("nan"), Kind.BYTES, ""),
        (None, Kind.TEXT, ""),
        ("curl", Kind.TEXT, "curl"),
    ],
)
def test_a_value_in_few_characters(value: object, kind: Kind, shown: str) -> None:
    assert format_value(value, kind) == shown


def test_times_count_from_the_epoch() -> None:
    assert format_value(1_000_000_007, Kind.TIME, epoch=1_000_000_000) == "0.000000007"
    assert format_value(999_999_999, Kind.TIME, epoch=1_000_000_000) == "-0.000000001"
    assert format_value(1_481_211_698_271_984_729, Kind.TIME) == "2016-12-08 15:41:38.271984729"
    assert format_value(2**63 - 1, Kind.TIME).endswith(".854775807")
