"""From the command line to a command and an exit status."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import hopscope
from hopscope.caching import allow_cache
from hopscope.capture.limits import AUTOMATIC, choose_limit
from hopscope.cli.captures import FORCED, sort_words
from hopscope.cli.command import Request, Screen
from hopscope.cli.commands import COMMANDS, OPEN
from hopscope.cli.output import Output, OutputError, complain
from hopscope.errors import HopscopeError, UsageError, WrittenError

BAD_INPUT = 2
"""Exit status where the input or the command line is at fault."""

OUTPUT_FAILED = 1
"""Exit status where the output cannot be written."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells count it."""

PIPE_CLOSED = 141
"""Exit status where the reader of the output has gone, as shells count it."""


def main(argv: Sequence[str] | None = None, screen: Screen | None = None) -> int:
    """Run a command line; return the exit status. Never raises for bad input.

    Args:
        argv: the words after the program's name; those of this process by default.
        screen: opens the full screen, for ``hopscope CAPTURE`` and ``hopscope demo``.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    output = Output()
    try:
        status = run_words(words, output, screen)
        output.flush()
    except WrittenError as error:
        complain(f"{error}; {error.hint}" if error.hint else str(error))
        _point_at(error)
        return BAD_INPUT
    except OutputError as error:
        complain(str(error))
        _discard_output()
        return OUTPUT_FAILED
    except HopscopeError as error:
        complain(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    except SystemExit as leaving:  # argparse after --help
        return leaving.code if isinstance(leaving.code, int) else 0
    return status


def run_words(words: list[str], output: Output, screen: Screen | None) -> int:
    """Run a command line and let errors out; return the exit status."""
    if not words or words[0] in ("-h", "--help"):
        output.text(usage())
        return 0 if words else BAD_INPUT
    if words[0] in ("-V", "--version"):
        output.text(f"hopscope {hopscope.__version__}")
        return 0
    command = COMMANDS.get(words[0])
    if command is None:
        command = OPEN
        _must_be_capture(words[0])
    else:
        del words[0]
    forced: list[str] = []
    if FORCED in words and command.takes_filter:
        at = words.index(FORCED)
        words, forced = words[:at], words[at + 1 :]
    arguments = command.parser().parse_intermixed_args(words)
    sort_words(arguments, forced)
    allow_cache(getattr(arguments, "cache", True))
    choose_limit(getattr(arguments, "unpack_limit", AUTOMATIC))
    return command.run(Request(arguments, output, screen))


def usage() -> str:
    """The help of the whole program, made from the table of commands."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {one.name:<{width}}  {one.summary}" for one in COMMANDS.values())
    shown = "\n".join(f"  {one.line}\n      {one.meaning}" for one in OPEN.examples)
    return f"""\
usage: hopscope CAPTURE... [FILTER]
       hopscope COMMAND ...

{OPEN.description}

commands:
{listed}

options:
  -h, --help     show this help; hopscope COMMAND --help shows that of a command
  -V, --version  show the version

examples:
{shown}
"""


def _must_be_capture(word: str) -> None:
    """Tell a mistyped command from a capture that is not there."""
    if word == "-" or Path(word).exists() or OPEN.has_option(word.partition("=")[0]):
        return
    if word.startswith("-"):
        raise UsageError(f"there is no option {word}; see: hopscope --help")
    close = difflib.get_close_matches(word, COMMANDS, n=1)
    meant = f"; did you mean: hopscope {close[0]}" if close else ""
    raise UsageError(f"there is no file and no command {word!r}{meant}")


def _point_at(error: WrittenError) -> None:
    """Show where in a filter or format the mistake is, unless odd characters would shift the mark."""
    if sys.stderr is not None and error.text and error.text.isprintable():
        print(f"  {error.text}\n  {' ' * error.position}^", file=sys.stderr)


def _discard_output() -> None:
    """Keep Python from complaining once more, when it ends, about what cannot be written."""
    if sys.stdout is None:
        return
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
