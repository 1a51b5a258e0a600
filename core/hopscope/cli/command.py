"""What a command is: a row of data from which parsing, help and documentation are made."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from hopscope.capture.limits import AUTOMATIC
from hopscope.cli.captures import clock_offset
from hopscope.cli.interrupts import ended_by_interrupts
from hopscope.cli.numbers import unpack_limit
from hopscope.cli.output import Output
from hopscope.errors import UsageError
from hopscope.redaction import set_redacting

if TYPE_CHECKING:
    from hopscope.timeline import Clocks


class Screen(Protocol):
    """Opens the full screen."""

    def __call__(
        self,
        path: str,
        filter_text: str = "",
        view: str = "",
        *,
        follow: bool = False,
        more: Sequence[str] = (),
        clocks: Clocks | None = None,
        tabs: Sequence[str] = (),
    ) -> int:
        """Explore a capture; return the exit status.

        Args:
            path: of the capture, ``-`` for standard input.
            filter_text: a filter to begin with, empty for none.
            view: name of the view to begin with, empty for the first one.
            follow: go on at the end of a file that is still being written.
            more: captures that are opened together with it.
            clocks: what is known about the clocks of their hosts.
            tabs: captures that are opened beside it, each in a tab of its own.
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
        arguments: in the order of the help; :data:`REDACT`, and what several captures need, is added where a
            capture is opened.
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
        if CAPTURE not in self.arguments:
            return
        arguments = [*self.arguments]
        if not self.takes_filter:
            arguments[arguments.index(CAPTURE)] = CAPTURES
        else:
            at = arguments.index(FILTER) + 1
            arguments[at:at] = [FILTER_TEXT, CHAIN]
        arguments.extend(CLOCKS)
        if REDACT not in arguments:
            arguments.append(REDACT)
        object.__setattr__(self, "arguments", tuple(arguments))

    @property
    def takes_filter(self) -> bool:
        """Whether words of a filter may stand behind the captures."""
        return FILTER in self.arguments

    @property
    def synopsis(self) -> str:
        """How it is called, without its options: ``hopscope events CAPTURE [FILTER]``."""
        words = ["hopscope", *filter(None, [self.name])]
        for one in self.arguments:
            if not one.is_option:
                name = str(one.settings.get("metavar", one.flags[0]))
                words.append(f"[{name}]" if one.settings.get("nargs") in ("*", "?") else name)
        return " ".join(words)

    def run(self, request: Request) -> int:
        """Do it; return the exit status."""
        set_redacting(getattr(request.arguments, "redact", False))
        with ended_by_interrupts():
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
    ("capture",),
    "a sysdig capture, plain or gzip, or a directory of captures; - for standard input. Further captures "
    "behind it are opened together with it in one time line",
    {"metavar": "CAPTURE"},
)
CAPTURES = Argument(CAPTURE.flags, CAPTURE.help, {"metavar": "CAPTURE", "nargs": "+"})
"""For commands without a filter, where all words but the last ones are captures."""

CLOCKS = (
    Argument(
        ("--clock-offset",),
        "add so many seconds to the times of a host instead of estimating it; may be given several times",
        {"metavar": "HOST=SECONDS", "type": clock_offset, "action": "append"},
    ),
    Argument(
        ("--no-clock-correction",),
        "leave the times of all hosts as they were recorded",
        {"dest": "clock_correction", "action": "store_false"},
    ),
)
"""For captures of several hosts."""

UNPACK_LIMIT = Argument(
    ("--unpack-limit",),
    "unpack no more of a gzip capture than this, for instance 4G, or none; by default "
    "100 times its packed size or 1 GiB, whichever is more, within three quarters of the memory",
    {"metavar": "SIZE", "type": unpack_limit, "default": AUTOMATIC},
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
    "show what is there and go on while more is written to the file or the pipe",
    {"action": "store_true"},
)
FILTER = Argument(
    ("filter",),
    "a sysdig filter, for instance: proc.name=curl and fd.type=ipv4",
    {"metavar": "FILTER", "nargs": "*", "default": ()},
)
FILTER_TEXT = Argument(
    ("--filter",),
    "a filter in one word; it holds beside the words of the other one",
    {"metavar": "TEXT", "dest": "filter_text", "default": ""},
)
CHAIN = Argument(
    ("--chain",),
    "a chain of filters that was saved under this name; holds beside other filters",
    {"metavar": "NAME"},
)
JSON = Argument(("--json",), "print JSON instead of text", {"action": "store_true"})
