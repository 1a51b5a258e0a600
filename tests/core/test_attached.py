"""What is worked out about a store goes with it."""

from __future__ import annotations

import gc
import weakref

from hopscope.attached import attached, detach
from hopscope.demo import demo_path
from hopscope.heap import give_back
from hopscope.store.build import open_store
from hopscope.views import evaluate
from hopscope.views.warming import warm


def test_a_store_is_gone_at_once_after_it_was_detached() -> None:
    gc.collect()
    gc.disable()
    try:
        store = open_store(demo_path())
        warm(store, lambda: False)
        gone = weakref.ref(store)
        detach(store)
        del store
        assert gone() is None
    finally:
        gc.enable()


def test_who_still_asks_works_it_out_again() -> None:
    store = open_store(demo_path())
    before = evaluate(store, "processes").as_json()
    detach(store)
    assert evaluate(store, "processes").as_json() == before
    attached(store, "once")["a"] = 1
    detach(store)
    assert not attached(store, "once")


def test_memory_can_be_given_back_at_any_time() -> None:
    give_back()
    give_back()
