"""Build the store of a capture that is there as a whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from hopscope.capture.growing import StillSource, open_growing
from hopscope.capture.source import Source
from hopscope.progress import ReadingProgress
from hopscope.store.builder import StoreBuilder
from hopscope.store.growing_columns import NoRoomError
from hopscope.store.store import Store

Report = Callable[[str, float], None]
"""``(what, part)``: what is being done, in words, and how much of the whole is done, 0 to 1."""

Reading = Callable[[ReadingProgress], None]

_PATIENCE = 0.2
"""Seconds to wait for more of a capture that is being unpacked or piped in."""


def open_store(path: str | Path, report: Report | None = None, reading: Reading | None = None) -> Store:
    """Open a capture and index it.

    Args:
        path: a file, or ``-`` for standard input.
        report: called from time to time with what is being done and how much is done.
        reading: called from time to time with how far reading is, in numbers.

    Raises:
        CaptureError: when it is no capture, in one sentence.
    """
    if report:
        report("reading", 0.0)
    try:
        return _built(StoreBuilder(open_growing(path)), report, reading)
    except NoRoomError:
        if not os.path.isfile(path):  # what is not a file can be read once only
            raise
        return _built(StoreBuilder(open_growing(path), on_disk=False), report, reading)


def build_store(source: Source, report: Report | None = None) -> Store:
    """Index the unpacked bytes of a capture; arguments as in :func:`open_store`."""
    try:
        return _built(StoreBuilder(StillSource(source), source.joins), report)
    except NoRoomError:
        return _built(StoreBuilder(StillSource(source), source.joins, on_disk=False), report)


def _built(builder: StoreBuilder, report: Report | None, reading: Reading | None = None) -> Store:
    begun = time.monotonic()
    try:
        while builder.advance(_PATIENCE) or not builder.done:
            if reading:
                seconds = time.monotonic() - begun
                reading(ReadingProgress(builder.read, builder.total, builder.events, seconds))
            elif report:
                report("indexing", builder.read / builder.total if builder.total else 0.0)
        return builder.store()
    finally:
        builder.close()
