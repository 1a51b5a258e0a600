"""Bookmarks as Markdown and JSON."""

from __future__ import annotations

import time

import pytest

from hopscope.bookmarks import Bookmark, as_json, as_markdown

MARK = Bookmark(10, "look here", 1_600_000_000_000_000_042, "curl < read res=5", "2020-09-13T12:26:40+00:00")


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("this system's time zone cannot be set for one process")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_markdown_is_a_table() -> None:
    assert as_markdown([MARK], "story.scap") == (
        "# Bookmarks of story.scap\n"
        "\n"
        "| event | time | what | note |\n"
        "|---:|---|---|---|\n"
        "| 10 | 2020-09-13 12:26:40.000000042 | curl \\< read res=5 | look here |\n"
    )


def test_markdown_without_bookmarks_says_so() -> None:
    assert as_markdown([], "x.scap").endswith("No event is marked.\n")


def test_hostile_text_forms_no_markup() -> None:
    hostile = Bookmark(1, "a | b\n# c", 0, "\x1b[31m[x](http://y) <script>")

    row = as_markdown([hostile], "n\n| evil").splitlines()[-1]

    assert row == "| 1 |  | \\[31m\\[x\\](http://y) \\<script\\> | a \\| b \\# c |"


def test_json_has_the_same_facts() -> None:
    assert as_json([MARK]) == [
        {
            "event": 10,
            "time": "2020-09-13 12:26:40.000000042",
            "time_ns": 1_600_000_000_000_000_042,
            "label": "curl < read res=5",
            "note": "look here",
            "created": "2020-09-13T12:26:40+00:00",
        }
    ]


def test_a_time_out_of_range_is_no_fault() -> None:
    assert as_json([Bookmark(1, time_ns=2**63 - 1)])[0]["event"] == 1
    assert as_json([Bookmark(1, time_ns=-5)])[0]["time"] == ""
