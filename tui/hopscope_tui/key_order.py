"""Keys in the order in which they are pressed: the next one when the one before has done what it does."""

from __future__ import annotations

from collections import deque
from typing import Protocol, runtime_checkable

from textual import events, on
from textual.app import App
from textual.message import Message

from hopscope_tui.garbage import PAUSE, Pauses

_ANSWERED = frozenset({"enter", "escape", "tab", "shift+tab"})
"""Keys for which a widget may say something that others act on."""
_PATIENCE = 0.25
"""Seconds after which the next key is taken in any case, as the widget that had the one before is gone."""


_GLANCE = 0.02
"""Seconds between two looks at whether a screen takes keys again."""


@runtime_checkable
class KeepsKeys(Protocol):
    """A screen in which something is about to be there that the next keys are meant for."""

    @property
    def keeps_keys(self) -> bool:
        """True until it is there."""


class KeyPassed(Message, bubble=True):
    """Follows a key from the widget that has the focus up to the app.

    Attributes:
        key: the number of the key.
        again: True where what the key made a widget say takes the same way behind it.
    """

    def __init__(self, key: int, again: bool = False) -> None:
        super().__init__()
        self.key = key
        self.again = again


class KeyOrder(App[None]):
    """An app in which keys act one after the other, however fast they come.

    Textual (8.2) hands each key to the widget with the focus at once. A key that no widget takes comes back
    up to the app, which then asks the topmost screen of that moment: of keys that come together, pasted or
    over a slow line, the second would act on a panel that the first has opened and that has no widgets yet,
    or be lost. Here a message follows each key on its way, and the next key waits for it. Escape does not
    wait for what is about to be there: it takes the place of the keys that do.
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: deque[events.Key] = deque()
        self._key = 0
        self._is_passing = False
        self._is_looking = False
        self.pauses = Pauses()

    def on_mount(self) -> None:
        """Use the pauses between keys."""
        self.set_interval(PAUSE, self.pauses.use)

    @property
    def is_taking_keys(self) -> bool:
        """True while a key has not done what it does."""
        return self._is_passing or bool(self._keys)

    async def on_event(self, event: events.Event) -> None:
        """Take a key when it is its turn, anything else at once."""
        if isinstance(event, events.InputEvent):
            self.pauses.touch()
        if isinstance(event, events.Key) and not event.is_forwarded:
            if event.key == "escape" and self._keeps_keys:
                self._keys.clear()
            self._keys.append(event)
            if not self._is_passing:
                await self._take_keys()
            else:
                self._come_back(self._key)
        else:
            await super().on_event(event)

    @property
    def _keeps_keys(self) -> bool:
        return isinstance(self.screen, KeepsKeys) and self.screen.keeps_keys

    async def _take_keys(self) -> None:
        self._is_passing = False
        while self._keys and not self._is_passing:
            if self._keeps_keys and self._keys[0].key != "escape":
                self._look_soon()
                return
            event = self._keys.popleft()
            target = self.focused or self.screen
            await super().on_event(event)
            self._key += 1
            self._is_passing = target.post_message(KeyPassed(self._key, event.key in _ANSWERED))
        if self._keys:
            self._come_back(self._key)

    def _look_soon(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self.set_timer(_GLANCE, self._look_again)

    async def _look_again(self) -> None:
        self._is_looking = False
        if not self._is_passing:
            await self._take_keys()

    def _come_back(self, key: int) -> None:
        """Take the next key after a while even if nothing is heard of this one any more."""

        async def give_up() -> None:
            if self._is_passing and self._key == key:
                await self._take_keys()

        self.set_timer(_PATIENCE, give_up)

    @on(KeyPassed)
    async def _go_on(self, event: KeyPassed) -> None:
        """Take the next key once the screen that is topmost by now has its widgets."""
        event.stop()
        if event.key != self._key:
            return
        target = self.focused or self.screen
        is_done = self.screen.is_mounted and not event.again
        if is_done or not target.post_message(KeyPassed(event.key)):
            await self._take_keys()
