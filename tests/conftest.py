"""Settings for all tests."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

from hopscope.redaction import set_redacting

# shared build machines stall at random; time is measured where time is what a test is about
settings.register_profile("hopscope", deadline=None)
settings.load_profile("hopscope")

# A shell starts what it runs in the background deaf to Ctrl-C; programs that tests start must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the person's own indexes out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("HOPSCOPE_CACHE_LIMIT", raising=False)
        yield


@pytest.fixture(autouse=True)
def _nothing_masked() -> Iterator[None]:
    """Masking is one switch for the whole process; a test that turns it on must not leave it to others."""
    yield
    set_redacting(False)


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are printed in the local zone; tests that read them need one."""
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()
