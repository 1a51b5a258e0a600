"""What a command is: a row of data from which parsing, help and documentation are made."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NoReturn, Protocol

from hopscope.capture.limits import AUTOMATIC, parse_limit
from hopscope.cli.output import Output
from hopscope.errors import UsageError
from hopscope.redaction import set_redacting


class Screen(Protocol):
    """Opens the full screen."""

    def __call__(self, path: str, filter_text: str = "", view: str = "", *, follow: bool = False) -> int:
        """Explore a capture; return the exit status.

        Args:
            path: of the capture, ``-`` for standard input.
            filter_text: a filter to begin with, empty for none.
            view: name of the view to begin with, empty for the first one.
            follow: go on at the end of a file that is still being written.
        """


@dataclass(frozen=True, slots=True)
class Argument:
    """One positional argument or option.

    Attributes:
        flags: one name without dashes for a positional argument, else the option's spellings.
        help: what it does, in one sentence without a full stop.
        settings: further keywords of :meth:`argparse.ArgumentParser.add_argument`.
    """

    flags: tuple[str, ...]
    help: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_option(self) -> bool:
        """True for what begins with a dash."""
        return self.flags[0].startswith("-")


@dataclass(frozen=True, slots=True)
class Example:
    """A command line that works as it stands, and what it is good for."""

    line: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a command was asked: its arguments, where to print, and the screen if there is one.

    Attributes:
        arguments: the parsed arguments by name.
        output: standard output.
        screen: opens the full screen; None where only the core is installed.
    """

    arguments: argparse.Namespace
    output: Output
    screen: Screen | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the program.

    Attributes:
        name: the word after ``hopscope``; empty for the screen itself, which needs none.
        summary: one line for lists, without a full stop.
        description: a few sentences for ``--help``.
        arguments: in the order of the help; :data:`REDACT` is added where a capture is opened.
        examples: at least one.
        module: module of this package whose function ``run`` does it; imported when it is asked for.
    """

    name: str
    summary: str
    description: str
    arguments: tuple[Argument, ...]
    examples: tuple[Example, ...]
    module: str

    def __post_init__(self) -> None:
        if CAPTURE in self.arguments and REDACT not in self.arguments:
            object.__setattr__(self, "arguments", (*self.arguments, REDACT))

    def run(self, request: Request) -> int:
        """Do it; return the exit status."""
        set_redacting(getattr(request.arguments, "redact", False))
        run: Callable[[Request], int] = import_module(f"hopscope.cli.{self.module}").run
        return run(request)

    def has_option(self, flag: str) -> bool:
        """True for an option of this command as it is spelled on the command line."""
        return any(flag in one.flags for one in self.arguments if one.is_option)

    def parser(self) -> argparse.ArgumentParser:
        """The parser made from this row."""
        shown = "\n".join(f"  {one.line}\n      {one.meaning}" for one in self.examples)
        parser = _Parser(
            prog=f"hopscope {self.name}".rstrip(),
            description=self.description,
            epilog=f"examples:\n{shown}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        for argument in self.arguments:
            parser.add_argument(*argument.flags, help=argument.help, **argument.settings)
        return parser


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see: {self.prog} --help")


CAPTURE = Argument(
    ("capture",), "a sysdig capture, plain or gzip; - for standard input", {"metavar": "CAPTURE"}
)
UNPACK_LIMIT = Argument(
    ("--unpack-limit",),
    "unpack no more of a gzip capture than this, for instance 4G, or none; by default "
    "100 times its packed size or 1 GiB, whichever is more, within three quarters of the memory",
    {"metavar": "SIZE", "type": parse_limit, "default": AUTOMATIC},
)
NO_CACHE = Argument(
    ("--no-cache",),
    "neither use nor keep an index of the capture",
    {"dest": "cache", "action": "store_false"},
)
REDACT = Argument(
    ("--redact",),
    "mask values that look like credentials in what is shown and printed; filters see the true ones",
    {"action": "store_true"},
)
FOLLOW = Argument(
    ("--follow",),
    "go on at the end of a file that is still being written; a pipe is followed anyway",
    {"action": "store_true"},
)
FILTER = Argument(
    ("filter",),
    "a sysdig filter, for instance: proc.name=curl and fd.type=ipv4",
    {"metavar": "FILTER", "nargs": "*", "default": ()},
)
JSON = Argument(("--json",), "print JSON instead of text", {"action": "store_true"})
