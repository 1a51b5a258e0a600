"""Odd values of every parameter type, printed as sysdig prints them."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC
from pathlib import Path

import pytest

from hopscope.decode.render import render_line
from hopscope.store.build import open_store
from paths import needs_sysdig

from .made_events import PLAIN, made_capture

ROUNDS = 12


@needs_sysdig
@pytest.mark.reference
@pytest.mark.parametrize("seed", [1, 2])
def test_every_event_type_with_odd_values(seed: int, tmp_path: Path) -> None:
    capture = tmp_path / "made.scap"
    capture.write_bytes(made_capture(seed, ROUNDS))
    run = subprocess.run(
        ["sysdig", "-r", capture], env=os.environ | {"TZ": "UTC"}, capture_output=True, check=True, timeout=60
    )
    printed = run.stdout.decode("utf-8", "surrogateescape").split("\n")[:-1]

    store = open_store(capture)
    ours = [render_line(store, row, UTC) for row in range(len(store)) if not store.hidden[row]]

    assert len(printed) > 0.8 * ROUNDS * len(PLAIN)
    assert ours == printed
