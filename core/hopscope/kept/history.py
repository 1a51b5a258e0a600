"""Filters that were typed before, in whichever program and capture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hopscope.kept.file import KeptFile
from hopscope.kept.folders import state_dir

MOST_LINES = 1000
MOST_BYTES = 256 * 1024
"""Of all lines together, in UTF-8."""
LONGEST_LINE = 16 * 1024
"""Bytes of a line; a longer one is not kept."""


Lines = tuple[str, ...]


class FilterHistory:
    """The lines, the last one typed at the end, each once.

    Every change reads the file again under a lock and replaces it, so programs that run at the same
    time keep each other's lines.

    Attributes:
        lines: as they were when last read or changed.
        notices: sentences for the person, for instance that a damaged file was put aside.
    """

    def __init__(self) -> None:
        self._file = KeptFile(
            state_dir() / "filter-history.json", "the filters typed before", 1, _parse, Lines
        )
        self.lines: Lines = ()
        self.notices: tuple[str, ...] = ()

    @classmethod
    def load(cls) -> FilterHistory:
        """The history as it lies on the disk. Makes no file. Raises KeptError where it cannot be read."""
        history = cls()
        history._take(*history._file.read())
        return history

    def add(self, line: str) -> None:
        """Put a line at the end; where it was typed before, it moves there. Raises KeptError."""
        line = line.strip()
        if not line or _size(line) > LONGEST_LINE:
            return
        self._change(lambda lines: (*(one for one in lines if one != line), line))

    def remove(self, line: str) -> None:
        """Forget a line. Raises KeptError."""
        self._change(lambda lines: tuple(one for one in lines if one != line))

    def _change(self, change: Callable[[Lines], Lines]) -> None:
        with self._file.locked():
            found, notice = self._file.read_locked()
            changed = _newest(change(found))
            self._file.write({"filters": list(changed)})
        self._take(changed, notice)

    def _take(self, lines: Lines, notice: str) -> None:
        self.lines = lines
        if notice:
            self.notices = (*self.notices, notice)


def _parse(stored: Mapping[str, Any]) -> Lines:
    lines = stored.get("filters")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError("it holds no list of filters")
    return tuple(lines)


def _newest(lines: Lines) -> Lines:
    """The last lines, as many as may be kept."""
    lines, room = lines[-MOST_LINES:], MOST_BYTES
    for i in range(len(lines) - 1, -1, -1):
        room -= _size(lines[i])
        if room < 0:
            return lines[i + 1 :]
    return lines


def _size(line: str) -> int:
    return len(line.encode("utf-8", "replace"))
