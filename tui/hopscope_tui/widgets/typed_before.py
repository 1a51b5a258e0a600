"""Going through the lines that were typed before, as a shell does."""

from __future__ import annotations


class TypedBefore:
    """Lines typed before and which of them is shown.

    Only those that begin with what the person typed are gone through; what was typed is not lost.

    Args:
        lines: the oldest first.
    """

    def __init__(self, lines: tuple[str, ...] = ()) -> None:
        self._lines = lines
        self._draft = ""
        self._at = len(lines)
        self._shown: str | None = None

    @property
    def is_shown(self) -> bool:
        """True while one of the lines stands in the place of what was typed."""
        return self._shown is not None

    def typed(self, text: str) -> None:
        """Say what stands in the input; anything but the line that is shown is newly typed."""
        if text != self._shown:
            self._draft, self._at, self._shown = text, len(self._lines), None

    def older(self) -> str | None:
        """The next line towards the oldest; None where there is no more."""
        return self._show(range(self._at - 1, -1, -1))

    def newer(self) -> str:
        """The next line towards the newest; behind it what was typed."""
        found = self._show(range(self._at + 1, len(self._lines)))
        if found is None:
            self._at, self._shown = len(self._lines), None
            return self._draft
        return found

    def _show(self, order: range) -> str | None:
        current = self._draft if self._shown is None else self._shown
        for at in order:
            line = self._lines[at]
            if line.startswith(self._draft) and line != current:
                self._at, self._shown = at, line
                return line
        return None
