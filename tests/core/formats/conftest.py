"""Times of the reference are local; tests need one zone."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _in_utc(in_utc: None) -> None:
    """For every test here."""
