"""How much a packed capture may grow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import small_capture
from hopscope.capture.limits import (
    AUTOMATIC,
    GIB,
    LEAST,
    NONE,
    choose_limit,
    limit_sentence,
    parse_limit,
    unpack_limit,
)
from hopscope.capture.source import open_source


@pytest.fixture(autouse=True)
def _automatic_again() -> Iterator[None]:
    yield
    choose_limit(AUTOMATIC)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("1", 1), ("4k", 4096), ("800M", 800 << 20), ("4G", 4 * GIB), ("4 GiB", 4 * GIB),
     ("1.5gb", 3 * GIB // 2), ("2T", 2048 * GIB), ("None", NONE), ("auto", AUTOMATIC)],
)  # fmt: skip
def test_sizes_are_read(text: str, limit: int | str) -> None:
    assert parse_limit(text) == limit


@pytest.mark.parametrize("text", ["", "0", "-1", "G", "4X", "1e9", "ten", "0.0001", "nan"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        parse_limit(text)


def test_small_files_may_grow_to_a_gibibyte_and_others_a_hundredfold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hopscope.capture.limits._most", lambda: 48 * GIB)

    assert unpack_limit(1) == LEAST
    assert unpack_limit(200 << 20) == 100 * (200 << 20)
    assert unpack_limit(10 * GIB) == 48 * GIB


def test_a_limit_may_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "x.scap.gz"
    path.write_bytes(small_capture(pack=True))
    whole = open_source(path).size
    choose_limit(500)
    source = open_source(path)

    assert (source.size, len(source.damage)) == (500, 1)
    choose_limit(NONE)
    assert open_source(path).size == whole


def test_the_sentence_says_how_much_it_was() -> None:
    said = limit_sentence(GIB, GIB // 1000)
    assert said.startswith("unpacking stopped at 1 GiB, 1,000 times the packed size")
