"""The first line: what capture this is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from hopscope.redaction import is_redacting
from hopscope_tui.capture_title import CaptureTitle
from hopscope_tui.widgets.line import Line, Part


class TitleBar(Line):
    """Program, capture, size, duration, damage, bookmarks."""

    def show_loading(self, name: str, reading: Sequence[Part]) -> None:
        """Say how far reading has come."""
        self.show([*_program(name), *(reading or [Part("  reading …", "$tone-quiet")])], _masking())

    def show_capture(self, title: CaptureTitle, reading: Sequence[Part] = ()) -> None:
        """Say what the capture is, and how far reading it has come where it is not whole."""
        size = f"  {title.events:,} events · {duration_text(title.duration)}"
        left = [*_program(title.name), *reading, Part(size, "$tone-quiet")]
        if title.damage:
            left.append(Part(f"  ▲ {title.damage}", "bold $text-warning", "screen.about_capture"))
        right = _masking()
        if title.bookmarks:
            plural = "s" if title.bookmarks > 1 else ""
            right.append(Part(f" ◆ {title.bookmarks} bookmark{plural} ", "$tone-mark", "screen.bookmarks"))
        self.show(left, right)


def _masking() -> list[Part]:
    """The mark that credentials are masked; a click shows them again."""
    return [Part(" ▒ redacted ", "bold $text-warning", "screen.redact")] if is_redacting() else []


def _program(name: str) -> list[Part]:
    return [Part(" hopscope ", "bold $primary"), Part(f" {name}", "bold")]


def duration_text(seconds: float) -> str:
    """Seconds as a person says them: ``812 ms``, ``13.2 s``, ``4 min 10 s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
