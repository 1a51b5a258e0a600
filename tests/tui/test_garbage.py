"""Garbage is searched for between the keys, all of it only where nobody has pressed one for long."""

from __future__ import annotations

import gc

import pytest

from hopscope_tui.garbage import Pauses
from tui.driver import running
from tui.openings import demo


class Searches:
    """Python's search for garbage and a clock, both played."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.enabled, self.counts = 100.0, True, (5_000, 0, 0)
        self.made: list[int] = []
        monkeypatch.setattr("hopscope_tui.garbage.time.monotonic", lambda: self.now)
        monkeypatch.setattr("hopscope_tui.garbage.gc.isenabled", lambda: self.enabled)
        monkeypatch.setattr("hopscope_tui.garbage.gc.get_count", lambda: self.counts)
        monkeypatch.setattr(
            "hopscope_tui.garbage.gc.collect", lambda generation=2: self.made.append(generation)
        )
        self.pauses = Pauses()

    def after(self, seconds: float, *, key: bool = False) -> list[int]:
        """What is searched when so much time has passed, with a key just before."""
        self.now += seconds
        if key:
            self.pauses.touch()
        self.made.clear()
        self.pauses.use()
        return list(self.made)


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Searches:
    return Searches(monkeypatch)


def test_what_is_new_in_a_short_pause_and_all_in_a_long_one(searches: Searches) -> None:
    assert searches.after(0.2) == []
    assert searches.after(0.2) == [1]
    assert searches.after(3.0) == [2]


def test_what_is_new_now_and_then_while_keys_come(searches: Searches) -> None:
    assert searches.after(1.0, key=True) == []
    assert searches.after(1.1, key=True) == [1]
    assert searches.after(1.0, key=True) == []


def test_nothing_where_it_is_not_worth_it(searches: Searches) -> None:
    searches.counts = (10, 0, 0)
    assert searches.after(10.0) == []
    searches.counts = (10, 0, 1)
    assert searches.after(1.0) == [2]


def test_nothing_while_a_capture_is_read(searches: Searches) -> None:
    searches.enabled = False
    assert searches.after(10.0) == []


async def test_the_program_uses_its_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []
    monkeypatch.setattr(Pauses, "use", lambda self: used.append(1))
    monkeypatch.setattr("hopscope_tui.key_order.PAUSE", 0.01)
    async with running(demo()) as screen:
        before = screen.app.pauses._touched
        await screen.press("2")
        assert screen.app.pauses._touched > before
        assert gc.get_threshold()[0] > 2_000
        await screen.pilot.pause(0.05)
    assert used
