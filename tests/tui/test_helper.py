"""What the process that reads holds while it keeps an index: the store, and nothing of how it was made."""

from __future__ import annotations

import gc
import socket
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hopscope.capture.growing import open_growing
from hopscope.channel import Channel
from hopscope.demo import demo_path
from hopscope.index import find
from hopscope.store.builder import StoreBuilder
from hopscope.store.growing_columns import GrowingColumns
from hopscope.store.store import Store
from hopscope_tui import helper, keeping
from hopscope_tui.opening import Request

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes hand over files on Linux only")


class Watched:
    """Remembers, without holding on to them, what is made while a capture is read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *kinds: type) -> None:
        self.made: list[weakref.ref[Any]] = []
        for kind in kinds:
            monkeypatch.setattr(kind, "__init__", self._remembering(kind.__init__))  # type: ignore[misc]

    def _remembering(self, init: Callable[..., None]) -> Callable[..., None]:
        def remember(this: object, *args: object, **kwargs: object) -> None:
            self.made.append(weakref.ref(this))
            init(this, *args, **kwargs)

        return remember

    def alive(self) -> list[object]:
        return [one for ref in self.made if (one := ref()) is not None]


def read(path: Path, answer: bytes) -> list[object]:
    """Read as the process does, in a thread; what it told. It is given the first view that it asks for."""
    here, there = map(Channel, socket.socketpair())
    told: list[object] = []

    def reading() -> None:
        helper._read(Request(str(path)), there)
        there.close()

    thread = threading.Thread(target=reading)
    thread.start()
    try:
        while True:
            told.append(here.receive())
            here.take_files()
            if isinstance(told[-1], helper.ViewWanted):
                here.send(answer)
    except EOFError:
        thread.join()
    here.close()
    return told


def test_only_the_whole_store_is_left_when_an_index_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(keeping, "_SMALL", 0)
    monkeypatch.setattr("hopscope.index.opening.WORTH_KEEPING", 0)
    monkeypatch.setattr("hopscope.store.stretches.STRETCH", 60_000)
    monkeypatch.setattr("hopscope_tui.reading._SOON", 0.0)
    monkeypatch.setattr("hopscope_tui.reading._NEARLY_WHOLE", 0.0)
    watched = Watched(monkeypatch, StoreBuilder, GrowingColumns, Store)
    left: list[object] = []
    keep = keeping.Keeping.keep

    def look(this: keeping.Keeping, store: Store, view: Callable[[], bytes]) -> str:
        left.extend(watched.alive())
        return keep(this, store, view)

    monkeypatch.setattr(keeping.Keeping, "keep", look)
    path = tmp_path / "a.scap"
    path.write_bytes(demo_path().read_bytes())
    told = read(path, b"a view")

    assert sum(isinstance(one, helper.ViewWanted) for one in told) == 1
    assert len(watched.made) > 4
    assert [type(one) for one in left] == [Store]
    left.clear()
    kept = find(path)
    assert kept is not None
    assert len(kept) == 4411


def test_columns_of_the_whole_are_those_that_were_read() -> None:
    builder = StoreBuilder(open_growing(demo_path()), shared=True)
    while not builder.done:
        builder.advance(0.2)
    store = builder.store()
    columns = [*vars(store).values(), *store.columns.sections().values()]
    copied = [
        one
        for one in columns
        if isinstance(one, np.ndarray) and len(one) == len(store) and builder.column_name(one) is None
    ]
    builder.close()
    gc.collect()

    assert len(columns) > 17
    assert not copied
