"""Reading a capture for a screen: what is told, and in which order."""

from __future__ import annotations

import pytest

from hopscope.capture.growing import open_growing
from hopscope.demo import demo_path
from hopscope.progress import ReadingProgress
from hopscope.store import stretches
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Store
from hopscope_tui.opening import FirstView, Order, Request, State
from hopscope_tui.reading import Reader


class Heard:
    """A listener that writes down what it is told: the number of events of each."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int]] = []

    def progress(self, progress: ReadingProgress, state: State) -> None:
        """Not of interest here."""

    def first(self, view: FirstView) -> None:
        self.said.append(("first", view.title.events))
        assert view.count == len(view.rows) > 0

    def store(self, builder: StoreBuilder, store: Store, state: State) -> None:
        self.said.append(("store", len(store)))

    def state(self, state: State) -> None:
        """Not of interest here."""

    def order(self, *, wait: bool) -> Order | None:
        return None


def heard(filter_text: str = "") -> list[tuple[str, int]]:
    listener = Heard()
    request = Request(str(demo_path()), filter_text)
    Reader(request, open_growing(request.path), listener, shared=False).run()
    return listener.said


def test_first_rows_are_told_when_a_short_first_stretch_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "FIRST_STRETCH", 60_000)
    monkeypatch.setattr("hopscope_tui.reading._SOON", 1000.0)
    said = heard()

    assert [what for what, _ in said] == ["first", "first", "store"]
    assert 0 < said[0][1] < said[1][1] == 4355
    assert said[2] == ("store", 4411)


def test_rows_that_are_not_there_yet_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "STRETCH", 60_000)
    monkeypatch.setattr("hopscope_tui.reading._SOON", 1000.0)
    said = heard("evt.num>3000")

    assert said[0] == ("first", said[0][1])
    assert 3000 < said[0][1] < said[-2][1]
