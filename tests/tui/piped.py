"""Captures that come through a pipe, piece by piece."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.driver import Driver

PATIENCE = 20.0

pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


class Pipe:
    """A named pipe with a writer of its own."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._pieces: list[bytes | None] = []
        self._came = threading.Condition()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def send(self, piece: bytes | None) -> None:
        """Write a piece; None closes the pipe."""
        with self._came:
            self._pieces.append(piece)
            self._came.notify()

    def _write(self) -> None:
        try:
            with self.path.open("wb", buffering=0) as stream:
                while True:
                    with self._came:
                        self._came.wait_for(lambda: bool(self._pieces))
                        piece = self._pieces.pop(0)
                    if piece is None:
                        return
                    rest = memoryview(piece)
                    while rest:
                        rest = rest[stream.write(rest) :]
        except BrokenPipeError:
            pass


async def until(screen: Driver, true: Callable[[], bool]) -> None:
    """Wait for something on the screen."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        await screen.pilot.pause(0.02)
        assert time.monotonic() < deadline, screen.screen_text
    await screen.settle()
