"""How far reading is, for the first line of the screen."""

from __future__ import annotations

from hopscope.progress import ReadingProgress, count_text, percent
from hopscope_tui.opening import State
from hopscope_tui.widgets.line import Part

_CELLS = 16
"""Cells of the bar."""

_HALF, _FULL, _LEFT = "╸", "━", "─"
_QUIET = "$tone-quiet"


def reading_parts(progress: ReadingProgress, state: State, *, at_end: bool = False) -> list[Part]:
    """What is said about a capture that is not whole; nothing for one that is.

    Args:
        progress: how far it is.
        state: what is going on.
        at_end: new events are followed.
    """
    if state is State.WHOLE:
        return []
    if state is State.STOPPED:
        return [
            Part(f"  {_first(progress)}", "bold $text-warning"),
            Part("  r reads on", _QUIET, "screen.go_on"),
        ]
    if state is State.BROKEN:
        return [Part(f"  {_first(progress)}, the reading broke off", "bold $text-error")]
    if state is State.WAITING:
        mark = "● live, at the end" if at_end else "● live"
        return [Part(f"  {mark}", "bold $text-success", "screen.follow_end")]
    return [*_bar(progress.share), Part(f"  {' · '.join(progress.words())}", _QUIET)]


def _bar(share: float | None) -> list[Part]:
    if share is None:
        return [Part("  reading", _QUIET)]
    halves = int(share * 2 * _CELLS)
    done = _FULL * (halves // 2) + _HALF * (halves % 2)
    return [
        Part("  "), Part(done, "$primary"), Part(_LEFT * (_CELLS - len(done)), "$panel-lighten-2"),
        Part(f" {percent(share)}", "bold"),
    ]  # fmt: skip


def _first(progress: ReadingProgress) -> str:
    events = f"{count_text(progress.events)} events"
    return f"first {percent(progress.share)} · {events}" if progress.share is not None else f"first {events}"
