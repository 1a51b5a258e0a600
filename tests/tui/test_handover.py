"""A store on its way between two processes: the same on both sides, and each text there once."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from core.store.likeness import assert_alike
from hopscope.capture.growing import open_growing
from hopscope.channel import Channel
from hopscope.demo import demo_path
from hopscope.store import stretches
from hopscope.store.build import open_store
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Store
from hopscope_tui.handover import NewColumns, Receiver, Sender, Snapshot, Values
from hopscope_tui.opening import State

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs files in memory")


def sent(builder: StoreBuilder) -> Iterator[Store | int]:
    """The stores that a builder has after each stretch, as they arrive; before each the values that came."""
    here, there = map(Channel, socket.socketpair())
    with closing(here), closing(there), closing(Receiver(here)) as receiver:
        sender = Sender(there, builder, builder.source.files())
        while not builder.done:
            builder.advance(0.2)
            state = State.WHOLE if builder.done else State.READING
            send = threading.Thread(
                target=lambda: sender.send(builder.store(), state, complete=True)  # noqa: B023
            )
            send.start()
            came, store = 0, None
            while store is None:
                news = here.receive()
                assert isinstance(news, Values | NewColumns | Snapshot)
                came += len(news.values) if isinstance(news, Values) else 0
                store = receiver.take(news)
            send.join()
            yield came
            yield store


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[Store | int]:
    monkeypatch.setattr(stretches, "STRETCH", 60_000)
    builder = StoreBuilder(open_growing(demo_path()), shared=True)
    try:
        return list(sent(builder))
    finally:
        builder.close()


def test_parts_and_the_whole_arrive_as_they_were(arrived: list[Store | int]) -> None:
    stores = [one for one in arrived if isinstance(one, Store)]
    whole = open_store(demo_path())

    assert len(stores) > 4
    assert_alike(whole, stores[-1])
    part = stores[3]
    count = len(part)
    assert 0 < count < len(whole)
    assert np.array_equal(part.time, whole.time[:count])
    assert np.array_equal(part.code, whole.code[:count])
    assert not part.time.flags.writeable


def test_each_text_goes_over_once_and_is_there_once(arrived: list[Store | int]) -> None:
    store = arrived[-1]
    assert isinstance(store, Store)
    tables = (store.threads, store.descriptors)
    lists = [
        values for table in tables for values in map(table.__getattribute__, table.__slots__)
        if isinstance(values, list)
    ]  # fmt: skip

    assert sum(one for one in arrived if isinstance(one, int)) == sum(len(set(one)) for one in lists)
    for values in lists:
        assert len({id(value) for value in values}) == len(set(values))
    assert sum(map(len, lists)) > 3 * sum(len(set(one)) for one in lists)
