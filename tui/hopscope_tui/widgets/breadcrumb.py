"""Where one is: the steps from the whole capture down to what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from hopscope_tui.widgets.line import Line, Part


class Breadcrumb(Line):
    """Steps that can be clicked to come back up, and the place in the list at the right."""

    def show_way(self, steps: Sequence[str], position: str) -> None:
        """Show the steps and, at the right, a position such as ``12/340``."""
        parts = [Part(" ")]
        for i, step in enumerate(("all", *steps)):
            if i:
                parts.append(Part(" > ", "$tone-quiet"))
            last = i == len(steps)
            style = ("bold $tone-name" if i else "") if last else "$tone-quiet"
            parts.append(Part(step, style, "" if last else f"screen.climb({i})"))
        self.show(parts, [Part(f" {position} ", "$tone-quiet")])
