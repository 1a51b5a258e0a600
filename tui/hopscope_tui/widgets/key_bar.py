"""The keys at the foot of the screen."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events

from hopscope_tui.keymap import Key, key_name, of_scope
from hopscope_tui.widgets.line import Line, Part

_KEY_STYLE = "bold $footer-key-foreground"


class KeyBar(Line):
    """As many keys of the main screen as there is room for; help and quit always.

    Something that was done is said in their place until the next key.
    """

    _message: tuple[str, str] = ("", "")

    def say(self, text: str, style: str = "") -> None:
        """Say something; an empty text shows the keys again."""
        self._message = (text, style)
        self._lay_out()

    def fall_silent(self) -> None:
        """Show the keys again."""
        if self._message[0]:
            self.say("")

    @property
    def message(self) -> str:
        """What is said, empty while the keys are shown."""
        return self._message[0]

    async def on_click(self, event: events.Click) -> None:
        """A click on a message shows the keys again and is none on what lay below it."""
        if self.message:
            self.fall_silent()
            event.stop()
            event.prevent_default()

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        text, style = self._message
        if text:
            self.show([Part(f" {text}", style)])
            return
        labelled = [key for key in of_scope("main") if key.label and key.keys]
        always = [key for key in labelled if key.group == "Program"]
        right = [part for key in always for part in _parts(key)]
        room = self.size.width - sum(cell_len(part.text) for part in right)
        left: list[Part] = []
        for key in labelled:
            if key in always:
                continue
            parts = _parts(key)
            room -= sum(cell_len(part.text) for part in parts)
            if room < 0:
                break
            left += parts
        self.show(left, right)


def _parts(key: Key) -> list[Part]:
    action = key.action if "." in key.action else f"screen.{key.action}"
    return [
        Part(f" {key_name(key.keys[0])} ", _KEY_STYLE, action),
        Part(f"{key.label} ", "$footer-description-foreground", action),
    ]
