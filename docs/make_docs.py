"""Write the pages of this folder that are made from the program's own tables.

``make docs`` runs it; a test fails where a page is not what it would write.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from pathlib import Path

from hopscope.cli import COMMANDS, OPEN, Command
from hopscope.cli.chisel_table import ChiselArgument, chisels
from hopscope.cli.manual import Entry, manual_page
from hopscope.fields import FIELDS
from hopscope.findings.reference import findings_page
from hopscope.redaction.rules import rules
from hopscope.spans.reference import trails_page
from hopscope.views.reference import csysdig_page, views_page
from hopscope.waits.reference import waiting_page
from hopscope_tui.keymap import GROUPS, KEYS, key_names

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
    yield f"## `{command.synopsis}`"
    yield from map(_paragraph, command.description.split("\n\n"))
    rows = []
    for argument in command.arguments:
        value = argument.settings.get("metavar") if argument.is_option else None
        spelt = ", ".join(f"`{flag} {value}`" if value else f"`{flag}`" for flag in argument.flags)
        name = spelt if argument.is_option else f"`{argument.settings.get('metavar', argument.flags[0])}`"
        rows.append((name, argument.help))
    if rows:
        yield _table(("argument", "what it does"), rows)
    yield "\n".join(["```sh", *(f"{one.line}  # {one.meaning}" for one in command.examples), "```"])


def _paragraph(text: str) -> str:
    """A paragraph of a description; lines that are set in are a list of names and what they are."""
    if not text.startswith("  "):
        return text.replace("\n", " ")
    rows = (line.split(maxsplit=1) for line in text.splitlines())
    return "\n".join(f"- `{name}`: {meaning}" for name, meaning in rows)


def fields_page() -> str:
    """Every field of the filter language."""
    rows = [(f"`{one.name}`", one.type.value, one.help) for one in FIELDS.values()]
    table = _table(("field", "type", "meaning"), rows)
    return "\n\n".join(["# Fields of the filter language", NOTE, table, ADDING_A_FIELD]) + "\n"


ADDING_A_FIELD = """\
## How to add a field

A field is a row in the `FIELDS` of a module of `core/hopscope/fields/`; a new module is named in
`registry.py` there. This one is complete:

```python
\"""What kind of file it is.\"""

from __future__ import annotations

from pathlib import PurePosixPath

from hopscope.fields import descriptors
from hopscope.fields.column import Column, combined
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.store.store import Store


def _of(kind: str, name: str) -> str | None:
    return PurePosixPath(name).suffix or None if kind == "file" else None


def _ending(store: Store, argument: Argument) -> Column:
    endings = combined(descriptors.kinds(store), descriptors.names(store), _of)
    return Column(endings, descriptors.index(store))


FIELDS = (Field("fd.ending", FieldType.TEXT, Domain.DESCRIPTOR, "ending of a file's name: .log", _ending),)
```

- The column has one entry a row of a small table and an index from events to entries: a condition is decided
  once for each descriptor, not for each event. `Domain` says which table that is; `ARGUMENTS` is for what has
  to be read from the events themselves (`Lazy`), and is decided last. No value is None, code -1, or no entry.
- `hopscope.fields.memo.once` keeps what is worth keeping for a store. Loops go over tables, not over events.
- Filters, formats, completion, views, `hopscope fields` and this page (`make docs`) have it from the row
  alone. What stands behind a cell of a view, for "only this value", is in `FIELDS_OF` of
  `core/hopscope/views/conditions.py`.
- Where the reference has the field, a line of `tests/filter_corpus/by_hand.txt` compares the two event by
  event."""


def chisels_page() -> str:
    """What answers each chisel, and what its arguments become."""
    rows = []
    for one in chisels().values():
        answer = f"`{one.line}`" if one.answer else f"none: {one.reason}"
        rows.append((f"`{one.name}`", one.does, answer, "; ".join(map(_argument, one.arguments))))
    table = _table(("chisel", "what one asks it", "answer", "arguments"), rows)
    return "\n\n".join([CHISELS.format(note=NOTE), table]) + "\n"


def _argument(one: ChiselArgument) -> str:
    """What a value of an argument adds to the command."""
    parts = [f"{value} adds `{words}`" for value, words in one.values.items() if words]
    if one.words:
        parts.append(f"adds `{one.words}`")
    if one.filter:
        parts.append(f"adds the condition `{one.filter}`")
    if one.condition:
        parts.append("is the filter")
    if one.kept:
        parts.append("goes to `hopscope around`")
    return f"`{one.name}` {', '.join(parts) if parts else 'changes nothing'}"


CHISELS = """\
# Chisels

{note}

