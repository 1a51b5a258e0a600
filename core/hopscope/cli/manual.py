"""The manual page, made from the tables behind ``--help`` and the keys, in the macros of man(7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import hopscope
from hopscope.cli.command import Argument, Command
from hopscope.cli.commands import COMMANDS, OPEN
from hopscope.cli.main import BAD_INPUT, INTERRUPTED, OUTPUT_FAILED, PIPE_CLOSED


class Entry(NamedTuple):
    """What stands in front of a paragraph, and the paragraph."""

    name: str
    text: str


ENVIRONMENT: Final = (
    Entry("HOPSCOPE_CACHE_DIR", "folder of the indexes, instead of hopscope in XDG_CACHE_HOME"),
    Entry("HOPSCOPE_CACHE_LIMIT", "how much room the indexes may take together, for instance 4G"),
    Entry("HOPSCOPE_CONFIG_DIR", "folder of the settings, instead of hopscope in XDG_CONFIG_HOME"),
    Entry("HOPSCOPE_DATA_DIR", "folder of the bookmarks, instead of hopscope in XDG_DATA_HOME"),
    Entry(
        "HOPSCOPE_STATE_DIR", "folder of what may be lost without harm, instead of hopscope in XDG_STATE_HOME"
    ),
    Entry("NO_COLOR", "set to anything: no colours in what is printed"),
    Entry("TZ", "the zone of local times"),
)
"""Variables that the program reads."""

FILES: Final = (
    Entry("~/.config/hopscope/config.toml", "keys and colours of your own"),
    Entry(
        "~/.config/hopscope/views/", "views of your own, one a file; or all of them in views.toml beside it"
    ),
    Entry("~/.config/hopscope/filters.json", "filters that were saved under a name"),
    Entry("~/.local/state/hopscope/", "filters typed before, and how the screen was left"),
    Entry(
        "~/.local/share/hopscope/bookmarks/",
        "bookmarks, a file for each capture; nothing is written into captures",
    ),
    Entry("~/.cache/hopscope/", "indexes of captures; they can be removed at any time"),
)
"""Where things lie on Linux where no variable says otherwise."""

STATUSES: Final = (
    Entry("0", "all went well"),
    Entry(str(OUTPUT_FAILED), "the output cannot be written"),
    Entry(
        str(BAD_INPUT), "the command line or the input is at fault; one sentence on standard error says how"
    ),
    Entry(str(INTERRUPTED), "interrupted with Ctrl-C"),
    Entry(str(PIPE_CLOSED), "whoever read the output has gone"),
)
"""What the program ends with."""


def manual_page(keys: Iterable[tuple[str, Iterable[Entry]]]) -> str:
    """The page for section 1.

    Args:
        keys: groups of keys: heading, and for each row its keys and what they do.
    """
    version = hopscope.__version__
    lines = [
        ".\\\" Made by `make docs` from the program's tables; change those.",
        f'.TH HOPSCOPE 1 "" "hopscope {version}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        "hopscope \\- explore system\\-call captures and follow requests from process to process",
        ".SH SYNOPSIS",
        *(line for command in _ALL for line in (f".B {_escaped(command.synopsis)}", ".br")),
        ".SH DESCRIPTION",
        *_paragraphs(_DESCRIPTION),
        ".SH COMMANDS",
        *(line for command in _ALL for line in _command(command)),
        ".SH KEYS",
        *(line for heading, rows in keys for line in (f".SS {_escaped(heading)}", *_list(rows))),
    ]
    for heading, entries in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES), ("EXIT STATUS", STATUSES)):
        lines += [f".SH {heading}", *_list(entries)]
    return "\n".join([*lines, ".SH SEE ALSO", *_paragraphs(_SEE_ALSO)]) + "\n"


_ALL: Final = (OPEN, *COMMANDS.values())

_DESCRIPTION = """\
hopscope reads the captures that sysdig and Falco record (.scap), plain or packed, and follows a request
through all the processes it passed. `hopscope CAPTURE` opens the full screen; whatever it shows, a command
prints.

`CAPTURE` may be `-` for standard input, several files, or a directory of captures. `FILTER` is written in
sysdig's language; `hopscope fields` lists what it can ask for. Nothing is ever written into a capture."""

_SEE_ALSO = """\
`sysdig`(8), `csysdig`(8)

The guide, what differs from sysdig, and how to extend the program are in the folder docs/ of the source."""


def _command(command: Command) -> Iterator[str]:
    yield f".SS {_escaped(command.synopsis)}"
    yield from _paragraphs(command.description)
    yield from _list(Entry(_spelt(argument), argument.help) for argument in command.arguments)
    yield ".PP"
    yield "Examples:"
    yield from _list(Entry(one.line, one.meaning) for one in command.examples)


def _spelt(argument: Argument) -> str:
    value = argument.settings.get("metavar")
    if not argument.is_option:
        return str(value or argument.flags[0])
    return ", ".join(f"{flag} {value}" if value else flag for flag in argument.flags)


def _list(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield ".TP"
        yield f".B {_escaped(entry.name)}"
        yield _marked(entry.text.replace("\n", " "))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        if lines[0].startswith("  "):  # a list: a name, blanks, what it is
            yield from _list(Entry(*line.split(maxsplit=1)) for line in lines)
        else:
            yield ".PP"
            yield from map(_marked, lines)


def _marked(text: str) -> str:
    """A line of text, with what stands between backticks in bold."""
    parts = [_escaped(part) for part in text.split("`")]
    bold = "".join(rf"\fB{part}\fR" if i % 2 else part for i, part in enumerate(parts))
    return _at_start(bold)


def _at_start(line: str) -> str:
    """A control character at the beginning would make a request of the line."""
    return rf"\&{line}" if line.startswith((".", "'")) else line


_SPECIAL = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}


def _escaped(text: str) -> str:
    """Text that troff takes as it is written, in lines of text and as an argument of a macro."""
    escaped = "".join(_SPECIAL.get(one, one) for one in re.sub(r"\s+", " ", text))
    return _at_start(escaped)
