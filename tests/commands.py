"""Types of the fixture that runs commands in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hopscope.cli import Screen


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str


class Hopscope(Protocol):
    """Runs ``hopscope`` with some words."""

    def __call__(self, *words: str, screen: Screen | None = None) -> Done: ...
