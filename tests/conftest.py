"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

# shared build machines stall at random; time is measured where time is what a test is about
settings.register_profile("hopscope", deadline=None)
settings.load_profile("hopscope")
