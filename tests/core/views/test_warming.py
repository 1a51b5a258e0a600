"""What is worked out beforehand is what the views would work out, and no more is begun once cancelled."""

from __future__ import annotations

from hopscope.store.store import Store
from hopscope.views import VIEWS, evaluate
from hopscope.views.warming import warm
from recording import Recording


def made() -> Store:
    recording = Recording()
    for number in range(5):
        recording.call("openat", 200, {"name": f"/srv/{number}", "flags": 1}, fd=3, name=f"/srv/{number}")
        recording.call("read", 200, {"fd": 3, "size": 10}, res=10, data=b"x" * 10)
        recording.call("close", 200, {"fd": 3}, res=0)
    return recording.store()


def test_views_show_the_same() -> None:
    cold, warmed = made(), made()
    warm(warmed, lambda: False)
    for name in VIEWS:
        assert evaluate(warmed, name).as_json() == evaluate(cold, name).as_json()


def test_it_stops_where_it_is_told_to() -> None:
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 2

    warm(made(), cancelled)
    assert len(asked) == 3
