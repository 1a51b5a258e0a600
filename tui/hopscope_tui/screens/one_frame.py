"""A screen that needs one frame for what Textual draws in three."""

from __future__ import annotations

from textual.geometry import Size
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widget import Widget


class OneFrame(Screen[None]):
    """Draws scrollbars together with what they belong to.

    Textual (8.2) draws at the end of a layout. The scrollbars, to which the layout gave other sizes and other
    things to show, ask to be laid out and drawn after that: two more frames, a sixtieth of a second apart, at
    every change of view. Where they lie is known by then, and nothing else depends on it.
    """

    _is_laying_out = False

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._is_laying_out = True
        try:
            super()._refresh_layout(size, scroll)
        finally:
            self._is_laying_out = False

    def _compositor_refresh(self) -> None:
        if self._is_laying_out and self is self.app.screen:
            self._compositor.update_widgets(self._take_waiting_scrollbars())
        super()._compositor_refresh()

    def _take_waiting_scrollbars(self) -> set[Widget]:
        """The scrollbars that ask for a frame; they do not any more."""
        waiting: set[Widget] = set()
        for widget in self._compositor.visible_widgets:
            if isinstance(widget, ScrollBar):
                widget._layout_required = False
                if widget._repaint_required:
                    widget._repaint_required = False
                    waiting.add(widget)
        return waiting
