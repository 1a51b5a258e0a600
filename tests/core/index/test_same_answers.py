"""A store that comes from an index answers everything as one that was read from the capture."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import small_capture, write_capture
from core.index.sameness import answers, assert_same
from hopscope import index
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.demo import demo_path
from hopscope.store import store
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED, needs_shared
from strategies import EventSample, events

CAPTURES = (
    "cat_write", "empty", "kubernetes-dns", "lab-calls-2024", "lab-calls-2026", "lab-http-2024",
    "run_as_user_0_container", "single_ipv6_conn",
)  # fmt: skip


def kept(path: Path) -> Store:
    """The store as it comes back from the index."""
    fresh = index.open_indexed(path, smallest=0)
    assert fresh.source.known_key == ""
    found = index.find(path)
    assert found is not None
    assert found.source.known_key == fresh.source.content_key()
    return found


def test_the_demo_answers_the_same() -> None:
    fresh, found = open_store(demo_path()), kept(demo_path())

    assert_same(fresh, found)
    assert answers(fresh) == answers(found)


def test_what_sockets_heard_is_kept_and_not_followed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lives, states = open_store(demo_path()).heard_states
    found = kept(demo_path())
    monkeypatch.setattr(store, "heard_states", lambda again: pytest.fail(f"{again} followed again"))

    assert states
    assert found.heard.life.tolist() == lives.tolist()
    assert found.heard_states[1] == states


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", CAPTURES)
def test_real_captures_answer_the_same(name: str) -> None:
    path = SHARED / f"{name}.scap"
    fresh, found = open_store(path), kept(path)

    assert_same(fresh, found)
    assert answers(fresh) == answers(found)


def test_a_packed_capture_is_not_unpacked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "packed.scap"
    path.write_bytes(gzip.compress(small_capture()))
    fresh = kept(path)
    monkeypatch.setattr("hopscope.capture.growing.Unpacker", None)

    again = index.open_indexed(path)

    assert_same(fresh, again)
    assert (again.source.packed, again.source.packed_size) == (True, path.stat().st_size)


def test_what_was_wrong_with_a_capture_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "cut.scap"
    path.write_bytes(gzip.compress(small_capture())[:-9])
    fresh, found = open_store(path), kept(path)

    assert fresh.loss.damage
    assert_same(fresh, found)


def test_what_was_unpacked_in_part_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "packed.scap"
    path.write_bytes(gzip.compress(small_capture() * 20))
    size = len(small_capture()) * 20
    said: list[str] = []

    monkeypatch.setattr("hopscope.capture.limits._chosen", size // 2)
    part = index.open_indexed(path, smallest=0, note=said.append)
    assert part.source.size == size // 2
    assert said == [f"no index of {path} is kept: it was not unpacked to its end"]

    monkeypatch.setattr("hopscope.capture.limits._chosen", "none")
    assert kept(path).source.size == size

    monkeypatch.setattr("hopscope.capture.limits._chosen", size // 2)
    assert_same(part, index.open_indexed(path, smallest=0))


def test_a_capture_without_events(tmp_path: Path) -> None:
    path = tmp_path / "none.scap"
    path.write_bytes(write_capture(lambda writer: None))

    assert_same(open_store(path), kept(path))


_numbers = itertools.count()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(newest=st.booleans(), samples=st.data(), pack=st.booleans())
def test_any_capture_answers_the_same(
    tmp_path: Path, newest: bool, samples: st.DataObject, pack: bool
) -> None:
    drawn: list[EventSample] = samples.draw(st.lists(events(newest), max_size=12))

    def fill(writer: CaptureWriter) -> None:
        for one in drawn:
            writer.event(
                one.kind.name,
                one.kind.direction,
                ts=one.ts,
                tid=one.tid,
                cpu=one.cpu,
                code=one.kind.code,
                **one.keywords(),  # type: ignore[arg-type]
            )

    path = tmp_path / f"{next(_numbers)}.scap"
    path.write_bytes(write_capture(fill, pack=pack, layout="newest" if newest else "sysdig"))

    assert_same(open_store(path), kept(path))
