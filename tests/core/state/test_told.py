"""Parameters of many events, some at a time."""

from __future__ import annotations

import numpy as np
import pytest

from hopscope.decode.event_table import EVENTS
from hopscope.demo import demo_path
from hopscope.state import told
from hopscope.state.told import take, take_far
from hopscope.store.build import open_store


@pytest.mark.parametrize("at_once", [1, 1 << 9])
def test_parameters_taken_some_at_a_time_are_the_same(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "_AT_ONCE", at_once)
    columns = open_store(demo_path()).columns
    seen = 0
    for code in columns.codes:
        rows = np.append(columns.rows_of_code(code)[:50], -1)
        for param in EVENTS[code].params:
            found = take_far(columns, code, param.name, rows)
            assert found == take(columns, code, param.name, rows)
            seen += found[0] is not None

    assert seen > 50
