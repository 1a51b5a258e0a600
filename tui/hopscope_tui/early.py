"""Reading a small capture while the modules that index it are still being loaded."""

from __future__ import annotations

import os
import threading

from hopscope.capture.source import Source, open_source

SMALL = 64 << 20
"""Bytes up to which a file is read early; for larger ones the loading does not matter."""


class EarlySource:
    """One file being read and unpacked in a thread, which mostly leaves the interpreter to others."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._source: Source | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="read-capture")
        self._thread.start()

    def _read(self) -> None:
        try:
            self._source = open_source(self._path)
        except BaseException as error:  # raised again by who asks for the source
            self._error = error

    def get(self) -> Source:
        """The source when it is there; raises what reading it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._source is not None
        return self._source


def read_early(path: str) -> EarlySource | None:
    """Begin to read a file if it is small; None where that is not worth it."""
    try:
        small = os.path.isfile(path) and os.path.getsize(path) < SMALL
    except OSError:
        small = False
    return EarlySource(path) if small else None
