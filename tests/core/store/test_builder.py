"""A store that is built stretch by stretch says the same as one that is built at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import builders
from core.store.likeness import assert_alike
from hopscope.capture.growing import StillSource
from hopscope.capture.source import Source, open_source
from hopscope.demo import demo_path
from hopscope.store import stretches
from hopscope.store.build import build_store
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Store
from paths import SHARED, needs_shared


def built(source: Source, stretch: int, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store, with stretches of so many bytes."""
    with monkeypatch.context() as patch:
        patch.setattr(stretches, "STRETCH", stretch)
        return build_store(source)


@pytest.mark.parametrize("stretch", [64, 1000, 50_000])
def test_any_stretches_make_the_same_store(stretch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = open_source(demo_path())
    if stretch < 100:  # as many stretches as blocks
        demo = Source("demo", demo.data[:150_000])
    for source in (
        demo,
        Source("small", np.frombuffer(builders.small_capture(), np.uint8)),
    ):
        assert_alike(build_store(source), built(source, stretch, monkeypatch))


@needs_shared
@pytest.mark.parametrize(
    "name", ["kubernetes-dns", "lab-calls-2024", "lab-http-2024", "cat_write", "run_as_user_0_container"]
)
def test_any_stretches_make_the_same_store_of_a_real_capture(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_source(SHARED / f"{name}.scap")

    assert_alike(build_store(source), built(source, 60_000, monkeypatch))


class PieceSource(StillSource):
    """A capture that comes in pieces of some sizes."""

    def __init__(self, source: Source, sizes: list[int]) -> None:
        super().__init__(source)
        self.whole, self.size, self._sizes = source.size, 0, sizes
        self.ended = False

    def grow(self, seconds: float = 0.0) -> bool:
        step = self._sizes.pop(0) if self._sizes else self.whole
        self.size = min(self.size + step, self.whole)
        self.ended = self.size == self.whole
        return True

    def source(self) -> Source:
        return Source(self.name, self.view(self.size))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 400_000), max_size=12))
def test_what_comes_in_pieces_makes_the_same_store(sizes: list[int]) -> None:
    source = open_source(demo_path())
    builder = StoreBuilder(PieceSource(source, sizes))
    while not builder.done:
        builder.advance()

    assert_alike(build_store(source), builder.store())


def test_a_store_of_a_part_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(demo_path())
    whole = build_store(source)
    monkeypatch.setattr(stretches, "STRETCH", 20_000)
    builder = StoreBuilder(StillSource(source))
    parts = []
    while builder.advance():
        part = builder.store()
        assert not (part.twin >= len(part)).any()
        parts.append((part, len(part), part.thread.copy(), part.twin.copy(), part.threads.stop.copy()))

    assert len(parts) > 5
    for part, count, thread, twin, stop in parts:
        assert len(part) == count == len(part.time)
        np.testing.assert_array_equal(part.number, whole.number[:count])
        np.testing.assert_array_equal(part.thread, thread)
        np.testing.assert_array_equal(part.twin, twin)
        np.testing.assert_array_equal(part.threads.stop, stop)
        names = [part.threads.comm[row] if row >= 0 else "" for row in part.thread.tolist()]
        assert names == [whole.threads.comm[row] if row >= 0 else "" for row in whole.thread[:count].tolist()]


def test_a_capture_without_events_has_its_lists(tmp_path: Path) -> None:
    content = builders.small_capture()
    first = build_store(Source("whole", np.frombuffer(content, np.uint8)))
    end = int(first.columns.params_at[0]) - int(first.columns.lengths_size[0]) - 40
    store = build_store(Source("lists", np.frombuffer(content[:end], np.uint8)))

    assert len(store) == 0
    assert len(store.threads) > 0


def test_a_whole_store_is_no_copy_of_what_the_builder_has_but_a_part_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretches, "STRETCH", 50_000)
    builder = StoreBuilder(StillSource(open_source(demo_path())))
    while not builder.events:
        builder.advance()
    part = builder.store()
    first = part.threads.first.copy()
    while not builder.done:
        builder.advance()
    store, again = builder.store(), builder.store()

    assert len(part.threads) < len(store.threads)
    assert np.array_equal(part.threads.first, first)
    for name in ("tid", "first", "stop", "life"):
        assert np.shares_memory(getattr(store.threads, name), getattr(again.threads, name)), name
        assert not np.shares_memory(getattr(store.threads, name), getattr(part.threads, name)), name
    for name in ("fd", "first", "stop", "ino"):
        assert np.shares_memory(getattr(store.descriptors, name), getattr(again.descriptors, name)), name
    for texts in (store.descriptors.name, store.descriptors.server, store.threads.comm, store.threads.args):
        assert len({id(text) for text in texts}) == len(set(texts)) < len(texts)
