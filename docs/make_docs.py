"""Write the pages of this folder that are made from the program's own tables.

``make docs`` runs it; a test fails where a page is not what it would write.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from pathlib import Path

from hopscope.cli import COMMANDS, OPEN, Command
from hopscope.fields import FIELDS
from hopscope.views.reference import views_page
from hopscope_tui.keymap import GROUPS, KEYS

HERE = Path(__file__).parent
NOTE = "<!-- Made by `make docs` from the program's tables; change those. -->"


def commands_page() -> str:
    """Every command with its arguments and examples."""
    parts = [
        "# Commands",
        NOTE,
        "Whatever the screen shows a command prints, from the same function. `CAPTURE` may be `-` for"
        " standard input. Bad input is one sentence on standard error and exit status 2.",
    ]
    for command in (OPEN, *COMMANDS.values()):
        parts += _command(command)
    return "\n\n".join(parts) + "\n"


def _command(command: Command) -> Iterable[str]:
    positional = [argument for argument in command.arguments if not argument.is_option]
    words = []
    for argument in positional:
        name = str(argument.settings.get("metavar", argument.flags[0]))
        words.append(f"[{name}]" if argument.settings.get("nargs") in ("*", "?") else name)
    yield f"## `{' '.join(('hopscope', command.name, *words)).replace('  ', ' ')}`"
    yield command.description.replace("\n", " ")
    rows = []
    for argument in command.arguments:
        value = argument.settings.get("metavar") if argument.is_option else None
        spelt = ", ".join(f"`{flag} {value}`" if value else f"`{flag}`" for flag in argument.flags)
        name = spelt if argument.is_option else f"`{argument.settings.get('metavar', argument.flags[0])}`"
        rows.append((name, argument.help))
    if rows:
        yield _table(("argument", "what it does"), rows)
    yield "\n".join(["```sh", *(f"{one.line}  # {one.meaning}" for one in command.examples), "```"])


def fields_page() -> str:
    """Every field of the filter language."""
    rows = [(f"`{one.name}`", one.type.value, one.help) for one in FIELDS.values()]
    return (
        "\n\n".join(["# Fields of the filter language", NOTE, _table(("field", "type", "meaning"), rows)])
        + "\n"
    )


_KEY_NAMES = {
    "slash": "/", "backslash": "\\", "question_mark": "?", "colon": ":", "apostrophe": "'",
    "left_square_bracket": "[", "right_square_bracket": "]", "left_curly_bracket": "{",
    "right_curly_bracket": "}", "greater_than_sign": ">", "less_than_sign": "<", "full_stop": ".",
    "comma": ",", "pageup": "PgUp", "pagedown": "PgDn", "equals_sign": "=", "plus": "+", "minus": "-",
}  # fmt: skip


def keys_page() -> str:
    """Every key of the screen."""
    parts = ["# Keys", NOTE, "csysdig's keys work where it has them; letters stand beside the function keys."]
    for group in GROUPS:
        rows = [(" ".join(map(_key, key.keys)), key.help) for key in KEYS if key.group == group]
        parts += [f"## {group}", _table(("keys", "what they do"), rows)]
    return "\n\n".join(parts) + "\n"


def _key(name: str) -> str:
    *modifiers, last = name.split("+")
    last = _KEY_NAMES.get(last, last)
    shown = last.capitalize() if len(last) > 1 or modifiers else last
    return f"<kbd>{html.escape('+'.join([*(one.capitalize() for one in modifiers), shown]))}</kbd>"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "fields.md": fields_page,
    "keys.md": keys_page,
    "views.md": views_page,
}
"""The pages by file name."""


def main() -> None:
    """Write all pages."""
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
