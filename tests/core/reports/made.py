"""Captures of a few calls, written and opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from builders import MACHINE, process, write_capture
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.store.build import open_store
from hopscope.store.store import Store

SECOND = 1_000_000_000
MS = 1_000_000
START = 1_700_000_000 * SECOND

Fill = Callable[[CaptureWriter], object]


def opened(folder: Path, fill: Fill) -> Store:
    """The store of the capture that a function writes."""
    path = folder / "made.scap"
    path.write_bytes(write_capture(fill))
    return open_store(path)


def begun(writer: CaptureWriter) -> None:
    """The lists that every capture here begins with: one shell, 100."""
    writer.machine(MACHINE)
    writer.process(process(1, "init", ptid=0))
    writer.process(process(100, "sh"))


def call(
    writer: CaptureWriter, name: str, at: int, took: int, enter: dict[str, Any], /, **leave: Any
) -> None:
    """A call of thread 100 that begins so many ns after the start."""
    writer.event(name, ">", ts=START + at, tid=100, **enter)
    writer.event(name, "<", ts=START + at + took, tid=100, **leave)
