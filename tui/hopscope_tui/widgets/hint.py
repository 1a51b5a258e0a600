"""The line for newcomers."""

from __future__ import annotations

from hopscope_tui.keymap import key_name, key_of
from hopscope_tui.widgets.line import Line, Part

_TAUGHT = (
    ("main.drill", "goes into a row"),
    ("main.up", "comes back"),
    ("main.peer", "hops to the other end"),
    ("main.effect", "to what it caused"),
    ("main.help", "all keys"),
)
"""The five keys that matter."""


class Hint(Line):
    """The five keys that matter, until a person puts the line away."""

    def teach(self) -> None:
        """Write the keys as they are now."""
        parts = [Part(" New here? ", "bold")]
        for name, words in _TAUGHT:
            key = key_of(name)
            if key.keys:
                parts += [
                    Part(f" {key_name(key.keys[0])} ", "bold $footer-key-foreground"),
                    Part(f"{words} "),
                ]
        away = key_of("main.hide_hint")
        name = key_name(away.keys[0]) if away.keys else "click"
        self.show(parts, [Part(f" {name} hides this ", "$tone-quiet", "screen.hide_hint")])
