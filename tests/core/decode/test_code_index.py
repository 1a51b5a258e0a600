"""Events sorted by code."""

from __future__ import annotations

import numpy as np
import pytest

from hopscope.decode import columns
from hopscope.decode.columns import CodeIndex


@pytest.mark.parametrize("piece", [1, 7, 64, 1000, 1 << 20])
def test_rows_of_each_code_are_ascending_however_many_are_sorted_at_once(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_PIECE", piece)
    code = np.random.default_rng(5).integers(0, 9, 500).astype(np.uint16) * 31
    index = CodeIndex(code, first=1000)

    assert index.codes == sorted(set(code.tolist()))
    for one in range(300):
        assert index.rows(one).tolist() == (np.flatnonzero(code == one) + 1000).tolist()
