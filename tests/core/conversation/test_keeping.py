"""What is kept for a store: worked out once, and all who wait hear how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hopscope.conversation.keeping import kept_for_store
from hopscope.store.store import Store
from recording import Recording


@dataclass
class Made:
    store: Store


def _store() -> Store:
    recording = Recording()
    recording.event("procexit", ">", 100, status=0)
    return recording.store()


def test_who_waits_for_the_work_of_another_thread_hears_how_far_it_is() -> None:
    begun, go_on = threading.Event(), threading.Event()
    built: list[Store] = []

    @kept_for_store
    def make(store: Store, report: Callable[[float], None] | None = None) -> Made:
        built.append(store)
        begun.set()
        assert go_on.wait(10)
        assert report is not None
        report(0.5)
        return Made(store)

    store = _store()
    first: list[float] = []
    second: list[float] = []

    def stop(share: float) -> None:
        second.append(share)
        raise ValueError("not wanted any more")

    working = threading.Thread(target=lambda: make(store, first.append))
    working.start()
    assert begun.wait(10)
    waiting = threading.Thread(target=lambda: make(store, stop))
    waiting.start()
    while len(make.heard) < 2:  # type: ignore[attr-defined]
        threading.Event().wait(0.001)
    go_on.set()
    working.join(10)
    waiting.join(10)

    assert (first, second, len(built)) == ([0.5], [0.5], 1)


def test_work_that_is_given_up_is_done_again_for_the_next() -> None:
    @kept_for_store
    def make(store: Store, report: Callable[[float], None] | None = None) -> Made:
        if report is not None:
            report(0.1)
        return Made(store)

    def stop(_: float) -> None:
        raise ValueError("enough")

    store = _store()
    with pytest.raises(ValueError, match="enough"):
        make(store, stop)

    assert make(store).store is store
    assert make(store) is make(store, stop)
