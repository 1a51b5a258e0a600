"""Searching payload in the capture itself finds what searching the payloads finds."""

from __future__ import annotations

import random

import pytest

from hopscope.demo import demo_path
from hopscope.fields import spans
from hopscope.store.build import open_store
from hopscope.store.store import Store


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(demo_path())


@pytest.mark.parametrize("piece", [1 << 18, 4096, 64])
def test_both_ways_find_the_same_events(store: Store, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "_SMALL", 0)
    monkeypatch.setattr(spans, "_PIECE", piece)
    monkeypatch.setattr(spans, "is_kept", lambda *_: False)
    parts = [b"HTTP/1.1", b"inventory", b"\0\0", b"GET", b"nowhere to be found", b"e", b"ee"]
    chooser = random.Random(7)
    rows, start, stop = store.payload_spans()
    for place in chooser.choices(range(len(rows)), k=40):
        data = store.data[start[place] : stop[place]].tobytes()
        begin = chooser.randrange(len(data) + 1)
        parts.append(data[begin : begin + chooser.randrange(1, 90)] or b"x")

    for part in parts:
        expected = spans.payloads(store).find("contains", part).tolist()
        assert spans.containing(store, part).tolist() == expected, part


def test_a_frequent_part_is_searched_in_the_payloads(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "_SMALL", 0)
    monkeypatch.setattr(spans, "_MOST_HITS", 3)
    monkeypatch.setattr(spans, "is_kept", lambda *_: False)

    expected = spans.payloads(store).find("contains", b"e").tolist()
    assert spans.containing(store, b"e").tolist() == expected != []
