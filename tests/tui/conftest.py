"""Settings for tests of the screen."""

from __future__ import annotations

import gc
import os

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when Textual is imported

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hopscope.kept import remember
from tui.pressed import note, pressed, relied_on


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A test that stands for some keys in the list of ``pressed.py`` must have pressed them."""
    test = f"{pyfuncitem.path.name}::{pyfuncitem.name}"
    with pressed() as seen:
        result = yield
    note(test, seen)
    missing = relied_on(test) - seen
    assert not missing, f"{test} no longer presses {sorted(missing)}; see tests/tui/pressed.py"
    return result


@pytest.fixture(autouse=True)
def _own_things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's own bookmarks and filters out of it; they are no newcomer."""
    for kind in ("DATA", "STATE", "CONFIG"):
        monkeypatch.setenv(f"HOPSCOPE_{kind}_DIR", str(tmp_path / kind.lower()))
    remember(lambda kept: replace(kept, taught=True))


@pytest.fixture(autouse=True)
def _own_searches_for_garbage() -> Iterator[None]:
    """A program that ended leaves its garbage to this process, which lives on."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times of day are those of the local zone; tests need one."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
