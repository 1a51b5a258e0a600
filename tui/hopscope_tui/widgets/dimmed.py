"""What shines through a panel."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.css.styles import RulesMap
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Dimmed(Visual):
    """The lines of another screen in colours that are mixed with the background of the panel over it.

    Textual (8.2) mixes them for each piece of text anew, and cuts one long text into lines again; to draw a
    panel takes half as long again then.

    Args:
        behind: what Textual would draw.
    """

    def __init__(self, behind: BackgroundScreen) -> None:
        self._behind = behind

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """All lines."""
        own, color = style.rich_style, self._behind.color
        return [
            Strip(
                [Segment(part.text, _mixed(own, part.style, color)) for part in strip if not part.control],
                strip.cell_length,
            )
            for strip in self._behind.screen._compositor.render_strips()[:height]
        ]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """All there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """As many lines as the screen behind has."""
        return self._behind.screen.size.height


@lru_cache(1024)
def _mixed(own: RichStyle, style: RichStyle | None, color: Color) -> RichStyle:
    (mixed,) = BackgroundScreen.process_segments([Segment(" ", style)], color)
    assert mixed.style is not None
    return own + mixed.style
