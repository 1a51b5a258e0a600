"""A few pictures of the whole screen; they change only when somebody means them to.

pytest tests/tui/test_pictures.py --snapshot-update
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from hopscope_tui.app import HopscopeApp
from tui.driver import Driver
from tui.openings import demo

Compare = Callable[..., bool]


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param((110, 30), "", id="containers"),
        pytest.param((80, 24), "", id="containers-small"),
        pytest.param((130, 34), "7 : 3 4 3 enter d", id="socket"),
        pytest.param((110, 30), "7 : 3 4 3 enter p", id="candidates"),
        pytest.param((100, 40), "?", id="help"),
        pytest.param((90, 24), "7 slash f d . t y p e = i p v", id="filter-line"),
        pytest.param((80, 24), "7 I home pagedown space pagedown pagedown", id="timeline"),
        pytest.param((120, 36), "7 : 2 4 8 enter Q", id="trail"),
        pytest.param((110, 30), "V", id="findings"),
    ],
)
def test_the_screen_looks_as_it_did(size: tuple[int, int], keys: str, snap_compare: Compare) -> None:
    app = HopscopeApp(demo().start())

    async def press(pilot: Pilot[None]) -> None:
        screen = Driver(app, pilot)
        await screen.settle()
        await screen.press(*keys.split())

    assert snap_compare(app, terminal_size=size, run_before=press)
