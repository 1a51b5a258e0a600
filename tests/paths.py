"""Where tests find what lies outside the project, and marks for tests that need it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "captures"
"""Real captures beside the project; absent on most machines."""

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real captures are not in {SHARED}")
"""Skips where the real captures are absent."""

needs_sysdig = pytest.mark.skipif(
    shutil.which("sysdig") is None, reason="sysdig, the reference, is not installed"
)
"""Skips where the reference program is absent."""