What sysdig's chisels (0.29.3) answer, commands answer here, with any filter behind them and with `--json`.
`hopscope chisels` prints this table; `hopscope chisel NAME CAPTURE [ARGUMENTS] [FILTER]` takes what stands
behind `sysdig -c` and runs the answer. `VALUE` stands for what is given. A test compares rows, numbers and
order with the reference; [chisel-deviations.md](chisel-deviations.md) lists what differs and why."""


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
        rows = [
            (" ".join(map(_key, key.keys)), key.help, f"`{key.id}`") for key in KEYS if key.group == group
        ]
        parts += [f"## {group}", _table(("keys", "what they do", "name"), rows)]
    return "\n\n".join([*parts, _OWN_KEYS]) + "\n"


_OWN_KEYS = """## Keys of your own

`config.toml` in the folder of settings (`~/.config/hopscope` on Linux, or what `HOPSCOPE_CONFIG_DIR` names)
gives actions other keys, by the names in the tables above, and chooses the colours:

```toml
theme = "hopscope-light"     # or hopscope-dark, hopscope-contrast, any that Ctrl-P lists

[keys]
"main.peer" = ["p", "ctrl+n"]
"main.mark" = "f4"
```

Keys are called as Textual calls them: `f5`, `ctrl+n`, `slash`, `K`. A key that is given to one action is
taken from the others of its place; help, key bar and palette show what is. What cannot be used is said when
the program starts, and everything else holds. Colours that are chosen on the screen are remembered and come
before those of the file."""


def _key(name: str) -> str:
    *modifiers, last = name.split("+")
    last = _KEY_NAMES.get(last, last)
    shown = last.capitalize() if len(last) > 1 or modifiers else last
    return f"<kbd>{html.escape('+'.join([*(one.capitalize() for one in modifiers), shown]))}</kbd>"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def redaction_page() -> str:
    """What `--redact` masks, from the table of rules, and what it cannot know."""
    rows = [(_code(one.example), _code(one.masked), one.meaning) for one in rules()]
    return (
        "\n\n".join([REDACTION.format(note=NOTE), _table(("text", "as it is shown", "what is masked"), rows)])
        + "\n"
    )


def _code(text: str) -> str:
    shown = text.replace("\r", "\\r").replace("\n", "\\n")
    return f"``{shown}``" if "`" in shown else f"`{shown}`"


REDACTION = """\
# Redaction

{note}

Captures hold secrets: what programs were called with, their environment, what they sent. `--redact` masks
what looks like a credential in whatever is shown, printed or exported: every command that opens a capture
has it, `hopscope --redact CAPTURE` has it on the screen, where <kbd>R</kbd> switches it and the title
says `redacted`.

- A credential in a text becomes `********`, whatever its length. Recorded bytes keep their number, one
  asterisk for each, so that sizes, offsets and hexadecimal dumps stay true.
- Filters, hops, searches for chains and the index work on the true values; only what is shown is masked.
  A search on the screen looks at what is shown. A filter line shows what was typed, so completions that
  would put a credential into it are not offered. What you type yourself, filters and notes, stays as
  typed where it is typed or changed.
- Arguments and environments are masked by their own borders where those are known: in events, views and
  details all of `DB_PASSWORD=two words` is masked. In `%proc.cmdline` and `%proc.args` of a format the
  borders are lost and a value ends at the first blank.
- `events -w` copies blocks of the capture as they are and refuses `--redact`.

What it cannot know:

- What is split across events. Each event is masked alone: a header or key whose name was read by one call
  and whose value by the next is shown. Of a private key in several pieces, the first piece is masked from
  its beginning on and the last up to its end, pieces between them are not. Messages (`hopscope messages`)
  and files (`hopscope file`) are put together first and masked then.
- Credentials without a name or a form of their own: a password typed at a prompt, one written as a word
  among others, a key in a binary protocol, cookies in compressed headers.
- Anything encoded or packed: base64 of a request, gzip bodies as they were sent.
- What names mean in your own programs. Nothing replaces a look before a capture is given to others.

Time grows with the length of the text and no faster, whatever stands in it. The rules are rows of
`core/hopscope/redaction/rules.tsv`, each with an example that a test masks; one more is one more row."""


def manual() -> str:
    """The page for ``man``."""
    groups = [(group, [key for key in KEYS if key.group == group]) for group in GROUPS]
    return manual_page(
        (group, [Entry(key_names(key.keys), key.help) for key in keys]) for group, keys in groups
    )


PAGES: dict[str, Callable[[], str]] = {
    "chisels.md": chisels_page,
    "commands.md": commands_page,
    "csysdig.md": csysdig_page,
    "fields.md": fields_page,
    "findings.md": lambda: findings_page(NOTE),
    "waiting.md": lambda: waiting_page(NOTE),
    "hopscope.1": manual,
    "keys.md": keys_page,
    "redaction.md": redaction_page,
    "trails.md": lambda: trails_page(NOTE),
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
