"""A screen that needs one frame for what Textual draws in three."""

from __future__ import annotations

from typing import TypeVar

from textual.geometry import Size
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widget import Widget

Result = TypeVar("Result")


class OneFrame(Screen[Result]):
    """Draws with a layout all that the layout changed.

    Textual (8.2) draws at the end of a layout. Widgets to which the layout gave another size, and scrollbars
    that have other things to show, ask to be laid out and drawn after that: two more frames, a sixtieth of a
    second apart, at every change of view. Where they lie is known by then. Another layout is needed only
    where a scrollbar came or went, which takes room.
    """

    _room: dict[Widget, tuple[bool, bool]] | None = None
    """While a layout is made: the widgets that did not ask for it, and which scrollbars they have."""

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._room = {
            widget: widget.scrollbars_enabled
            for widget in self.walk_children(Widget)
            if not widget._layout_required
        }
        try:
            super()._refresh_layout(size, scroll)
        finally:
            self._room = None

    def _compositor_refresh(self) -> None:
        if self._room is not None and self is self.app.screen:
            self._compositor.update_widgets(self._take_waiting(self._room))
        super()._compositor_refresh()

    def _take_waiting(self, room: dict[Widget, tuple[bool, bool]]) -> set[Widget]:
        """The widgets that ask for a frame; they do not any more."""
        waiting = set()
        for widget in self._compositor.visible_widgets:
            if isinstance(widget, ScrollBar) or room.get(widget) == widget.scrollbars_enabled:
                widget._layout_required = False
            if widget._repaint_required:
                widget._repaint_required = False
                waiting.add(widget)
        return waiting
