"""Which captures and folders begin with what was typed so far of a path."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from hopscope.cli.captures import begins_like_capture
from hopscope.text import visible

MOST_LOOKED_AT = 2_000
"""Files of a folder that are looked into; more of them are found by typing more of their names."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A capture or a folder.

    Attributes:
        path: as it is opened; that of a folder ends with a slash.
        size: bytes of a file, None of a folder.
    """

    path: str
    size: int | None = None

    @property
    def is_folder(self) -> bool:
        """True for a folder, which is gone into."""
        return self.size is None

    @property
    def name(self) -> str:
        """Its name without folders before it, without control characters."""
        return visible(os.path.basename(self.path.rstrip(os.sep)) + (os.sep if self.is_folder else ""))


def restarted(typed: str) -> str:
    """What counts of a path: the part from the last ``//`` or ``/~`` on, so that nobody needs to delete."""
    at = max(typed.rfind("//"), typed.rfind("/~"))
    return typed[at + 1 :] if at >= 0 else typed


def offers(typed: str, is_outdated: Callable[[], bool]) -> list[Offer]:
    """The captures, then the folders whose path begins with what was typed; the very name comes first.

    Hidden ones are found by whoever types the dot. What cannot be looked into offers nothing.

    Args:
        typed: a path, from the current folder on; ``~`` is a person's own.
        is_outdated: asked now and then; True ends it with nothing.
    """
    folder, begun = os.path.split(restarted(typed))
    try:
        names = sorted(os.listdir(os.path.expanduser(folder) or os.curdir), key=str.casefold)
    except (OSError, ValueError):
        return []
    found: list[Offer] = []
    looked_at = 0
    for name in names:
        if is_outdated():
            return []
        if not name.casefold().startswith(begun.casefold()) or name.startswith(".") > begun.startswith("."):
            continue
        looked_at += 1
        if looked_at > MOST_LOOKED_AT:
            break
        found += _offer(os.path.join(folder, name))
    return sorted(found, key=lambda one: (os.path.basename(one.path.rstrip(os.sep)) != begun, one.is_folder))


def _offer(path: str) -> list[Offer]:
    real = os.path.expanduser(path)
    if os.path.isdir(real):
        return [Offer(path + os.sep)]
    if not begins_like_capture(real):
        return []
    try:
        return [Offer(path, os.path.getsize(real))]
    except OSError:
        return []
