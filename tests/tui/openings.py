"""Captures for the screen to open."""

from __future__ import annotations

from types import SimpleNamespace

from hopscope.capture.damage import Damage
from hopscope.store.store import Store
from hopscope_tui.opening import Opening, Request
from small_store import SmallStore


class SmallOpening(Opening):
    """A capture of a few events that is made up in memory."""

    def __init__(self, view: str = "", filter_text: str = "", damage: list[Damage] | None = None) -> None:
        super().__init__(Request("small.scap", filter_text, view))
        self._damage = damage or []

    def _index(self) -> Store:
        store = SmallStore()
        store.source = SimpleNamespace(  # type: ignore[attr-defined]
            name="small.scap", damage=self._damage, content_key=lambda: "0" * 64
        )
        return store
