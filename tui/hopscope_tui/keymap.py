"""Every key of the program, as one table; its rows lie in ``keys.tsv`` beside this file.

Bindings, the help screen, the key bar, the command palette and the documentation are made from
it. The first key of a row is the one that is shown where there is room for one only. Where
csysdig has a key for the same thing it is here too, beside a letter for terminals that keep the
function keys to themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One action and the keys that do it.

    Attributes:
        id: stable name, ``scope.what``; a person's own keymap refers to it.
        keys: as Textual names them.
        action: as Textual calls it; a method ``action_...`` of the scope's widget.
        group: heading in the help screen.
        help: what it does, a phrase without a full stop.
        label: in the key bar; empty where it is not shown there.
        command: name in the command palette; empty where it makes no sense there.
    """

    id: str
    keys: tuple[str, ...]
    action: str
    group: str
    help: str
    label: str = ""
    command: str = ""

    @property
    def scope(self) -> str:
        """Where the key is heard: ``table``, ``main``, ``panel`` …"""
        return self.id.partition(".")[0]


def _load() -> tuple[Key, ...]:
    text = resources.files(__package__).joinpath("keys.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Key(name, tuple(keys.split()), action, group, help_text, label, command)
        for name, keys, action, group, label, command, help_text in rows
    )


KEYS: Final = _load()
"""All keys, in the order of the key bar and of the help screen."""

GROUPS: Final = (
    "Views",
    "Filters",
    "Hops",
    "Bookmarks",
    "Looking closer",
    "Taking away",
    "Moving about",
    "Program",
)
"""Headings of the help screen, in its order."""

BY_ID: Final = {key.id: key for key in KEYS}


def of_scope(*scopes: str) -> tuple[Key, ...]:
    """The keys that are heard in these places."""
    return tuple(key for key in KEYS if key.scope in scopes)


def bindings(*scopes: str) -> list[Binding]:
    """Textual's bindings of these places."""
    from textual.binding import Binding  # noqa: PLC0415  the table itself needs no screen

    return [
        Binding(",".join(key.keys), key.action, key.label or key.help, show=bool(key.label), id=key.id)
        for key in of_scope(*scopes)
    ]


_NAMES: Final = {
    "slash": "/",
    "backslash": "\\",
    "question_mark": "?",
    "colon": ":",
    "apostrophe": "'",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "equals_sign": "=",
    "plus": "+",
    "minus": "-",
    "full_stop": ".",
    "comma": ",",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "Esc",
    "backspace": "Bksp",
}


def key_name(key: str) -> str:
    """A key as a person calls it: ``Ctrl-F``, ``F2``, ``Enter``, ``/``."""
    *modifiers, last = key.split("+")
    if last in _NAMES:
        name = _NAMES[last]
    elif len(last) == 1:
        name = last.upper() if modifiers else last
    else:
        name = last.capitalize()
    return "-".join([modifier.capitalize() for modifier in modifiers] + [name])


def key_names(keys: Iterable[str]) -> str:
    """Several keys, as the help screen lists them."""
    return "  ".join(key_name(key) for key in keys)
