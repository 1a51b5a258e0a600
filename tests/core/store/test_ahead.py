"""The first half of indexing in a process of its own: the same store, and a clear word when it is lost."""

from __future__ import annotations

import gzip
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from core.store.likeness import assert_alike
from hopscope.capture.growing import open_growing
from hopscope.demo import demo_path
from hopscope.errors import CaptureError
from hopscope.store import ahead, builder, stretches
from hopscope.store.build import open_store
from hopscope.store.builder import StoreBuilder

pytestmark = pytest.mark.skipif(not ahead.can_work_ahead(), reason="needs Linux and two processors")


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for captures of any size, and several stretches even of a small one."""
    monkeypatch.setattr(builder, "WORTH", 0)
    monkeypatch.setattr(stretches, "STRETCH", 100_000)


def forked(one: StoreBuilder) -> ahead.Ahead:
    """The process that works ahead; fails where there is none."""
    assert isinstance(one._first_half, ahead.Ahead)
    return one._first_half


def all_of(one: StoreBuilder) -> None:
    while one.advance(0.2) or not one.done:
        pass


@pytest.mark.parametrize("packed", [False, True])
def test_it_makes_the_same_store(tmp_path: Path, always: None, packed: bool) -> None:
    content = demo_path().read_bytes()
    path = tmp_path / "a.scap"
    path.write_bytes(gzip.compress(content) if packed else content)
    one = StoreBuilder(open_growing(path))
    all_of(one)
    forked(one)
    store = one.store()
    one.close()

    assert_alike(open_store(demo_path()), store)
    assert store.source.packed == packed
    with pytest.raises(ChildProcessError):
        os.waitpid(forked(one)._pid, 0)


def test_damage_is_heard_of(tmp_path: Path, always: None) -> None:
    content = demo_path().read_bytes()
    path = tmp_path / "cut.scap"
    path.write_bytes(content[: len(content) * 2 // 3 + 3])
    one = StoreBuilder(open_growing(path))
    all_of(one)
    forked(one)

    assert one.store().loss.damage
    one.close()


def test_a_file_that_grows_is_read_on(tmp_path: Path, always: None) -> None:
    content = demo_path().read_bytes()
    path = tmp_path / "growing.scap"
    path.write_bytes(content[: len(content) // 2])
    one = StoreBuilder(open_growing(path, follow=True))
    while one.advance(0.5):
        pass
    forked(one)
    half = one.store()
    assert not one.done

    with path.open("ab") as file:
        file.write(content[len(content) // 2 :])
    whole = open_store(demo_path())
    deadline = time.monotonic() + 20
    while one.events < len(whole) and time.monotonic() < deadline:
        one.advance(0.2)
    assert_alike(whole, one.store())
    assert 0 < len(half) < len(whole)
    one.close()


def test_a_process_that_is_killed_is_said(always: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_fill", lambda *args: threading.Event().wait())
    one = StoreBuilder(open_growing(demo_path()))
    assert not one.advance(0)
    os.kill(forked(one)._pid, signal.SIGKILL)

    with pytest.raises(CaptureError, match="has ended, perhaps for want of memory"):
        one.advance(10)
    one.close()


def test_closing_ends_the_process(always: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_fill", lambda *args: threading.Event().wait())
    one = StoreBuilder(open_growing(demo_path()))
    one.advance(0)
    pid = forked(one)._pid
    one.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
