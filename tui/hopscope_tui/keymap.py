"""Every key of the program, as one table; its rows lie in ``keys.tsv`` beside this file.

Bindings, the help screen, the key bar, the command palette and the documentation are made from
it. The first key of a row is the one that is shown where there is room for one only. Where
csysdig has a key for the same thing it is here too, beside a letter for terminals that keep the
function keys to themselves.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Final

from hopscope.text import visible

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
"""All keys as they come, in the order of the key bar and of the help screen."""

GROUPS: Final = (
    "Views",
    "Filters",
    "Hops",
    "Bookmarks",
    "Looking closer",
    "Trails",
    "Spectrogram",
    "Taking away",
    "Moving about",
    "Program",
)
"""Headings of the help screen, in its order."""

_changed: dict[str, Key] = {}
"""By name the keys that a person changed."""


def use_keys(chosen: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Let a person's keys take the place of those in the table.

    A key that a person gives to one action is taken from the others of its place.

    Args:
        chosen: keys by name of the action.

    Returns:
        Sentences about names that there are not.
    """
    _changed.clear()
    by_id = {key.id: key for key in KEYS}
    problems = []
    for name in chosen:
        if name not in by_id:
            near = difflib.get_close_matches(name, by_id, 1)
            problems.append(f"no action is called {visible(name)}" + (f"; {near[0]} is" if near else ""))
    known = {name: keys for name, keys in chosen.items() if name in by_id}
    taken = {(by_id[name].scope, key) for name, keys in known.items() for key in keys}
    for key in KEYS:
        left = tuple(one for one in key.keys if (key.scope, one) not in taken)
        keys = known.get(key.id, left)
        if keys != key.keys:
            _changed[key.id] = replace(key, keys=keys)
    return problems


def all_keys() -> tuple[Key, ...]:
    """All keys as they are now: those of the table with a person's own."""
    return tuple(_changed.get(key.id, key) for key in KEYS)


def changed_keys() -> dict[str, str]:
    """For Textual: the keys of each action that a person changed."""
    return {name: ",".join(key.keys) for name, key in _changed.items()}


def key_of(name: str) -> Key:
    """The key with this name as it is now."""
    return next(key for key in all_keys() if key.id == name)


def of_scope(*scopes: str) -> tuple[Key, ...]:
    """The keys that are heard in these places."""
    return tuple(key for key in all_keys() if key.scope in scopes)


def bindings(*scopes: str) -> list[Binding]:
    """Textual's bindings of these places, before a person's own keys take their place."""
    from textual.binding import Binding  # noqa: PLC0415  the table itself needs no screen

    return [
        Binding(",".join(key.keys), key.action, key.label or key.help, show=bool(key.label), id=key.id)
        for key in KEYS
        if key.scope in scopes
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
    "vertical_line": "|",
    "tilde": "~",
    "plus": "+",
    "minus": "-",
    "full_stop": ".",
    "semicolon": ";",
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
